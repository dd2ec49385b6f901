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

    /// Whether these are the links of an answer whose own address names another device. Most addresses name one; one
    /// that does not proves nothing.
    package func belongs(toOtherThan serial: String) throws -> Bool {
        guard name == "links", case .object = kind else { return false }
        var isOther = false
        try JSONReader().members(text) { link in
            guard link.name == "self", case .string = link.kind else { return }
            let address = link.string
            guard let start = address.firstRange(of: "/orgDevices/")?.upperBound else { return }
            let named = address[start...].prefix { !"/?#".contains($0) }
            isOther = !named.isEmpty && (PercentEncoding.decode(named) ?? String(named)) != serial
        }
        return isOther
    }
}
