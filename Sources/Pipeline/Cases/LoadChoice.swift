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
        let found = loads.indices.filter { names(of: loads[$0]).contains { Self.is(name.text, $0) } }
        let stages = loads.indices.filter { loads[$0].origin.stage == name.text }
        guard let index = found.first ?? stages.first else {
            throw Diagnostic(unknownName("load", name.text, known: loads.map(shortName)), at: name.location)
        }
        if (found.isEmpty ? stages : found).count > 1 {
            throw Diagnostic(
                "several loads are named '\(name.text)'",
                hint: "choose one of \(loads.map(shortName).joined(separator: ", "))",
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

    /// Its destination, and that with its stage, as reports print them.
    private func names(of load: LoadPlan) -> [String] {
        [load.destination, "\(load.origin.stage) \(load.destination)"]
    }

    /// Whether it is the name, or the end of that path.
    private static func `is`(_ text: String, _ name: String) -> Bool { name == text || name.hasSuffix("/\(text)") }

    private func shortName(_ load: LoadPlan) -> String {
        load.destination.split(separator: "/").last.map(String.init) ?? load.destination
    }
}
