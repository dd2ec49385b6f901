import Inventory
import Records
import Stages

extension Dataset: SettingValue {}
extension RowOrder: SettingValue {}

/// One load: its rows, their transforms, and their destination.
package struct LoadPlan: Sendable {
    package let origin: Origin
    package internal(set) var loader: any Loader
    package let dataset: Dataset
    package internal(set) var order: RowOrder
    /// The load's own branch, after the transforms of the pipeline (of the main dataset).
    package internal(set) var transforms: [Step<any Transformer>]
    /// Positions, in the branch's output, of the columns to write.
    package let columns: [Int]
    package let output: Schema

    /// The destination, with the dataset unless it is the main one.
    package var destination: String {
        dataset.isMain ? loader.destination : "\(loader.destination) (\(dataset.rawValue))"
    }

    /// When a run makes the load.
    var time: Dataset.LoadTime { loader.isLast ? .atTheEnd : dataset.loadTime }

    /// Settings that every load has besides its own.
    package static let settings = [
        SettingDoc(
            name: "from",
            type: Dataset.typeName,
            form: Dataset.form,
            fallback: Dataset.devices.rawValue,
            meaning: "Dataset to load. The pipeline's transforms apply to `devices` only."
        ),
        SettingDoc(
            name: "transform",
            type: "list of transforms",
            form: .stages(.transform),
            meaning: "Transforms of this load only, after those of the pipeline."
        ),
        SettingDoc(
            name: "columns",
            type: [ColumnName].typeName,
            form: [ColumnName].form,
            meaning:
                "Columns to write, in this order; default: all, but in files without bookkeeping columns such as `last_seen_at`."
        ),
        SettingDoc(
            name: "order",
            type: RowOrder.typeName,
            form: RowOrder.form,
            fallback: RowOrder.firstSeen.rawValue,
            meaning: "Order of the rows. Use `serial` to compare two files."
        ),
    ]
}

extension ConfigNode {
    /// Separates the settings that every load has from those of one loader.
    func split(
        common: [String],
        known: [String],
        problems: inout Problems
    ) -> (common: [String: ConfigNode], rest: ConfigNode)? {
        guard case .map(let pairs) = content else { return ([:], self) }
        var shared: [String: ConfigNode] = [:]
        var rest: [(key: ConfigNode, value: ConfigNode)] = []
        for (key, value) in pairs {
            guard let name = problems.keep(try String(from: key)) else { continue }
            if common.contains(name) {
                shared[name] = value
            } else if known.contains(name) {
                rest.append((key, value))
            } else {
                problems.add(key.unknownSetting(name, known: known))
            }
        }
        return (shared, ConfigNode(content: .map(rest), location: location))
    }
}
