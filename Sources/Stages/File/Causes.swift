import Records

extension [Diagnostic] {
    /// One for each cause: of equal problems in a file, the first one names the places of the others.
    package var byCause: [Diagnostic] {
        var causes: [Cause] = []
        var places: [Cause: [SourceLocation]] = [:]
        for problem in self {
            let cause = Cause(problem)
            if places[cause] == nil { causes.append(cause) }
            places[cause, default: []].append(problem.location)
        }
        return causes.compactMap { cause in places[cause].flatMap(cause.problem) }
    }
}

/// A problem without its place.
private struct Cause: Hashable {
    private let anywhere: Diagnostic
    private static let shownLines = 4

    init(_ problem: Diagnostic) {
        var problem = problem
        problem.location.line = 0
        problem.location.column = 0
        anywhere = problem
    }

    /// The problem at the first of these places.
    func problem(at places: [SourceLocation]) -> Diagnostic? {
        guard let first = places.first else { return nil }
        var problem = anywhere
        problem.location = first
        problem.message += Self.further(places, after: first)
        return problem
    }

    private static func further(_ places: [SourceLocation], after first: SourceLocation) -> String {
        var lines: [Int] = []
        for line in places.map(\.line) where line != first.line && !lines.contains(line) { lines.append(line) }
        if lines.isEmpty { return places.count == 1 ? "" : " (\(places.count) times on this line)" }
        let numbers = lines.prefix(shownLines).map(String.init).joined(separator: ", ")
        let rest = lines.count - shownLines
        return " (also on \(lines.count == 1 ? "line" : "lines") \(numbers)\(rest > 0 ? " and \(rest) more" : ""))"
    }
}
