/// An answer belongs to another device than the one that was asked about.
package struct OtherDevice: Error, Sendable, CustomStringConvertible {
    package let description = "the answer is about another device"

    package init() {}
}

/// What members of an answer say about the answer as a whole.
extension JSONMember {
    /// Whether these are errors. An answer that has some says nothing else.
    package var holdsErrors: Bool {
        get throws {
            guard name == "errors" else { return false }
            switch kind {
            case .array, .object: break
            case .null, .boolean, .number, .string: return false
            }
            var isEmpty = true
            try JSONReader().members(text) { _ in isEmpty = false }
            return !isEmpty
        }
    }

    /// Whether these are the links of an answer whose own address names another device.
    package func belongs(toOtherThan serial: String) throws -> Bool {
        guard name == "links", case .object = kind else { return false }
        var isOther = false
        try JSONReader().members(text) { isOther = isOther || $0.isAddress(ofOtherThan: serial) }
        return isOther
    }

    /// Whether this link is an answer's own address and names another device. Most addresses name one; one that does not
    /// proves nothing. Looks at bytes, because every answer has such a link.
    func isAddress(ofOtherThan serial: String) -> Bool {
        guard name == "self", case .string = kind else { return false }
        let folder = Self.devices
        guard let start = text.indices.first(where: { text[$0] == folder[0] && text[$0...].starts(with: folder) })
        else { return false }
        let named = text[(start + folder.count)...].prefix { ![0x23, 0x2F, 0x3F].contains($0) }
        if named.isEmpty || named.elementsEqual(serial.utf8) { return false }
        let written = String(decoding: named, as: UTF8.self)
        return (PercentEncoding.decode(written) ?? written) != serial
    }

    private static let devices = Array("/orgDevices/".utf8)
}
