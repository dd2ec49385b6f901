#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether a text is complete: without U+0000, which databases cannot store, and without U+FFFD, which replaces a
/// lost character. An incomplete text is rejected, because its original is not known.
extension UnsafeBufferPointer<UInt8> {
    package var isWholeText: Bool { !contains(byte: 0) && !holdsLostCharacter }

    /// The same for JSON as written, including escapes.
    package var isWholeJSON: Bool {
        if holdsLostCharacter { return false }
        var rest = self[...]
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            let escape = rest[(backslash + 1)...].prefix(5)
            if escape.elementsEqual("u0000".utf8) || String(decoding: escape, as: UTF8.self).lowercased() == "ufffd" {
                return false
            }
            rest = rest[backslash...].dropFirst(2)
        }
        return true
    }

    /// A quick test that JSON can have neither: both are escapes or begin with this byte.
    package var isPlainJSON: Bool { !contains(byte: UInt8(ascii: "\\")) && !contains(byte: Self.lost[0]) }

    private var holdsLostCharacter: Bool {
        guard contains(byte: Self.lost[0]) else { return false }
        return indices.contains { self[$0...].starts(with: Self.lost) }
    }

    /// U+FFFD.
    private static var lost: [UInt8] { [0xEF, 0xBF, 0xBD] }

    private func contains(byte: UInt8) -> Bool {
        guard let baseAddress else { return false }
        return memchr(baseAddress, Int32(byte), count) != nil
    }
}
