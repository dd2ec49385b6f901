import Records

/// What flattening looks at in one of Apple's AppleCare coverage records (normalization.md section 8). Texts lie in
/// the bytes of the ``CoverageReader`` that read it.
package struct CoverageRecord: Sendable {
    /// In the order of preference for the record that stands for the device.
    package enum PlanClass: String, Sendable, Comparable {
        case applecare
        case unknown
        case limitedWarranty = "limited_warranty"

        private var rank: Int {
            switch self {
            case .applecare: 0
            case .unknown: 1
            case .limitedWarranty: 2
            }
        }
        package static func < (left: PlanClass, right: PlanClass) -> Bool { left.rank < right.rank }
    }

    package var id: TextRange?
    package var description: TextRange?
    package var agreementNumber: TextRange?
    package var paymentType: TextRange?
    package var planClass = PlanClass.unknown
    /// Whether the status is exactly `ACTIVE`; a word that is not documented counts as unknown.
    var isActive = false
    var isCanceled = false
    var start: Timestamp?
    var end: Timestamp?
    var cancellation: Timestamp?
    /// A date that cannot be read must not pass for "without end".
    var hasUnreadableDate = false

    /// The earlier of end and cancellation, even where the record does not say that it is cancelled (step 3).
    var effectiveEnd: Timestamp? {
        guard let end, let cancellation else { return end ?? cancellation }
        return min(end, cancellation)
    }

    func hasStarted(by moment: Timestamp) -> Bool { start.map { $0 <= moment } ?? true }

    /// Half-open: a coverage does not hold at the moment of its end (step 4).
    func isEffective(at moment: Timestamp) -> Bool {
        isActive && !hasUnreadableDate
            && !(isCanceled && cancellation == nil)
            && hasStarted(by: moment)
            && effectiveEnd.map { moment < $0 } ?? true
    }
}

/// Reads lists of coverage records. Made once and used for every device; not shared between tasks.
package final class CoverageReader {
    package struct UnreadableDate: Sendable {
        package let attribute: String
        package let text: String
        package let reason: Reason
    }

    package private(set) var records: [CoverageRecord] = []
    package private(set) var unreadableDates: [UnreadableDate] = []
    private var texts: [UInt8] = []
    private let listReader = JSONReader()
    private let recordReader = JSONReader()
    private let attributesReader = JSONReader()

    package init() {}

    /// Reads a JSON list of resources, with their members in `attributes` or beside the `id`. A record that comes
    /// again, as on two pages, replaces the earlier one (step 1).
    package func read(_ json: Span<UInt8>) throws {
        readNothing()
        texts.removeAll(keepingCapacity: true)
        try json.withUnsafeBufferPointer { json in
            try listReader.members(json) { element in
                guard case .object = element.kind else { return }
                keep(try record(element.text))
            }
        }
    }

    func readNothing() {
        records.removeAll(keepingCapacity: true)
        unreadableDates.removeAll(keepingCapacity: true)
    }

    func bytes(_ text: TextRange) -> ArraySlice<UInt8> { texts[text.range] }

    package func string(_ text: TextRange?) -> String? { text.map { String(decoding: texts[$0.range], as: UTF8.self) } }

    func isOrderedBefore(_ left: TextRange?, _ right: TextRange?) -> Bool {
        guard let left, let right else { return left != nil && right == nil }
        return texts[left.range].lexicographicallyPrecedes(texts[right.range])
    }

    private func keep(_ record: CoverageRecord) {
        if let id = record.id, let earlier = records.firstIndex(where: { isSame($0.id, id) }) {
            records[earlier] = record
        } else {
            records.append(record)
        }
    }

    private func isSame(_ left: TextRange?, _ right: TextRange) -> Bool {
        left.map { texts[$0.range].elementsEqual(texts[right.range]) } ?? false
    }

    private func record(_ json: UnsafeBufferPointer<UInt8>) throws -> CoverageRecord {
        var record = CoverageRecord()
        try recordReader.members(json) { member in
            if case .object = member.kind, member.isNamed("attributes") {
                try attributesReader.members(member.text) { set($0, in: &record) }
            } else {
                set(member, in: &record)
            }
        }
        return record
    }

    private func set(_ member: JSONMember, in record: inout CoverageRecord) {
        switch member.key.count {
        case 2 where member.isNamed("id"): record.id = text(member)
        case 6 where member.isNamed("status"): record.isActive = member.hasText("ACTIVE")
        case 10 where member.isNamed("isCanceled"):
            if case .boolean(let flag) = member.kind { record.isCanceled = flag }
        case 11 where member.isNamed("description"):
            record.description = text(member)
            record.planClass = .unknown
            // Every plan that is not the limited warranty is a kind of AppleCare (step 2).
            if record.description != nil { record.planClass = member.isLimitedWarranty ? .limitedWarranty : .applecare }
        case 11 where member.isNamed("paymentType"): record.paymentType = text(member)
        case 11 where member.isNamed("endDateTime"): record.end = date(member, &record)
        case 13 where member.isNamed("startDateTime"): record.start = date(member, &record)
        case 15 where member.isNamed("agreementNumber"): record.agreementNumber = text(member)
        case 22 where member.isNamed("contractCancelDateTime"): record.cancellation = date(member, &record)
        default: break
        }
    }

    /// Trimmed; nil when blank. `NONE` is a payment type and no stand-in.
    private func text(_ member: JSONMember) -> TextRange? {
        switch member.kind {
        case .string, .number: break
        default: return nil
        }
        let trimmed = member.text.span.trimmedRange
        if trimmed.isEmpty { return nil }
        let range = TextRange(start: texts.count, count: trimmed.count)
        texts.append(contentsOf: member.text[trimmed])
        return range
    }

    private func date(_ member: JSONMember, _ record: inout CoverageRecord) -> Timestamp? {
        let verdict = Timestamp.parse(member)
        if !verdict.isValid {
            record.hasUnreadableDate = true
            unreadableDates.append(
                UnreadableDate(attribute: member.name, text: member.string, reason: verdict.reason)
            )
        }
        return verdict.value
    }
}

extension JSONMember {
    fileprivate func isNamed(_ name: StaticString) -> Bool { key.elementsEqual(name) }

    fileprivate var isLimitedWarranty: Bool {
        let name = text.span
        return name.extracting(name.trimmedRange).equalsIgnoringCase("LIMITED WARRANTY")
    }

    fileprivate func hasText(_ word: StaticString) -> Bool {
        if case .string = kind { text.elementsEqual(word) } else { false }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func elementsEqual(_ word: StaticString) -> Bool {
        count == word.utf8CodeUnitCount && word.withUTF8Buffer { elementsEqual($0) }
    }
}
