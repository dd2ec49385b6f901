import Inventory
import Records
import Stages

/// Why a run did not finish everything: what failed, why, and what to do.
package struct Cause: Sendable, Hashable {
    /// The stages that failed for it, such as `csv out/devices.csv`; empty for the run as a whole.
    package let place: String
    package let message: String
    package let advice: String?
    /// Whether its numbers are those of one run, so that the same cause has others in another run.
    private let hasOwnNumbers: Bool

    package init(place: String = "", _ failure: Failure) {
        self.init(place: place, failure.message, advice: failure.advice, hasOwnNumbers: failure.refusal != nil)
    }

    init(place: String = "", _ message: String, advice: String? = nil, hasOwnNumbers: Bool = false) {
        self.place = place.onOneLine
        self.message = message
        self.advice = advice
        self.hasOwnNumbers = hasOwnNumbers
    }

    /// What failed and why.
    package var text: String { place.isEmpty ? message : "\(place): \(message)" }

    /// The most characters of a cause inside a sentence; its own line has the rest.
    private static let mostInside = 120
    /// More characters of what failed are those of many names, which would leave no space for why.
    private static let mostOfPlace = 60

    /// What failed and the beginning of why.
    package var short: String {
        let why = message.beginning(Self.mostInside)
        return place.isEmpty ? why : "\(firstOfPlace): \(why)"
    }

    private var firstOfPlace: String {
        guard place.count > Self.mostOfPlace, let end = place.firstRange(of: ", ") else { return place }
        return "\(place[..<end.lowerBound]), …"
    }

    /// The cause as runs have it in common, without what only this run says.
    func common(_ change: (String) -> String) -> Cause {
        let words = hasOwnNumbers ? message.withoutNumbers : message
        return Cause(place: change(place), change(words), advice: advice.map(change), hasOwnNumbers: hasOwnNumbers)
    }
}

extension RunReport {
    /// Each cause once, with all stages that it stopped. Empty if the run finished everything.
    package var causes: [Cause] {
        if status == .unfinished { return [Cause("did not finish (killed, or power loss)")] }
        return ofRun + causes(.extract) + causes(.transform) + causes(.load)
    }

    /// What stopped the run although no single stage failed.
    private var ofRun: [Cause] {
        guard let failure, !stages.contains(where: { $0.failure == failure }) else { return [] }
        return [Cause(failure)]
    }

    private func causes(_ kind: StageReport.Kind) -> [Cause] {
        let own = stages.filter { $0.kind == kind }
        let partial = own.compactMap { stage in
            stage.lack.map { Cause(place: stage.name, $0, hasOwnNumbers: true) }
        }
        return own.sharing { [$0.failure].compactMap(\.self) }.map { Cause(place: $0.stages.names, $0.text) } + partial
    }

    /// How the run ended and why: `partial: 1 of 2 loads failed (csv out/ise.csv: the disk is full)`.
    package var verdict: String {
        if code == .done || code == .interrupted { return RunStatus(code).rawValue }
        let loads = stages.filter { $0.kind == .load }
        let failed = loads.count { $0.status == .failed }
        var reasons = (ofRun + causes(.extract) + causes(.transform)).map(\.short)
        let causes = causes(.load)
        if let first = causes.first {
            let more = causes.count == 1 ? "" : ", and \(counted(causes.count - 1, "more cause"))"
            // Where all loads failed for one cause, their names say nothing, and would leave no space for it.
            let isOfAll = causes.count == 1 && failed == loads.count
            let why = isOfAll ? Cause(first.message).short : first.short
            reasons.append(loads.count == 1 ? first.short : "\(failed) of \(loads.count) loads failed (\(why)\(more))")
        }
        return ([RunStatus(code).rawValue] + [reasons.joined(separator: "; ")].filter { !$0.isEmpty })
            .joined(separator: ": ")
    }
}

extension StageReport {
    /// What a stage that did not fail lacks; nil if it is complete.
    package var lack: String? {
        guard status == .partial, failure == nil else { return nil }
        var lacks: [String] = []
        if counts.unreadable > 0 {
            lacks.append("\(counted(counts.unreadable, "element")) of the list cannot be read")
        }
        if counts.unknown > 0 { lacks.append("\(counts.unknown) unanswered; later runs retry them") }
        return lacks.isEmpty ? "did not finish; later runs continue" : lacks.joined(separator: "; ")
    }
}

extension String {
    fileprivate var withoutNumbers: String {
        split(separator: " ", omittingEmptySubsequences: false).map { word in
            let isNumber = word.first?.isNumber == true && word.allSatisfy { $0.isNumber || ",;.".contains($0) }
            return isNumber ? "…" + word.drop(while: \.isNumber) : word[...]
        }.joined(separator: " ")
    }

    /// The beginning in at most this many characters, up to the end of a word.
    package func beginning(_ most: Int) -> String {
        if count <= most { return self }
        let cut = prefix(most - 1)
        return "\(cut[..<(cut.lastIndex(of: " ") ?? cut.endIndex)])…"
    }
}
