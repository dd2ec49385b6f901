/// A version 4 UUID from drawn numbers.
enum UUIDText {
    static func draw(_ draw: inout Draw) -> String {
        let digits = "0123456789abcdef"
        let plain = draw.characters(30, of: Array(digits.utf8))
        let variant = draw.pick(["8", "9", "a", "b"])
        let parts = [plain.prefix(8), plain.dropFirst(8).prefix(4), "4" + plain.dropFirst(12).prefix(3)]
        let tail = plain.dropFirst(15)
        return parts.joined(separator: "-") + "-\(variant)\(tail.prefix(3))-\(tail.dropFirst(3))"
    }
}
