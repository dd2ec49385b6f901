import Records
import Stages

/// The name of a load in a case, with its place in the file.
struct LoadName: SettingValue {
    let text: String
    let location: SourceLocation

    static var typeName: String { "load" }

    init(from node: ConfigNode) throws(Diagnostic) {
        text = try String(from: node)
        location = node.location
    }
}

/// Finds the load that a case names.
struct LoadChoice {
    private let loads: [LoadPlan]

    init(_ loads: [LoadPlan]) { self.loads = loads }

    /// The position of the load, of the first one without a name.
    func index(of name: LoadName?, at location: SourceLocation) throws(Diagnostic) -> Int {
        guard let name else {
            return try testable(0, at: location)
        }
        let names: [(LoadPlan) -> [String]] = [
            { [$0.destination, "\($0.origin.stage) \($0.destination)"] }, { [$0.loader.destination] },
            { [$0.origin.stage] },
        ]
        let found = names.lazy.map { names in loads.indices.filter { Self.is(name.text, names(loads[$0])) } }
            .first { !$0.isEmpty }
        guard let found, let index = found.first else {
            throw Diagnostic(unknownName("load", name.text, known: loads.map(shortName)), at: name.location)
        }
        if found.count > 1 {
            throw Diagnostic(
                "several loads are named '\(name.text)'",
                hint: "choose one of \(found.map { shortName(loads[$0]) }.joined(separator: ", "))",
                at: name.location
            )
        }
        return try testable(index, at: name.location)
    }

    private func testable(_ index: Int, at location: SourceLocation) throws(Diagnostic) -> Int {
        guard loads.indices.contains(index) else { throw Diagnostic("there is no load to test", at: location) }
        let dataset = loads[index].dataset
        guard dataset != .changes, dataset != .runs else {
            throw Diagnostic(
                "a case has no rows of the dataset \(dataset.rawValue): it has no history",
                hint: "name another load with `load`",
                at: location
            )
        }
        return index
    }

    /// Whether it is one of the names, or the end of a path among them.
    private static func `is`(_ text: String, _ names: [String]) -> Bool {
        names.contains { $0 == text || $0.hasSuffix("/\(text)") }
    }

    /// Without the folders that loads with different files need not name.
    private func shortName(_ load: LoadPlan) -> String {
        let short = { (load: LoadPlan) in
            load.destination.split(separator: "/").last.map(String.init) ?? load.destination
        }
        return loads.count { short($0) == short(load) } > 1 ? load.destination : short(load)
    }
}
