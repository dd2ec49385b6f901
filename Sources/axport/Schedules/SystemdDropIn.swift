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

/// The settings that axport@NAME.service needs for one pipeline, in addition to the unit.
struct SystemdDropIn {
    private let needs: PipelineNeeds
    /// Keys that the user of the service cannot read.
    private let handedOver: [PipelineNeeds.Key]
    private let keys: [(name: String, path: String)]

    /// - Parameter user: the user of the service; nil if this machine has none yet.
    init(_ needs: PipelineNeeds, user: uid_t? = getpwnam("axport")?.pointee.pw_uid) throws(Failure) {
        self.needs = needs
        handedOver = needs.keys.filter { key in
            guard let path = key.path, let user else { return true }
            return !Self.isOwn(path, of: user)
        }
        let kept = Self.credentials(in: Self.folder(of: needs.name) + "/pipeline.conf")
        keys = handedOver.map { ($0.credential, $0.path ?? kept[$0.credential] ?? "/etc/axport/\($0.credential)") }
        for path in needs.folders + keys.map(\.path) where path.contains(where: \.isNewline) {
            throw Failure(
                .usage,
                "a systemd unit cannot name a path with a line break",
                advice: "rename the file or folder"
            )
        }
    }

    private static func isOwn(_ path: String, of user: uid_t) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_uid == user && status.st_mode & S_IRUSR != 0
    }

    private static func folder(of name: String) -> String { "/etc/systemd/system/axport@\(name).service.d" }

    /// The paths of the keys in the existing drop-in. The pipeline file no longer names them.
    private static func credentials(in file: String) -> [String: String] {
        let text = FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let pairs = text.split(separator: "\n").compactMap { line in
            line.wholeMatch(of: /LoadCredential=([^:]+):(.+)/).map { match in
                (String(match.output.1), match.output.2.replacing("%%", with: "%"))
            }
        }
        return Dictionary(pairs.map { ($0.0, String($0.1)) }) { $1 }
    }

    var text: String {
        let service = "axport@\(needs.name).service"
        var steps = Steps("What \(needs.place) needs of \(service).")
        if needs.file != needs.place {
            steps.add(
                "The unit runs the file in /etc/axport.",
                ["sudo install -m 644 \(needs.file.asShellWord) \(needs.place)"]
            )
        }
        if !needs.folders.isEmpty {
            let make = { (folder: String) in "test -d \(folder) || sudo install -d -o axport -g axport \(folder)" }
            steps.add(
                "The user axport must be able to write to the folders of the outputs.",
                needs.folders.map { make($0.asShellWord) }
            )
        }
        steps.add(variables: needs.variables, file: "/etc/axport/\(needs.name).env")
        if !settings.isEmpty {
            let folder = Self.folder(of: needs.name)
            let ask = "axport init --schedule systemd \(needs.place)"
            steps.add(
                "This text is a drop-in of the unit.",
                ["sudo install -d \(folder)", "\(ask) | sudo tee \(folder)/pipeline.conf"]
            )
        }
        let edits = handedOver.compactMap { CredentialEdit($0) }
        if !edits.isEmpty {
            steps.add(
                "The pipeline file names the keys that systemd hands over, which stay readable by root alone.",
                edits.map { "sudo \($0.command(for: needs.place))" }
            )
        }
        steps.add(
            "A first run, and then one every night.",
            [
                "sudo systemctl daemon-reload", "sudo systemctl start \(service)",
                "sudo systemctl enable --now axport@\(needs.name).timer",
            ]
        )
        let head = steps.text(comment: "# ")
        return settings.isEmpty ? head : "\(head)\n[Service]\n\(settings.joined(separator: "\n"))"
    }

    private var settings: [String] {
        let credentials = keys.map { "LoadCredential=\($0.name):\($0.path.replacing("%", with: "%%"))" }
        return credentials + lifted + needs.folders.map { "ReadWritePaths=\(Self.word($0))" }
    }

    /// The protections of the unit that these folders need lifted.
    private var lifted: [String] {
        var settings: [String] = []
        if hasFolder(below: ["/home", "/root", "/run/user"]) { settings.append("ProtectHome=read-only") }
        if hasFolder(below: ["/tmp", "/var/tmp"]) { settings.append("PrivateTmp=no") }
        return settings
    }

    private func hasFolder(below tops: [String]) -> Bool {
        needs.folders.contains { folder in tops.contains { FilePath.lies(folder, in: $0) } }
    }

    /// A path as one word of a list of paths.
    private static func word(_ path: String) -> String {
        let escaped = path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("%", with: "%%")
        return "\"\(escaped)\""
    }
}
