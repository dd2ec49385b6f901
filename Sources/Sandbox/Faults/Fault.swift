/// A kind of fault and its probability for each request.
package struct Fault: Sendable, Hashable {
    package let kind: FaultKind
    package let probability: Double

    package init(_ kind: FaultKind, _ probability: Double) {
        self.kind = kind
        self.probability = probability
    }

    /// Reads `KIND:P`, such as `500:0.02`.
    package init(parsing text: String) throws(SandboxError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let kind = parts.first.flatMap({ FaultKind(rawValue: String($0)) }) else {
            let known = FaultKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw SandboxError("no fault '\(parts.first ?? "")'; choose one of \(known)")
        }
        guard parts.count == 2, let probability = Double(parts[1]), (0...1).contains(probability) else {
            throw SandboxError("'\(text)' needs a probability from 0 to 1, such as \(kind.rawValue):0.02")
        }
        self.init(kind, probability)
    }

    /// Reads `500:0.02,reset:0.01`.
    package static func list(parsing text: String) throws(SandboxError) -> [Fault] {
        var faults: [Fault] = []
        for part in text.split(separator: ",") {
            faults.append(try Fault(parsing: String(part)))
        }
        return faults
    }
}
