import Records

/// A device's coverage records. Created once and reused for every device.
package struct CoverageList {
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

    /// Reads a JSON list of resources, with their members in `attributes` or beside the `id`.
    package mutating func read(_ json: Span<UInt8>) throws {
        readNothing()
        try json.withUnsafeBufferPointer { json in
            try listReader.members(json) { element in
                guard case .object = element.kind else { return }
                records.append(try record(element.text))
            }
        }
    }

    mutating func readNothing() {
        records.removeAll(keepingCapacity: true)
        unreadableDates.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
    }

    package func string(_ text: TextRange?) -> String? {
        text.map { String(decoding: texts[$0.range], as: UTF8.self) }
    }

    func copy(_ text: TextRange?, to batch: inout Batch) -> Cell {
        guard let text else { return .null }
        return texts.withUnsafeBufferPointer { batch.text(UnsafeBufferPointer(rebasing: $0[text.range])) }
    }

    /// Compares the texts; no text comes last.
    func isOrderedBefore(_ left: TextRange?, _ right: TextRange?) -> Bool {
        guard let left, let right else { return left != nil && right == nil }
        return texts[left.range].lexicographicallyPrecedes(texts[right.range])
    }

    /// The positions of the records that count. Of records with the same ID, the best one counts, or the first if they
    /// are equal, as on two pages (step 1). Nil if all count.
    func bestOfEachID(by isBetter: (Int, Int) -> Bool) -> [Int]? {
        if records.count <= 8, !sharesID { return nil }
        var best: [ArraySlice<UInt8>: Int] = [:]
        var positions: [Int] = []
        for index in records.indices {
            guard let id = records[index].id else {
                positions.append(index)
                continue
            }
            let place = best[texts[id.range], default: positions.count]
            if place == positions.count {
                best[texts[id.range]] = place
                positions.append(index)
            } else if isBetter(index, positions[place]) {
                positions[place] = index
            }
        }
        return positions
    }

    /// Compares each pair: for a few records that costs less than a dictionary.
    private var sharesID: Bool {
        for index in records.indices {
            guard let id = records[index].id else { continue }
            for other in records[..<index] {
                guard let otherID = other.id else { continue }
                if texts[otherID.range].elementsEqual(texts[id.range]) { return true }
            }
        }
        return false
    }

    private mutating func record(_ json: UnsafeBufferPointer<UInt8>) throws -> CoverageRecord {
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

    private mutating func set(_ member: JSONMember, in record: inout CoverageRecord) {
        switch member.key.count {
        case 2 where member.isNamed("id"): record.id = text(member)
        case 6 where member.isNamed("status"): record.isActive = member.hasText("ACTIVE")
        case 10 where member.isNamed("isCanceled"):
            if case .boolean(let flag) = member.kind { record.isCanceled = flag }
        case 11 where member.isNamed("description"):
            record.description = text(member)
            record.planClass = .unknown
            // Every plan except the limited warranty is a kind of AppleCare (step 2).
            if record.description != nil { record.planClass = member.isLimitedWarranty ? .limitedWarranty : .applecare }
        case 11 where member.isNamed("paymentType"): record.paymentType = text(member)
        case 11 where member.isNamed("endDateTime"): record.end = date(member, &record)
        case 13 where member.isNamed("startDateTime"): record.start = date(member, &record)
        case 15 where member.isNamed("agreementNumber"): record.agreementNumber = text(member)
        case 22 where member.isNamed("contractCancelDateTime"): record.cancellation = date(member, &record)
        default: break
        }
    }

    /// The trimmed text; nil if blank. `NONE` is a payment type, not a placeholder.
    private mutating func text(_ member: JSONMember) -> TextRange? {
        switch member.kind {
        case .string, .number: break
        default: return nil
        }
        let trimmed = member.text.span.trimmedRange
        let start = texts.count
        texts.append(contentsOf: member.text[trimmed])
        return texts.count == start ? nil : TextRange(start: start, count: texts.count - start)
    }

    private mutating func date(_ member: JSONMember, _ record: inout CoverageRecord) -> Timestamp? {
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
    fileprivate func isNamed(_ name: StaticString) -> Bool { key.hasBytes(of: name) }

    fileprivate func hasText(_ word: StaticString) -> Bool {
        if case .string = kind { text.hasBytes(of: word) } else { false }
    }

    fileprivate var isLimitedWarranty: Bool {
        let name = text.span
        return name.extracting(name.trimmedRange).equalsIgnoringCase("LIMITED WARRANTY")
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func hasBytes(of word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != word.utf8Start[index] { return false }
        return true
    }
}
