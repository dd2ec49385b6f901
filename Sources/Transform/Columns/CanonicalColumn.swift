import Records

/// A text column whose values are normalized in place. Canonical cells stay untouched.
struct CanonicalColumn<Value: CanonicalValue> {
    let index: Int
    let name: String
    let style: Value.Style
    let refusesWarnings: Bool
    private var written: [UInt8] = []

    init(_ index: Int, of schema: Schema, style: Value.Style, refusesWarnings: Bool) {
        self.index = index
        name = schema.fields[index].name
        self.style = style
        self.refusesWarnings = refusesWarnings
    }

    mutating func apply(_ batch: inout Batch, row: Int, quarantine: Quarantine, findings: inout Findings) {
        guard case .text(let text) = batch[index, row] else { return }
        let verdict = Value.parse(batch.bytes.span.extracting(text.range)).refusingWarnings(refusesWarnings)
        guard let value = verdict.value else {
            if !verdict.isValid {
                let raw = batch.string(.text(text)) ?? ""
                findings.rejects.append(quarantine.reject(raw, verdict.reason, column: name, row: row, of: batch))
            }
            batch[index, row] = .null
            return
        }
        findings.note(verdict.warnings)
        written.removeAll(keepingCapacity: true)
        value.append(to: &written, style: style)
        if !batch.bytes.span.extracting(text.range).hasSameBytes(as: written) {
            batch[index, row] = batch.copy(written)
        }
    }
}

extension CanonicalColumn where Value.Style == Void {
    init(_ index: Int, of schema: Schema, refusesWarnings: Bool) {
        self.init(index, of: schema, style: (), refusesWarnings: refusesWarnings)
    }
}

/// A list column whose values are made canonical in place. Rejected values leave the list. An absent list becomes an
/// empty one (Rules/README.md section 2 rule 7).
struct CanonicalListColumn<Value: CanonicalValue> {
    let index: Int
    let name: String
    let style: Value.Style
    private(set) var list: CanonicalList<Value>
    private var written: [UInt8] = []

    init(_ index: Int, of schema: Schema, style: Value.Style, refusesWarnings: Bool) {
        self.index = index
        name = schema.fields[index].name
        self.style = style
        list = CanonicalList(refusesWarnings: refusesWarnings)
    }

    mutating func apply(_ batch: inout Batch, row: Int, quarantine: Quarantine, findings: inout Findings) {
        guard case .text(let text) = batch[index, row] else {
            list.readNothing()
            batch[index, row] = batch.copy([UInt8(ascii: "["), UInt8(ascii: "]")])
            return
        }
        list.read(batch.bytes.span.extracting(text.range))
        for element in list.refused {
            findings.rejects.append(quarantine.reject(element.text, element.reason, column: name, row: row, of: batch))
        }
        findings.note(list.warnings)
        written.removeAll(keepingCapacity: true)
        list.append(to: &written, style: style)
        if !batch.bytes.span.extracting(text.range).hasSameBytes(as: written) {
            batch[index, row] = batch.copy(written)
        }
    }
}

extension CanonicalListColumn where Value.Style == Void {
    init(_ index: Int, of schema: Schema, refusesWarnings: Bool) {
        self.init(index, of: schema, style: (), refusesWarnings: refusesWarnings)
    }
}

extension Span<UInt8> {
    fileprivate func hasSameBytes(as bytes: [UInt8]) -> Bool {
        guard count == bytes.count else { return false }
        for index in 0..<count where self[index] != bytes[index] { return false }
        return true
    }
}
