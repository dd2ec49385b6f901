import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The secrets that the process knows and removes from the text of others. The environment of a command owns it. A
/// part that gets a secret adds it, such as a token when it is issued.
package final class Secrets: Sendable {
    private struct Known {
        var runs: Set<SecretRun> = []
        /// Secrets that are too short to have a run.
        var short: Set<[UInt8]> = []
    }
    private let known = Mutex(Known())

    /// The text that replaces each secret.
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

    /// Shorter secrets would match parts of many words, and the marks would reveal them.
    private static let shortest = 4
    /// Secrets of at least this length are also found inside words.
    private static let long = 8

    /// From now on, the secret and every run of ``SecretRun/length`` of its bytes are hidden, in upper or lower case,
    /// on one line or several, plain, escaped, or percent-encoded.
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

    /// Adds the password of a URL, such as a proxy's, and the header that carries it.
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
        // If an `@` in it was not encoded, a URL parser may take one half for the password.
        for half in password.split(separator: "@") { add(String(half)) }
    }

    /// The text without any secret. Only for text of others: a short password may be a word of our own messages.
    package func hidden(in text: String) -> String { hide(text, short: known.withLock(\.short)) }

    /// The text without long secrets: for our own messages, in case one includes a secret.
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
