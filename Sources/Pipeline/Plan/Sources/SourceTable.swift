import Records
import Stages

/// The section `sources` in its forms other than a list: a table, a folder, or a list with defaults. Each becomes a
/// list, whose items are in the order of the table, by file name, or as written.
struct SourceTable {
    private let environment: Environment
    private let defaults: [(key: ConfigNode, value: ConfigNode)]

    private static let places = ["file", "folder", "list"]
    static let settings = places + ["defaults"]

    /// The section as a list of sources. In place of a table that cannot be read stands a text with its problems.
    ///
    /// - Parameter environment: the pipeline file's.
    static func list(_ node: ConfigNode, in environment: Environment) -> ConfigNode {
        guard case .map(let pairs) = node.content, pairs.contains(where: { settings.contains($0.key.scalarText ?? "") })
        else {
            let items = node.stages.map { $0.forSource($0["name"]?.scalarText ?? "", in: environment) }
            return ConfigNode(content: .list(items), location: node.location)
        }
        do throws(PlanError) {
            let items = try items(of: node, in: environment)
            return ConfigNode(content: .list(items), location: node.location)
        } catch {
            return ConfigNode("", problems: error.diagnostics, at: node.location)
        }
    }

    private static func items(of node: ConfigNode, in environment: Environment) throws(PlanError) -> [ConfigNode] {
        var problems = Problems()
        let entries = node.entries(settings, of: "sources", problems: &problems) ?? [:]
        let named = places.filter { entries[$0] != nil }
        if problems.found.isEmpty, named.count != 1 {
            let problem =
                named.isEmpty ? "'sources' names no organizations" : "'sources' has \(named.joined(separator: " and "))"
            problems.add(Diagnostic(problem, hint: "name one of \(places.joined(separator: ", "))", at: node.location))
        }
        let defaults = defaults(entries["defaults"], &problems)
        try problems.end()
        let table = SourceTable(environment: environment, defaults: defaults)
        guard let place = named.first, let value = entries[place] else { return [] }
        if place == "list" { return value.stages.map(table.listed) }
        let path = problems.read(value, as: PathSetting.self)
        try problems.end()
        guard let path, !value.isUnknown else { throw PlanError([.unjudged(at: value.location)]) }
        return try place == "file"
            ? table.rows(of: path.path, at: value.location) : table.files(in: path.path, at: value.location)
    }

    private static func defaults(
        _ node: ConfigNode?,
        _ problems: inout Problems
    ) -> [(key: ConfigNode, value: ConfigNode)] {
        guard let node else { return [] }
        let known = SourceSettings.spec.settings.map(\.name).filter { $0 != "name" }
        _ = node.entries(known, of: "defaults", problems: &problems)
        if case .map(let pairs) = node.content { return pairs }
        return []
    }

    private func listed(_ item: ConfigNode) -> ConfigNode {
        guard case .map(let pairs) = item.content else { return item }
        let name = item["name"]?.scalarText ?? ""
        let own = pairs.map { (key: $0.key, value: $0.value.forSource(name, in: environment)) }
        return source(own, name, at: item.location, place: nil, environment)
    }

    /// A source with the defaults of what it does not say itself.
    private func source(
        _ own: [(key: ConfigNode, value: ConfigNode)],
        _ name: String,
        at location: SourceLocation,
        place: SourceLocation?,
        _ environment: Environment
    ) -> ConfigNode {
        let names = Set(own.compactMap(\.key.scalarText))
        let usual = defaults.filter { !names.contains($0.key.scalarText ?? "") }.map { pair in
            (key: pair.key, value: pair.value.forSource(name, place: place, in: environment))
        }
        return ConfigNode(content: .map(own + usual), location: location)
    }

    // MARK: A table

