/// The position at which a listing continues. Opaque to clients, and refused unless this listing created it.
enum Cursor {
    static func text(position: Int, path: String, seed: UInt64) -> String {
        Base64.encodeForURL("0:\(position):\(check(position, path, seed)):true:false".utf8)
    }

    static func position(_ text: String, path: String, seed: UInt64) -> Int? {
        guard let bytes = Base64.decodeFromURL(text) else { return nil }
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ":")
        guard parts.count == 5, let position = Int(parts[1]), position >= 0,
            parts[2] == "\(check(position, path, seed))"
        else { return nil }
        return position
    }

    private static func check(_ position: Int, _ path: String, _ seed: UInt64) -> UInt64 {
        let sum = path.utf8.reduce(seed) { Draw.mix($0 ^ UInt64($1)) }
        return Draw.mix(sum &+ UInt64(position)) >> 20
    }
}
