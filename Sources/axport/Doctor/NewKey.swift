import Records
import Stages

/// A private key that is tested before it replaces the old one, and the IDs that come with it.
struct NewKey: Sendable {
    let file: String
    let keyID: String?
    let clientID: String?
    /// The file of the old key; nil if it is unknown.
    var oldFile: String?

    /// The settings as `--set` takes them. Every source of a file gets them; one is selected.
    var overrides: [String] {
        ["source.private_key=${file:\(FilePlace.absolute(file))}"]
            + [("key_id", keyID), ("client_id", clientID)].compactMap { name, value in
                value.map { "source.\(name)=\($0)" }
            }
    }

    /// The same for a command without a pipeline file.
    var variables: [String: String] {
        ["AXPORT_PRIVATE_KEY_FILE": FilePlace.absolute(file), "AXPORT_KEY_ID": keyID, "AXPORT_CLIENT_ID": clientID]
            .compactMapValues(\.self)
    }

    /// Refuses a path that cannot be read.
    func requireFile(in environment: Environment) throws(Failure) {
        let place = SourceLocation(file: "--key", line: 1, column: 1)
        guard let problem = environment.resolve(file: FilePlace.absolute(file), at: place).problems.first else {
            return
        }
        throw Failure(.usage, "--key: \(problem.message)", advice: problem.hint)
    }

    /// Apple has given a token for it.
    func accepted(_ source: SourceSettings) -> Finding {
        let ids = [("key_id", keyID), ("client_id", clientID)].compactMap { name, value in value.map { "\(name) \($0)" }
        }
        let place =
            oldFile.map { "`install -m 600 \(FilePlace.absolute(file).asShellWord) \($0.asShellWord)`" }
            ?? "write it to where the file's `private_key` is read from"
        let more = ids.isEmpty ? "" : ", and set \(ids.joined(separator: " and "))"
        return .works("token", "Apple accepts the new key", hint: "to put it in place: \(place)\(more)")
    }
}
