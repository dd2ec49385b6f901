import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Removes from a text what somebody else need not know: secrets, and what identifies devices, accounts, people, and
/// machines. It rather removes too much.
struct Mask {
    private let secrets: Secrets
    private let names: [(name: String, mark: String)]

    /// - Parameters:
    ///   - variables: the environment.
    ///   - host: the name of this machine.
    ///   - user: the name of the user.
    init(_ secrets: Secrets, variables: [String: String], host: String = hostName, user: String? = userName) {
        self.secrets = secrets
        let short = host.prefix { $0 != "." }
        let users = [user, variables["USER"], variables["LOGNAME"]].compactMap(\.self)
        names =
            [(host, "‹host›"), (String(short), "‹host›")]
            + users.filter { !Self.common.contains($0) }.map { ($0, "‹user›") }
    }

    /// Names that identify nobody.
    private static let common: Set = ["root", "axport", "localhost", ""]

    /// Word boundaries are simple ones: by Unicode's rules, there is none between a point and a letter.
    func applied(to text: String) -> String {
        var text = secrets.hidden(in: text)
        text.replace(/[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+/, with: "‹address›")
        for (name, mark) in names where !Self.common.contains(name) { text = Self.replaced(name, mark, in: text) }
        text.replace(
            /\b[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\b/.wordBoundaryKind(.simple),
            with: "‹id›"
        )
        text.replace(/\b([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b/.wordBoundaryKind(.simple), with: "‹address›")
        text.replace(
            /\bdatabase \S+ at (?:socket )?\S+ as [^\s,]+/.wordBoundaryKind(.simple),
            with: "database ‹name› at ‹host› as ‹user›"
        )
        text.replace(/\b(user|role) "[^"]*"/.wordBoundaryKind(.simple)) { "\($0.output.1) \"‹user›\"" }
        text.replace(/\b\d{14,}\b/.wordBoundaryKind(.simple), with: "‹number›")
        return text.replacing(/\b[A-Z0-9]{8,20}\b/.wordBoundaryKind(.simple)) { match in
            let word = match.output
            // The beginning of a run's ID has digits, a T, and a Z.
            let isSerial = word.contains(where: \.isNumber) && word.contains { $0.isLetter && !"TZ".contains($0) }
            return isSerial ? "‹serial›" : String(word)
        }.replacing(/\b\d{1,3}(\.\d{1,3}){3}\b/.wordBoundaryKind(.simple)) {
            $0.output.0.hasPrefix("127.") ? String($0.output.0) : "‹address›"
        }
    }

    /// Whole words only.
    private static func replaced(_ name: String, _ mark: String, in text: String) -> String {
        var masked = ""
        var rest = text[...]
        while let range = rest.firstRange(of: name) {
            let isWhole =
                !isOfWord(rest[..<range.lowerBound].last ?? masked.last) && !isOfWord(rest[range.upperBound...].first)
            masked += rest[..<range.lowerBound] + (isWhole ? mark[...] : rest[range])
            rest = rest[range.upperBound...]
        }
        return masked + rest
    }

    private static func isOfWord(_ character: Character?) -> Bool {
        character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false
    }

    private static var hostName: String {
        var system = utsname()
        guard uname(&system) == 0 else { return "" }
        return withUnsafeBytes(of: system.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    private static var userName: String? {
        getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) }
    }
}
