import Records

/// The change of a pipeline file that reads a key as a credential, in place of a file.
struct CredentialEdit {
    private let old: String
    private let new: String

    /// Nil where the pipeline file names the credential already.
    init?(_ key: PipelineNeeds.Key) {
        guard let reference = key.reference else { return nil }
        old = reference
        new = "${credential:\(key.credential)}"
    }

    func command(for file: String) -> String {
        let pattern = String(old.flatMap { "\\.*[]^$|".contains($0) ? ["\\", $0] : [$0] })
        return "sed -i \("s|\(pattern)|\(new)|g".asShellWord) \(file.asShellWord)"
    }
}
