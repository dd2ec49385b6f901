import Pipeline
import Records
import Stages

/// The changes that loads would write, as a table.
struct LoadTable {
    let loads: [StageReport]?

    /// - Parameter columns: the most characters of a table's line.
    func text(_ columns: Int) -> String {
        guard let loads else { return "What the loads would write is known after the first listing." }
        var table = TextTable("load", numbers: ["insert", "update", "retire", "unchanged", "filtered"])
        for load in loads {
            let counts = load.counts
            let numbers = [
                counts.written - counts.updated, counts.updated, counts.retired, counts.unchanged,
                counts.filteredBefore + counts.filtered,
            ]
            let cells = load.failure == nil ? numbers.map(TextTable.cell) : numbers.map { _ in "!" }
            table.add([Self.name(load)] + cells)
        }
        let errors = loads.sharing { [$0.failure].compactMap(\.self) }.map {
            "error: \($0.stages.names): \($0.text.told)"
        }
        let meaning = errors.isEmpty ? [] : ["! is not known: a run would fail there now, because of this:"]
        return ([table.text(columns), ""] + meaning + errors + loads.flatMap(remarks)).joined(separator: "\n")
    }

    private func remarks(_ load: StageReport) -> [String] {
        var lines: [String] = []
        if !load.counts.changedColumns.isEmpty {
            let columns = load.counts.changedColumns.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            lines.append(
                "\(Self.name(load)): rows to update by column: "
                    + columns.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            )
        }
        let files = load.counts.changedFiles
        if !files.isEmpty { lines.append("\(Self.name(load)): would change \(files.joined(separator: ", "))") }
        return lines + load.counts.notes.map { "\(Self.name(load)): \($0)" }
    }

    private static func name(_ load: StageReport) -> String { "\(load.name) → \(load.destination)" }
}
