import Records
import Stages

/// The absolute paths that a pipeline file writes to: those of its loads, and that of its inventory.
struct WrittenPaths {
    let paths: [String]

    /// - Throws: where a path has a reference that cannot be resolved. The rest of the file is not checked.
    init(_ root: ConfigNode, _ catalog: Catalog) throws(PlanError) {
        var nodes: [ConfigNode] = []
        let settings = catalog.loaders.map { spec in
            (spec.name, spec.settings.filter { $0.type == "path" }.map(\.name))
        }
        let pathSettings = Dictionary(settings) { $1 }
        for load in root["load"]?.stages ?? [] {
            guard let (name, _, body) = try? load.namedBody("load"), let body else { continue }
            nodes += (pathSettings[name] ?? []).compactMap { body[$0] }
        }
        if let inventory = root["inventory"] { nodes.append(inventory["path"] ?? inventory) }
        if let textfile = root["metrics"]?["textfile"] { nodes.append(textfile) }
        let unresolved = nodes.flatMap(\.unresolved)
        guard unresolved.isEmpty else { throw PlanError(unresolved) }
        let files = nodes.filter { $0.scalarText?.isEmpty == false && !FilePlace.isStandardOutput($0.scalarText ?? "") }
        var problems = Problems()
        paths = files.compactMap { problems.read($0, as: PathSetting.self)?.path }
        guard problems.found.isEmpty else { throw PlanError(problems.found) }
    }
}

extension ConfigNode {
    subscript(name: String) -> ConfigNode? {
        guard case .map(let pairs) = content else { return nil }
        return pairs.first { $0.key.scalarText == name }?.value
    }
}
