import Records
import Stages

/// A new pipeline file with what belongs beside it.
struct NewPipeline {
    let purpose: Purpose
    /// Nil for standard output.
    let file: NewFile?

    /// - Parameter output: as the user names it; nil for a file of the purpose's name.
    init(_ purpose: Purpose, output: String?, isForced: Bool) {
        self.purpose = purpose
        let path = output ?? purpose.name + Purpose.ending
        file = FilePlace.isStandardOutput(path) ? nil : NewFile(path: path, mode: 0o644, isForced: isForced)
    }

    /// The name before `.axport.yaml`; nil if it cannot name a pipeline.
    private var name: String? {
        guard let last = file?.path.split(separator: "/").last.map(String.init) else { return nil }
        let stem = [Purpose.ending, ".yaml", ".yml"].first(where: last.hasSuffix).map { last.dropLast($0.count) }
        return stem.flatMap { $0.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]*/) == nil ? nil : String($0) }
    }

    /// The folder of relative paths in the file.
    var folder: PathBase.Folder {
        file.map { .ofFile(FilePath.folder(of: FilePlace.absolute($0.path))) } ?? .working
    }

    /// The file of its secret variables, where `axport init --schedule` expects it; nil without a pipeline file.
    var variablesFile: NewFile? {
        file.map { NewFile(path: sibling("\(name ?? purpose.name).env"), mode: 0o600, isForced: $0.isForced) }
    }

    /// Refuses a URL with a password if no file can take it.
    func requirePlaceForPassword() throws(Failure) {
        guard let variablesFile else {
            throw Failure(
                .usage,
                "the URL has a password, which standard output must not have",
                advice: "set \(purpose.databaseVariable ?? "a variable") to the URL, and press Enter here"
            )
        }
        try variablesFile.require()
    }

    private func sibling(_ name: String) -> String {
        (file?.path.split(separator: "/", omittingEmptySubsequences: false).dropLast().map { "\($0)/" }.joined() ?? "")
            + name
    }

    /// Writes the files.
    ///
    /// - Returns: the lines that say what was written and what comes next.
    func write(_ answers: Answers, environment: Environment) throws -> String {
        let schema = try SchemaLine()
        let draft = Draft(purpose: purpose, answers: answers, name: name, variables: environment.variables)
        let text = draft.text(schema: schema)
        guard let file else {
            try Output.answer(text.hasSuffix("\n") ? String(text.dropLast()) : text)
            return schema.copy.map { "For editors: `axport schema > \($0.name)`, beside the file." } ?? ""
        }
        let secrets = try secretVariables(answers)
        try secrets?.file.write(secrets?.text ?? "")
        do {
            try file.write(text)
        } catch {
            secrets?.file.remove()
            throw error
        }
        if let copy = schema.copy {
            try NewFile(path: sibling(copy.name), mode: 0o644, isForced: true).write(copy.text)
        }
        return NextSteps(
            assigns: purpose.assigns,
            file: file.path,
            variablesFile: secrets?.file.path,
            unset: Draft.variables(in: text).filter { variable in
                environment.variables[variable] == nil && (secrets == nil || variable != purpose.databaseVariable)
            }
        ).text
    }

    /// The variables that only the user may read, as a shell and systemd read them.
    private func secretVariables(_ answers: Answers) throws -> (file: NewFile, text: String)? {
        guard answers.hasPassword, let name = purpose.databaseVariable, let database = answers.database,
            let file = variablesFile
        else { return nil }
        return (file, "\(name)='\(database.replacing("'", with: "%27"))'\n")
    }
}
