import AppleClient
import Extract
import Pipeline
import Records
import Stages

/// Asks each endpoint that the stages use once, for its smallest page.
struct EndpointQuestions {
    private let inquiry: Inquiry
    private let access: Inquiry.Access
    private let source: SourceSettings
    private let deadline: ContinuousClock.Instant
    /// What each path answered.
    private var contacts: [String: Contact] = [:]
    private var lastAsked: ContinuousClock.Instant?
    private(set) var findings: [Finding] = []
    /// The first answer of the API.
    private(set) var firstContact: Contact?
    /// Why no more is asked; nil to go on.
    private var stop: String?

    /// A longer wait that Apple asks for is reported instead.
    private static let longestWait = 5.0

    init(
        _ inquiry: Inquiry,
        _ access: Inquiry.Access,
        _ source: SourceSettings,
        until deadline: ContinuousClock.Instant
    ) {
        self.inquiry = inquiry
        self.access = access
        self.source = source
        self.deadline = deadline
    }

    mutating func ask(_ steps: [Step<any Extractor>], at now: Timestamp) async throws {
        var left: [String] = []
        for step in steps {
            let name = step.origin.stage
            let before = findings.count
            var answered: [String] = []
            for endpoint in step.stage.endpoints(on: source.platform, at: now) where stop == nil {
                let isKnown = contacts[endpoint.path] != nil
                guard let contact = try await answer(endpoint, of: name) else { continue }
                if let finding = EndpointFinding(endpoint, contact, of: name).finding {
                    if !isKnown { findings.append(finding) }
                } else {
                    answered.append("GET \(endpoint.path)")
                }
            }
            if stop != nil {
                left.append(name)
            } else if findings.count == before, !answered.isEmpty {
                findings.append(.works(name, answered.joined(separator: ", ")))
            }
        }
        if let stop { findings.append(.notAsked(left, stop)) }
    }

    /// Nil if it cannot be asked.
    private mutating func answer(_ endpoint: Endpoint, of stage: String) async throws -> Contact? {
        let list: Endpoint? =
            endpoint.path.contains(Endpoint.serial)
            ? .devices : endpoint.path.contains(Endpoint.server) ? .servers : nil
        guard let list else { return try await get(endpoint, endpoint.path, at: endpoint.path) }
        let listing = try await get(list, list.path, at: list.path)
        guard case .answered(let body) = listing?.end, Pager.error(in: body, at: list.path) == nil else {
            if stop == nil { findings.append(.notAsked([stage], "GET \(list.path) gave no answer")) }
            return nil
        }
        guard let id = try? ResourceDocument(body).resources.first?.id else {
            let missing = list.path == Endpoint.devices.path ? "device" : "service"
            findings.append(.notAsked([stage], "Apple lists no \(missing)"))
            return nil
        }
        return try await get(endpoint, endpoint.path(of: id), at: endpoint.path)
    }

    /// Asks unless the endpoint has answered.
    private mutating func get(_ endpoint: Endpoint, _ path: String, at key: String) async throws -> Contact? {
        if let known = contacts[key] { return known }
        for isLast in [false, true] {
            guard let seconds = try await turn() else { return nil }
            let contact = try await inquiry.get(path, query: endpoint.query, with: access, within: seconds)
            firstContact = firstContact ?? contact
            switch contact.end {
            case .limited(let wait):
                if !isLast, let wait, wait <= Self.longestWait {
                    try await Task.sleep(for: .seconds(wait))
                    continue
                }
                findings.append(Self.limited(wait))
                stop = "Apple limits the requests"
                return nil
            case .failed where !isLast && contact.mayDiffer:
                try await Task.sleep(for: .milliseconds(500))
            case .failed where contact.isToldByRoute:
                stop = "the API cannot be reached"
                return nil
            case .failed, .answered:
                contacts[key] = contact
                return contact
            }
        }
        return nil
    }

    /// Waits for the source's own rate.
    ///
    /// - Returns: seconds that are left; nil if there is no time.
    private mutating func turn() async throws -> Double? {
        let now = ContinuousClock.now
        let next = max(now, (lastAsked ?? now) + .seconds(lastAsked == nil ? 0 : 1 / (source.rate ?? .infinity)))
        guard next + .seconds(1) < deadline else {
            stop = "\(ProgressLine.duration(SourceExamination.seconds)) are over"
            return nil
        }
        try await Task.sleep(until: next, clock: .continuous)
        lastAsked = next
        return (deadline - next).inSeconds
    }

    static func limited(_ wait: Double?, _ subject: String = "limit") -> Finding {
        let time = wait.map { "for \(ProgressLine.duration($0))" } ?? "without saying for how long"
        return .doubtful(
            subject,
            "Apple limits the requests of this account now, \(time) (429)",
            hint: "run again later; other programs may use the same API account"
        )
    }
}
