import Records

/// What references in a pipeline file can reach. Tests give their own.
package struct Environment: Sendable {
    package struct File: Sendable {
        package let text: String
        /// Permission bits.
        package let mode: UInt16

        package init(text: String, mode: UInt16) {
            self.text = text
            self.mode = mode
        }
    }

    /// Without the empty ones, which count as unset.
    package var variables: [String: String]
    /// The names of those.
    let emptyVariables: Set<String>
    /// Every secret that was found there, and those that the commands get besides.
    package let secrets: Secrets
    /// Reads a file; the error is in words.
    package var readFile: @Sendable (_ path: String) -> Result<File, Problem>
    let programs: ProgramOutputs
    /// The pipeline file that is being read, if it is a file.
    package var pipelineFile: FilePermissions?

    package init(
        variables: [String: String],
        secrets: Secrets = Secrets(),
        programs: ProgramOutputs = ProgramOutputs(),
        readFile: @escaping @Sendable (String) -> Result<File, Problem>
    ) {
        self.variables = variables.filter { !$0.value.isEmpty }
        emptyVariables = Set(variables.keys).subtracting(self.variables.keys)
        self.secrets = secrets
        self.programs = programs
        self.readFile = readFile
        if let password = variables["PGPASSWORD"] { secrets.add(password) }
        for (name, value) in variables where name.lowercased().hasSuffix("_proxy") { secrets.add(passwordOf: value) }
    }

    /// Nothing but these variables.
    package static func only(_ variables: [String: String]) -> Environment {
        Environment(variables: variables) { .failure(Problem("no file \($0)")) }
    }

    package var home: HomeFolder { HomeFolder(variables["HOME"]) }

    package func expandingTilde(_ path: String) -> String { home.expandingTilde(path) }
}
