import Records

/// A run as a shell command of the current user, with the variables from a file beside the pipeline file.
struct UserCommand {
    let needs: PipelineNeeds

    var variablesFile: String { "\(FilePath.folder(of: needs.file))/\(needs.name).env" }

    /// The statements before the program.
    var preparation: String {
        var words: [String] = []
        if needs.keys.contains(where: { $0.reference == nil }) {
            words.append("export CREDENTIALS_DIRECTORY=\(FilePath.folder(of: needs.file).asShellWord)")
        }
        if !needs.variables.isEmpty { words.append("set -a; . \(variablesFile.asShellWord)") }
        return words.map { "\($0); " }.joined()
    }

    var program: String { "\(OwnProgram.path.asShellWord) run \(needs.file.asShellWord)" }
}
