import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The secrets that the process knows: it never shows or stores one in what others say. Belongs to the environment
/// that the commands are started with; parts that get hold of a secret add it, such as a token when it is issued.
package final class Secrets: Sendable {
    private struct Known {
        var runs: Set<SecretRun> = []
        /// Those that are too short to have a run.
        var short: Set<[UInt8]> = []
    }
    private let known = Mutex(Known())

    /// What stands in the place of each.
    private let mark: String

    /// Text that every key or token contains and that is not secret.
    private let constants: Set<SecretRun>

    package init() {
        mark = "‹secret›"
        constants = SecretRun.constants
    }

    /// For a value that must not be shown at all.
    package init(mark: String) {
        self.mark = mark
        constants = []
    }

    /// Shorter ones would be found in many words, and give themselves away by that.
    private static let shortest = 4
    /// From here on, a secret is looked for within words, too.
    private static let long = 8

    /// From now on, neither the secret nor any run of ``SecretRun/length`` bytes of it is shown, in capitals or small
    /// letters, on one line or several, plain, escaped or percent-encoded.
    package func add(_ secret: String) {
        let forms = SecretForms(of: secret).all
        known.withLock { known in
            for form in forms {
                if form.count >= SecretRun.length {
                    SecretRun.forEach(in: form) { run, _ in
                        if !constants.contains(run) { known.runs.insert(run) }
                    }
                } else if form.count >= Self.shortest {
                    known.short.insert(form)
                }
            }
        }
    }

    /// The password of a URL such as a proxy's, and the header that carries it.
    package func add(passwordOf url: String) {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        guard let end = rest.lastIndex(of: "@") else { return }
        let account = rest[..<end]
        guard let colon = account.firstIndex(of: ":") else { return }
        let password = String(account[account.index(after: colon)...])
        let decoded = PercentEncoding.decode(account) ?? String(account)
        add(password)
        if let password = PercentEncoding.decode(password) { add(password) }
        for account in [String(account), decoded] { add(Data(account.utf8).base64EncodedString()) }
        // Where an `@` in it was not encoded, whoever reads the URL may take one half for the password.
        for half in password.split(separator: "@") { add(String(half)) }
    }

    /// The text without any secret. Only for what others wrote: a short password may be one of our own words.
    package func hidden(in text: String) -> String { hide(text, short: known.withLock(\.short)) }

    /// The text without long secrets: for what we say ourselves, in case a secret came with it unseen.
    package func hiddenRuns(in text: String) -> String { hide(text, short: []) }

    private func hide(_ text: String, short: Set<[UInt8]>) -> String {
        let bytes = Array(text.utf8)
        var isSecret = [Bool](repeating: false, count: bytes.count)
        var found = false
        func mark(_ range: Range<Int>) {
            for index in range { isSecret[index] = true }
            found = true
        }
        known.withLock { known in
            if known.runs.isEmpty { return }
            SecretRun.forEach(in: bytes) { run, start in
                if known.runs.contains(run) { mark(start..<start + SecretRun.length) }
            }
        }
        for secret in short { for range in Self.places(of: secret, in: bytes) { mark(range) } }
        return found ? replacing(bytes, where: isSecret) : text
    }

    private static func places(of secret: [UInt8], in text: [UInt8]) -> [Range<Int>] {
        guard text.count >= secret.count else { return [] }
        func isInWord(_ index: Int) -> Bool { text.indices.contains(index) && text[index].isLetterOrDigit }
        return (0...text.count - secret.count).lazy
            .filter { text[$0] == secret[0] && text[$0..<$0 + secret.count].elementsEqual(secret) }
            .map { $0..<$0 + secret.count }
            .filter { secret.count >= long || !isInWord($0.lowerBound - 1) && !isInWord($0.upperBound) }
    }

    private func replacing(_ bytes: [UInt8], where isSecret: [Bool]) -> String {
        var shown: [UInt8] = []
        for index in bytes.indices {
            if !isSecret[index] {
                shown.append(bytes[index])
            } else if index == 0 || !isSecret[index - 1] {
                shown += Array(mark.utf8)
            }
        }
        return String(decoding: shown, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        decimalDigit != nil || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= uppercased
    }
}
