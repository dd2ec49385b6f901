#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A fixed number of bytes of a text, in lowercase.
struct SecretRun: Hashable {
    static let length = 12

    private let head: UInt64
    private let tail: UInt32

    /// Calls `body` with every run of a text and its start.
    static func forEach(in bytes: [UInt8], _ body: (SecretRun, Int) -> Void) {
        guard bytes.count >= length else { return }
        var (head, tail): (UInt64, UInt32) = (0, 0)
        for index in bytes.indices {
            let small = bytes[index].inSmallLetters
            head = head << 8 | UInt64(tail >> 24)
            tail = tail << 8 | UInt32(small)
            if index >= length - 1 { body(SecretRun(head: head, tail: tail), index - length + 1) }
        }
    }

    /// Text that is in every key file and at the beginning of every JWT.
    static let constants: Set<SecretRun> = {
        let kinds = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "CERTIFICATE"]
        let armor = kinds.flatMap { ["-----BEGIN \($0)-----", "-----END \($0)-----"] }
        let types = [#""typ":"JWT""#, #""kid":""#]
        let headers = ["ES256", "RS256", "HS256"].flatMap { algorithm in
            let name = #""alg":"\#(algorithm)""#
            return types.flatMap { ["{\(name),\($0)}", "{\($0),\(name)}", "{\(name),\($0),", "{\($0),\(name),"] }
        }
        var runs: Set<SecretRun> = []
        for text in armor { forEach(in: Array(text.utf8)) { run, _ in runs.insert(run) } }
        for header in headers {
            // Only whole groups of three bytes: the following bytes change the letters of an incomplete group.
            let whole = header.utf8.dropLast(header.utf8.count % 3)
            forEach(in: Array(Data(whole).base64EncodedString().utf8)) { run, _ in runs.insert(run) }
        }
        return runs
    }()
}

extension UInt8 {
    fileprivate var inSmallLetters: UInt8 { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self + 32 : self }
}
