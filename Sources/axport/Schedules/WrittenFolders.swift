import Records
import Stages

/// The absolute folders that a pipeline file writes to: those of its loads, its inventory, and its metrics.
struct WrittenFolders {
    let folders: [String]

    /// - Throws: if a path contains a reference that cannot be resolved. The rest of the file is not checked.
    init(_ root: ConfigNode, _ catalog: Catalog) throws(PlanError) {
        var nodes: [ConfigNode] = []
        let settings = catalog.loaders.map { spec in
            (spec.name, spec.settings.filter { $0.type == "path" }.map(\.name))
        }
        let pathSettings = Dictionary(settings) { $1 }
        for load in root["load"]?.stages ?? [] {
            guard let named = try? load.namedBody("load"), let body = named.body else { continue }
            nodes += (pathSettings[named.name] ?? []).compactMap { body[$0] }
        }
        if let inventory = root["inventory"] { nodes.append(inventory["path"] ?? inventory) }
        let textfile = root["metrics"]?["textfile"]
        let unresolved = (nodes + [textfile].compactMap(\.self)).flatMap(\.unresolved)
        guard unresolved.isEmpty else { throw PlanError(unresolved) }
        var problems = Problems()
        let files = nodes.filter { !FilePlace.isStandardOutput($0.scalarText ?? "") }
            .compactMap { problems.read($0, as: PathSetting.self)?.path }
        let metrics = problems.read(textfile, as: PathSetting.self).map { $0.path }
        guard problems.found.isEmpty else { throw PlanError(problems.found) }
        folders =
            files.filter { !$0.isEmpty }.map(FilePath.folder)
            + [metrics].compactMap(\.self).map {
                $0.hasSuffix(".prom") ? FilePath.folder(of: $0) : FilePath.shortened($0)
            }
    }
}
