import Extract
import Inventory
import Pipeline
import Records
import Transform

/// What is known of a device, for people. The most important comes first.
struct StoryText {
    private let story: DeviceStory
    private let organizations: [String]

    /// - Parameter organizations: all that know the device, to be told before the first of them.
    init(_ story: DeviceStory, organizations: [String]) {
        self.story = story
        self.organizations = organizations
    }

    var text: String {
        let parts = [
            heading, ValueLines(story).lines, loadLines, coverageLines, otherRejectLines,
            HistoryLines(story.history).lines,
        ]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private var heading: [String] {
        let device = story.device
        let model = ["device_model", "device_capacity", "color"].compactMap { device.text($0)?.onOneLine }
        var lines: [String] = []
        if organizations.count > 1 {
            lines.append(
                "\(story.serial) is known in \(organizations.count) organizations: "
                    + "\(organizations.joined(separator: ", "))\n"
            )
        }
        lines.append(story.serial.onOneLine + (model.isEmpty ? "" : ": \(model.joined(separator: ", "))"))
        func add(_ name: String, _ text: String?) {
            if let text { lines.append(Self.line(name, text.onOneLine)) }
        }
        add("organization", "\(story.place.source), inventory \(story.place.path)")
        add("standing", standing)
        add("asked Apple", answer)
        add("first seen", story.facts.firstSeenAt.description)
        add("service", service)
        for rule in story.facts.waitingRules { add("waiting", "the rule '\(rule)' of an `assign:` file waits for it") }
        add("coverage", state(of: "coverage"))
        if device.text("activation_lock_state") != "unknown" || story.asksForLock {
            add("activation lock", state(of: "activation_lock"))
        }
        add("rejected", rejected)
        return lines
    }

    static func line(_ name: String, _ text: String) -> String {
        "  \(name)\(String(repeating: " ", count: max(1, nameWidth - name.count)))\(text)"
    }

    static let nameWidth = 24

    private var standing: String {
        let facts = story.facts
        if let removed = facts.removedAt {
            let released = story.device.text("released_from_org_at").map { "released at \($0), says Apple" }
            let unknown =
                facts.detailedAt == nil
                ? "when it was released, Apple has not been asked (stage `details`)"
                : "Apple does not say when it was released"
            return "left the organization: missing since the list of \(removed); \(released ?? unknown)"
        }
        if facts.isMissing { return "missing from the latest list, which was refused: it is open whether it has left" }
        let seen = facts.lastSeenAt.map { "last seen at \($0)" } ?? "never on a list"
        let list = story.listedAt.map { "Apple's list was last read at \($0)" } ?? "no list was read to its end yet"
        return "in the organization, \(seen); \(list)"
    }

    private var answer: String? {
        guard let answer = story.answer else { return nil }
        let standing =
            switch answer.outcome.standing {
            case .present: "it is in the organization"
            case .released: "it has been released; the next complete list decides"
            case .gone: "Apple has no such device; the next complete list decides"
            }
        let failures = answer.outcome.failures.map { "; \($0.part) could not be read: \($0.reason)" }
        return "just now, in \(counted(answer.requests, "request")): \(standing)" + failures.joined()
    }

    private var service: String? {
        guard let service = story.facts.service else {
            if story.facts.removedAt != nil { return nil }
            return story.device.text("status") == "ASSIGNED"
                ? "Apple says that it is assigned; to which service, no run has read (stage `assignments`)"
                : "none\(movedSince)"
        }
        let details = [service.type, service.status ?? "", "ID \(service.id)"].filter { !$0.isEmpty }
        let name = service.name.isEmpty ? "one whose name is not known yet" : service.name
        return "\(name) (\(details.joined(separator: ", ")))\(movedSince)"
    }

    /// What `axport assign` has done since Apple's lists were read.
    private var movedSince: String {
        let sent = story.history.last { $0.verdict?.wasSent == true }
        guard let sent, sent.verdict == .landed, let listed = story.listedAt, sent.at > listed else { return "" }
        return ", until axport sent \(HistoryLines.assignment(sent)); the next run reads where it is"
    }

    private func state(of facet: String) -> String {
        let device = story.device
        let kind = facet == "activation_lock" ? lockedBy : ""
        let asked = device.text("\(facet)_checked_at").map { ", as Apple answered at \($0)" } ?? ""
        let error = device.text("\(facet)_error").map { ": \($0)" } ?? ""
        return "\(device.text("\(facet)_state") ?? "unknown")\(kind)\(asked)\(error)"
    }

    private var lockedBy: String {
        switch story.device.text("activation_lock_type") {
        case nil, "none": ""
        case "mdm": " by MDM"
        case "user": " by a user"
        case let other?: " by '\(other)'"
        }
    }

    private var rejected: String? {
        let columns = story.rejected
        let count = columns.reduce(0) { $0 + $1.rejects.count }
        guard count > 0 else { return nil }
        let names = columns.map(\.field.name).joined(separator: ", ")
        return "\(counted(count, "value")) (\(names)); below, ✗ says why; they stay empty until Apple sends others"
    }

    private var loadLines: [String] {
        guard let file = story.place.file, !story.loads.isEmpty else { return [] }
        var lines = ["Loads of \(file)"]
        for load in story.loads {
            lines += LoadLines(load, hasLeft: story.facts.removedAt != nil).lines
        }
        return lines
    }

    private var coverageLines: [String] {
        guard story.coverage.count > 0 else { return [] }
        var lines = ["AppleCare records"]
        for row in 0..<story.coverage.count {
            func text(_ column: String) -> String? { story.coverage.text(column, row) }
            let dates = [
                text("start_at").map { "from \($0.prefix(10))" }, text("end_at").map { "to \($0.prefix(10))" },
            ]
            let facts = [
                text("status"), dates.compactMap(\.self).joined(separator: " "), text("payment_type"),
                text("is_canceled") == "true" ? "canceled \(text("contract_cancel_at")?.prefix(10) ?? "")" : nil,
                text("is_renewable") == "true" ? "renews automatically" : nil,
                text("agreement_number").map { "agreement \($0)" }, text("extra"),
            ]
            let said = facts.compactMap(\.self).filter { !$0.isEmpty }.map(\.onOneLine)
            lines.append(
                "  \((text("description") ?? text("coverage_id") ?? "?").onOneLine): \(said.joined(separator: ", "))"
            )
        }
        for reject in story.coverage.rejects {
            let field = story.coverage.schema.fields.first { $0.name == reject.column }
            let why = Explanation(
                reject.reason,
                of: FoundValue(text: reject.value),
                as: nil,
                type: field?.type ?? .text
            )
            lines.append("  ✗ \(reject.column) is empty: \(why.sentence.onOneLine)")
        }
        return lines
    }

    private var otherRejectLines: [String] {
        if story.otherRejects.isEmpty { return [] }
        return ["Rejected in earlier runs, by other stages or pipelines"]
            + story.otherRejects.map { reject in
                "  \(reject.column) '\(reject.value)', by \(reject.stage): \(reject.message)".onOneLine
            }
    }
}

extension DeviceStory {
    fileprivate var asksForLock: Bool {
        place.file != nil && place.plan.extract.contains { $0.origin.stage == "activation_lock" }
    }
}
