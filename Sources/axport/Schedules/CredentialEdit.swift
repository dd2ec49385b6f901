import Records

/// An edit of a pipeline file: the key becomes a credential instead of a file.
struct CredentialEdit {
    private let old: String
    private let new: String

    /// Nil if the pipeline file already names the credential.
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
