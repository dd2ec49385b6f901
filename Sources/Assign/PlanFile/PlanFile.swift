import Crypto
import Pipeline
import Records

/// A plan as NDJSON: a header, then a line for each device. People review it, and `apply` accepts it only as it was
/// written, in time, and for the organization that it was made for.
struct PlanFile: Sendable {
    let header: PlanHeader
    let lines: [PlanLine]

    /// How long a plan can be applied.
    static let lasts: Int64 = 24 * 3600

    /// The plan, sealed.
    init(sealing header: PlanHeader, _ lines: [PlanLine]) {
        var header = header
        header.hash = ""
        header.hash = Self.seal(header, lines.map(\.jsonLine))
        self.header = header
        self.lines = lines
    }

    var text: String { ([header.jsonLine] + lines.map(\.jsonLine)).map { $0 + "\n" }.joined() }

    /// What every version's plans begin with.
    private struct Mark: Decodable { let format: String }

    /// The lines to send.
    var toSend: [PlanLine] { lines.filter { $0.action != nil } }

    /// - Throws: if the text is not a plan, or not as it was written.
    init(_ text: String, path: String) throws(Failure) {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
        guard let first = parts.first, let mark = try? Mark(jsonLine: first) else {
            throw Failure(
                .badData,
                "\(path) is not a plan",
                advice: "`axport assign plan FILE -o PLAN` makes one; `axport assign apply --auto FILE` needs none"
            )
        }
        guard mark.format == PlanHeader.format else {
            throw Failure(.badData, "\(path) is a plan of another version of axport", advice: "make a new plan")
        }
        let edited = Failure(
            .badData,
            "the plan \(path) was edited or is not complete",
            advice: "change the rules instead, and make a new plan"
        )
        guard let header = try? PlanHeader(jsonLine: first) else { throw edited }
        var unsealed = header
        unsealed.hash = ""
        let body = Array(parts.dropFirst())
        let lines = body.compactMap { try? PlanLine(jsonLine: $0) }
        guard lines.count == body.count, Self.seal(unsealed, body) == header.hash else { throw edited }
        self.header = header
        self.lines = lines
    }

    /// - Throws: if the plan must not be applied now, or not to this organization.
    func require(organization: String, at now: Timestamp) throws(Failure) {
        guard header.organization == organization else {
            throw Failure(
                .badData,
                "the plan is for another organization: \(header.organization), not \(organization)",
                advice: "make a plan with this file"
            )
        }
        guard let created = Timestamp(text: header.createdAt), let expires = Timestamp(text: header.expiresAt),
            created <= now, now < expires
        else {
            throw Failure(
                .badData,
                "the plan of \(header.createdAt) can be applied until \(header.expiresAt), and it is \(now)",
                advice: "make a new plan; devices may have moved since"
            )
        }
    }

    private static func seal(_ header: PlanHeader, _ body: [String]) -> String {
        var hash = SHA256()
        for line in [header.jsonLine] + body { hash.update(data: Array((line + "\n").utf8)) }
        return hash.finalize().hex
    }
}
