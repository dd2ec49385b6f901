import Crypto
import Pipeline
import Records

extension Plan {
    /// SHA-256 of the file, and of the serial numbers that its rules name: a plan is valid only for these.
    var rulesHash: String {
        var hash = SHA256()
        hash.update(data: Array((pipeline.hash ?? "").utf8))
        for rule in assign?.rules ?? [] {
            hash.update(data: Array("\n\(rule.name)\n\(rule.serials?.serials.joined(separator: "\n") ?? "")".utf8))
        }
        return hash.finalize().hex
    }
}
