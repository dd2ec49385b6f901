/// A JSON document that is being written.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    mutating func raw(_ json: String) {
        bytes.append(contentsOf: json.utf8)
    }

    mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        if value.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for byte in value.utf8 {
                escape(byte)
            }
        } else {
            bytes.append(contentsOf: value.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// `"name":`, for names without characters to escape.
    mutating func name(_ name: String) {
        bytes.append(UInt8(ascii: "\""))
        raw(name)
        raw("\":")
    }

    mutating func value(_ value: SandboxValue) {
        switch value {
        case .text(let text): string(text)
        case .number(let digits): raw(digits)
        case .boolean(let flag): raw(flag ? "true" : "false")
        case .null: raw("null")
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            list(values) { $0.value($1) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members): object(members)
        }
    }

    mutating func object(_ members: [SandboxAttribute]) {
        bytes.append(UInt8(ascii: "{"))
        list(members) {
            $0.name($1.name)
            $0.value($1.value)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func list<Element>(_ elements: [Element], _ write: (inout JSONText, Element) -> Void) {
        var isFirst = true
        for element in elements {
            if !isFirst {
                bytes.append(UInt8(ascii: ","))
            }
            isFirst = false
            write(&self, element)
        }
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): raw("\\\"")
        case UInt8(ascii: "\\"): raw("\\\\")
        case UInt8(ascii: "\n"): raw("\\n")
        case UInt8(ascii: "\r"): raw("\\r")
        case UInt8(ascii: "\t"): raw("\\t")
        case 0..<0x10: raw("\\u000" + String(byte, radix: 16))
        case 0x10..<0x20: raw("\\u00" + String(byte, radix: 16))
        default: bytes.append(byte)
        }
    }
}
