import AppleClient
import Records
import Stages

/// The key and the IDs of an API account, as far as they can be judged without Apple.
struct AccountFindings {
    /// Nil if it cannot sign.
    let key: PrivateKey?
    let findings: [Finding]

    init(_ source: SourceSettings) {
        var findings: [Finding] = []
        let setting = source.privateKey
        do {
            key = try PrivateKey(setting)
            let place = setting.file.map { " in \($0), which others cannot read" } ?? ""
            findings.append(.works("key", "an EC key on P-256\(place)"))
        } catch {
            key = nil
            findings.append(.fails("key", error))
        }
        let doubts = source.doubts
        findings += doubts.map { .doubtful("ids", $0.message, hint: $0.hint) }
        if doubts.isEmpty {
            findings.append(
                source.asksApple
                    ? .works("ids", "client_id and key_id have Apple's form, for platform \(source.platform.rawValue)")
                    : .fact("ids", "without blanks and quotes; api_url is not Apple's, so their form is not judged")
            )
        }
        self.findings = findings
    }
}
