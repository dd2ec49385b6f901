/// The kinds of references in pipeline files.
package enum ReferenceKind: String, CaseIterable, Sendable {
    case env, file, credential

    /// How it is written.
    package var form: String {
        switch self {
        case .env: "${env:NAME}"
        case .file: "${file:PATH}"
        case .credential: "${credential:NAME}"
        }
    }

    package var meaning: String {
        switch self {
        case .env:
            "Value of an environment variable. An empty one counts as unset; `${env:NAME:-default}` then gives the default."
        case .file: "Text of a file, without its last line break. It must not be empty."
        case .credential:
            "Text of a file in the folder that CREDENTIALS_DIRECTORY names; systemd sets it for `LoadCredential=`."
        }
    }
}