    private func rows(of path: String, at location: SourceLocation) throws(PlanError) -> [ConfigNode] {
        let file = try read(path, at: location)
        let table = try SourceRows(file.text, file: Self.shown(path))
        let (ofRows, ofDefaults) = (of(file, path), withTable(file, path))
        return table.rows.map { row in
            let cells = row.values.map { column, text in
                let key = ConfigNode(column, problems: [], at: row.location)
                let value = ConfigNode(written: text, at: row.location, environment: ofRows)
                return (key: key, value: value.forSource(row.name, in: ofRows))
            }
            let name = ConfigNode(row.name, problems: row.problems, at: row.location)
            let own = [(key: ConfigNode("name", problems: [], at: row.location), value: name)] + cells
            return source(own, row.name, at: row.location, place: row.location, ofDefaults)
        }
    }

    private func read(_ path: String, at location: SourceLocation) throws(PlanError) -> Environment.File {
        switch environment.readFile(path) {
        case .success(let file): return file
        case .failure(let problem):
            let what = Problem("cannot read the sources of \(Self.shown(path)): \(problem.message)", hint: problem.hint)
            throw PlanError([Diagnostic(what, at: location)])
        }
    }

    /// The environment of a table's or a source's own texts: its paths are relative to it.
    private func of(_ file: Environment.File, _ path: String) -> Environment {
        var own = environment
        own.folder = .ofFile(path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" })
        own.pipelineFile = environment.readsSecrets ? file.permissions(at: path) : nil
        return own
    }

    /// The environment of defaults, which get the names in a table.
    private func withTable(_ file: Environment.File, _ path: String) -> Environment {
        var environment = environment
        environment.table = environment.readsSecrets ? file.permissions(at: path) : nil
        return environment
    }

    /// As a path from the working directory, if it is below it: editors and GitHub find it there.
    private static func shown(_ path: String) -> String {
        let here = FilePlace.absolute(".") + "/"
        return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }

    // MARK: A folder

    private func files(in folder: String, at location: SourceLocation) throws(PlanError) -> [ConfigNode] {
        let names: [String]
        switch environment.readFolder(folder) {
        case .success(let found): names = found.filter(Self.isSource).sorted()
        case .failure(let problem):
            throw PlanError([
                Diagnostic("cannot read the sources in \(Self.shown(folder)): \(problem.message)", at: location)
            ])
        }
        return names.map { name in
            let path = "\(folder)/\(name)"
            let top = SourceLocation(file: Self.shown(path), line: 1, column: 1)
            do throws(PlanError) {
                return try own(path, name, top: top)
            } catch {
                let bad = ConfigNode(name, problems: error.diagnostics, at: top)
                return ConfigNode(content: .map([(ConfigNode("name", problems: [], at: top), bad)]), location: top)
            }
        }
    }

    private static func isSource(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    private func own(_ path: String, _ fileName: String, top: SourceLocation) throws(PlanError) -> ConfigNode {
        let file = try read(path, at: top)
        if file.text.allSatisfy(\.isWhitespace) {
            throw PlanError([Diagnostic("the file is empty", hint: "write the settings of one source", at: top)])
        }
        let environment = of(file, path)
        let node = try ConfigNode.read(file.text, file: top.file, environment: environment)
        guard case .map(let pairs) = node.content else {
            throw PlanError([Diagnostic("expected the settings of one source", at: top)])
        }
        let stem = fileName.prefix(upTo: fileName.lastIndex(of: ".") ?? fileName.endIndex)
        let name = node["name"]?.scalarText ?? String(stem)
        if let problem = SourceRows.problem(ofName: name) { throw PlanError([Diagnostic(problem, at: top)]) }
        let key = ConfigNode("name", problems: [], at: top)
        let named = node["name"] == nil ? [(key: key, value: ConfigNode(name, problems: [], at: top))] : []
        let own = pairs.map { (key: $0.key, value: $0.value.forSource(name, in: environment)) }
        return source(named + own, name, at: top, place: nil, withTable(file, path))
    }
}
