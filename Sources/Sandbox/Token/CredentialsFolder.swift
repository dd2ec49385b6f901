import Crypto

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The folder of `--credentials`, which keeps a sandbox's accounts, so that a pipeline file stays valid after a restart.
struct CredentialsFolder {
    let path: String

    private var keyFile: String { "\(path)/private-key.pem" }

    init(_ path: String) {
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        self.path = trimmed.hasPrefix("/") ? trimmed : "\(FileManager.default.currentDirectoryPath)/\(trimmed)"
    }

    /// The account in the folder, or a new one.
    func credentials(seed: UInt64, platform: SandboxPlatform) throws(SandboxError) -> SandboxCredentials {
        guard FileManager.default.fileExists(atPath: keyFile) else {
            return SandboxCredentials(seed: seed, platform: platform)
        }
        guard let data = FileManager.default.contents(atPath: keyFile),
            let key = try? P256.Signing.PrivateKey(pemRepresentation: String(decoding: data, as: UTF8.self))
        else {
            throw SandboxError("\(keyFile) holds no P-256 private key; remove it to get a new one")
        }
        return SandboxCredentials(seed: seed, platform: platform, key: key)
    }

    /// The folder in it for one of several organizations.
    func part(_ name: String) -> CredentialsFolder { CredentialsFolder("\(path)/\(name)") }

    /// The table of all organizations. Its references are relative to the table, so that the folder can be moved.
    func write(tableOf running: [RunningSandbox], _ organizations: [SandboxOrganization]) throws(SandboxError) {
        let rows = zip(running, organizations).map { its, organization in
            [
                its.name, organization.options.platform.rawValue, its.clientID, its.keyID,
                "${file:\(its.name)/private-key.pem}", its.apiURL, its.tokenURL,
            ]
        }
        let head = ["name", "platform", "client_id", "key_id", "private_key", "api_url", "token_url"]
        let lines = ([head] + rows).map { $0.joined(separator: ",") + "\n" }
        try write(lines.joined(), to: table)
    }

    var table: String { "\(path)/tenants.csv" }

    func write(_ credentials: SandboxCredentials, apiURL: String, tokenURL: String) throws(SandboxError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw SandboxError("cannot make the folder \(path)")
        }
        try write(credentials.privateKeyPEM, to: keyFile)
        try write(credentials.clientID + "\n", to: "\(path)/client-id")
        try write(credentials.keyID + "\n", to: "\(path)/key-id")
        let settings = [
            ("AXPORT_CLIENT_ID", credentials.clientID), ("AXPORT_KEY_ID", credentials.keyID),
            ("AXPORT_PRIVATE_KEY_FILE", keyFile), ("AXPORT_API_URL", apiURL), ("AXPORT_TOKEN_URL", tokenURL),
        ]
        let lines = settings.map { "\($0)=\(Self.quoted($1))\n" }
        try write(lines.joined(), to: "\(path)/sandbox.env")
    }

    /// Quotes a value for a shell's `.` and for systemd's EnvironmentFile.
    private static func quoted(_ text: String) -> String {
        let plain = "-._:/"
        let isPlain = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || plain.contains($0) }
        let pieces = text.split(separator: "'", omittingEmptySubsequences: false)
        return isPlain ? text : "'\(pieces.joined(separator: "'\\''"))'"
    }

    /// Creates a new file each time, so that the mode applies from the first byte.
    private func write(_ text: String, to file: String) throws(SandboxError) {
        try? FileManager.default.removeItem(atPath: file)
        let mode: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: mode) else {
            throw SandboxError("cannot write \(file)")
        }
    }
}
