import Records

/// What references in a pipeline file can read. Tests provide their own.
package struct Environment: Sendable {
    package struct File: Sendable {
        package let text: String
        /// Permission bits.
        package let mode: UInt16
        /// Whether it belongs to neither this user nor root.
        package let isOfOtherUser: Bool

        package init(text: String, mode: UInt16, isOfOtherUser: Bool = false) {
            self.text = text
            self.mode = mode
            self.isOfOtherUser = isOfOtherUser
        }

        package func permissions(at path: String) -> FilePermissions {
            FilePermissions(path: path, mode: mode, isOfOtherUser: isOfOtherUser)
        }
    }

    /// Without empty variables, which count as unset.
    package var variables: [String: String]
    /// The names of empty variables.
    let emptyVariables: Set<String>
    /// The base of relative paths.
    package var folder = PathBase.Folder.working
    /// Every secret found in the environment, and those that commands add.
    package let secrets: Secrets
    /// Reads a file; errors are written for people.
    package var readFile: @Sendable (_ path: String) -> Result<File, Problem>
    /// The names in a folder; errors are written for people.
    package var readFolder: @Sendable (_ path: String) -> Result<[String], Problem>
    let programs: ProgramOutputs
    /// Whether values that are missing here are problems. Otherwise they are unknown: no file is read, and no program
    /// runs.
    package private(set) var readsSecrets = true
    /// The pipeline file that is being read, if it is a file.
    package var pipelineFile: FilePermissions?
    /// The table of sources that names a command's arguments, if one does.
    package var table: FilePermissions?

    package init(
        variables: [String: String],
        secrets: Secrets = Secrets(),
        programs: ProgramOutputs = ProgramOutputs(),
        readFolder: @escaping @Sendable (String) -> Result<[String], Problem> = {
            .failure(Problem("no folder \($0)"))
        },
        readFile: @escaping @Sendable (String) -> Result<File, Problem>
    ) {
        self.variables = variables.filter { !$0.value.isEmpty }
        emptyVariables = Set(variables.keys).subtracting(self.variables.keys)
        self.secrets = secrets
        self.programs = programs
        self.readFile = readFile
        self.readFolder = readFolder
        if let password = variables["PGPASSWORD"] { secrets.add(password) }
        for (name, value) in variables where name.lowercased().hasSuffix("_proxy") { secrets.add(passwordOf: value) }
    }

    /// The same environment for checking a file where its secrets are not, as in an editor.
    package var withoutSecrets: Environment {
        var environment = self
        environment.readsSecrets = false
        environment.variables["HOME"] = variables["HOME"] ?? "/‹HOME›"
        return environment
    }

    /// The value of a variable. If systemd lists a service's folders in it, separated by colons, the first one.
    package func value(of variable: String) -> String? {
        guard let value = variables[variable] else { return nil }
        return Self.folders.contains(variable) ? value.split(separator: ":").first.map(String.init) : value
    }

    private static let folders: Set = [
        "STATE_DIRECTORY", "CACHE_DIRECTORY", "CONFIGURATION_DIRECTORY", "LOGS_DIRECTORY", "RUNTIME_DIRECTORY",
    ]

    /// An environment with only these variables.
    package static func only(_ variables: [String: String]) -> Environment {
        Environment(variables: variables) { .failure(Problem("no file \($0)")) }
    }
}
