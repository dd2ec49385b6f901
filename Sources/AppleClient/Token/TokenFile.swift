import Crypto
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A bearer token and its expiry.
struct Token: Sendable, Codable {
    let text: String
    /// By this machine's clock, in seconds since 1970; absent in files of older versions.
    let issuedAt: Double?
    let endsAt: Double

    /// A token is renewed a minute before its end, so that it does not expire during a request. It is renewed at once
    /// if its issue time is in the future: the clock was wrong, so its end is unknown.
    func isFresh(at now: Timestamp) -> Bool {
        let now = Double(now.microseconds) / 1_000_000
        guard let issuedAt, issuedAt <= now else { return false }
        return endsAt - 60 > now
    }
}

/// Keeps a token between runs, because the token endpoint has its own rate limit. Mode 0600 in a folder of mode 0700.
/// The name distinguishes accounts and keys, so that a changed key is never hidden by the old key's token.
struct TokenFile: Sendable {
    private let folder: String
    private let path: String

    init(folder: String, clientID: String, keyID: String, key: PrivateKey, tokenURL: String) {
        self.folder = folder
        let account = [clientID, keyID, tokenURL, key.key.publicKey.pemRepresentation].joined(separator: "\n")
        let digest = SHA256.hash(data: Data(account.utf8)).prefix(16)
        path = "\(folder)/token-\(digest.hex).json"
    }

    /// A token that others can read, or may have written, is discarded.
    func read() -> Token? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard FilePlace.isPrivate(descriptor) else {
            delete()
            return nil
        }
        var bytes: [UInt8] = []
        let isRead = try? Descriptor(number: descriptor, name: path).read { piece, _ in
            bytes += piece
            return true
        }
        return isRead == true ? try? JSONDecoder().decode(Token.self, from: Data(bytes)) : nil
    }

    /// This is a cache: if it cannot be written, the next run requests a new token.
    func write(_ token: Token) {
        guard let data = try? JSONEncoder().encode(token) else { return }
        try? FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let temporary = "\(path).\(getpid())"
        let descriptor = open(temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let written = data.withUnsafeBytes { Self.write($0, to: descriptor) }
        if written != data.count || rename(temporary, path) != 0 { unlink(temporary) }
        close(descriptor)
    }

    func delete() { unlink(path) }

    private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
