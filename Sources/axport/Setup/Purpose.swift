import Records
import Stages

/// What a new pipeline file is for: one of the pipelines that come with axport.
struct Purpose {
    let name: String
    let text: String

    static let all: [Purpose] = ShippedFiles.written.compactMap { path, text in
        guard path.hasPrefix("pipelines/"), path.hasSuffix(ending) else { return nil }
        return Purpose(name: String(path.dropFirst("pipelines/".count).dropLast(ending.count)), text: text)
    }

    static let ending = ".axport.yaml"
    /// The main job.
    static let usual = "nightly-postgres"

    /// The purpose with this name. A path or a file ending around it is ignored.
    static func named(_ text: String) throws(Failure) -> Purpose {
        let last = text.split(separator: "/").last.map(String.init) ?? text
        let name =
            [ending, ".yaml", ".yml"].first(where: last.hasSuffix).map { String(last.dropLast($0.count)) } ?? last
        if let purpose = all.first(where: { $0.name == name.lowercased() }) { return purpose }
        let problem = unknownName("purpose", name, known: all.map(\.name))
        guard name != last, problem.hint?.hasPrefix("did you mean") != true else {
            throw Failure(.usage, problem.message, advice: problem.hint)
        }
        throw Failure(
            .usage,
            problem.message,
            advice: """
                name the file to write with `-o \(last.asShellWord)`, or its scheduler with `--schedule systemd`; \
                `axport init --list` lists the purposes
                """
        )
    }

    /// The first sentence of its comment.
    var summary: String {
        var words: [Substring] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).drop(while: SchemaLine.isOne) {
            guard line.hasPrefix("# "), !line.hasPrefix("#  ") else { break }
            words += line.dropFirst(2).split(separator: " ")
            if let end = words.firstIndex(where: { $0.hasSuffix(".") }) {
                return words[...end].joined(separator: " ")
            }
        }
        let sentence = words.joined(separator: " ")
        return sentence.hasSuffix(":") ? "\(sentence.dropLast())." : sentence
    }

    /// Whether it has one organization, under `source`.
    var hasOneSource: Bool { text.contains("\nsource:\n") }

    /// Whether it assigns devices by rules, and loads nothing.
    var assigns: Bool { text.contains("\nassign:\n") }

    /// The variable with the URL of its database; nil if it writes only files.
    var databaseVariable: String? {
        text.firstMatch(of: /url: "?\$\{env:([A-Z_]+)\}/).map { String($0.output.1) }
    }

    /// The folder of its files.
    static let folder = "${env:STATE_DIRECTORY:-out}"
}
