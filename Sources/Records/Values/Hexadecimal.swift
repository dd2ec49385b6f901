extension Sequence<UInt8> {
    /// Two lowercase digits for each byte.
    package var hex: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
