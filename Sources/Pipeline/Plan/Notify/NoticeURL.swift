import Records
import Stages

/// The URL of a notice. Anybody who knows it can use it, so all of it but the host is secret.
package struct NoticeURL: SettingValue {
    /// Scheme, host, and port.
    private let origin: String
    private let path: Secret
    /// With its `?`; empty if the URL has none.
    private let query: Secret

    package static var typeName: String { "secret URL" }
    package static var form: ValueForm { .pattern("^https?://") }

    package init(from node: ConfigNode) throws(Diagnostic) {
        let text = try Secret(from: node, hiding: { Self.secretParts(of: $0) }).reveal
        guard let host = Self.host(of: text) else {
            throw Diagnostic(
                "expected a URL that begins with https:// or http:// and a host",
                hint: "a name and a password before the host are not supported",
                at: node.location
            )
        }
        let start = text.index(text.startIndex, offsetBy: text.hasPrefix("https") ? 8 : 7)
        let rest = text[start...].dropFirst(host.count).prefix { $0 != "#" }
        let path = rest.prefix { $0 != "?" }
        origin = text[..<start] + host
        self.path = Secret(String(path))
        query = Secret(String(rest.dropFirst(path.count)))
    }

    /// Host and explicit port: all that messages may show.
    package var host: String { String(origin.drop { $0 != ":" }.dropFirst(3)) }

    package var url: Secret { Secret(origin + path.reveal + query.reveal) }

    /// The URL with one more component in its path.
    package func appending(_ step: String) -> Secret {
        let path = path.reveal
        return Secret("\(origin)\(path.hasSuffix("/") ? String(path.dropLast()) : path)/\(step)\(query.reveal)")
    }

    /// The host; nil if notices cannot be sent to the URL.
    private static func host(of text: String) -> String? {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix),
            text.unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value != 0x7F && $0 != "\\" })
        else { return nil }
        let host = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        let parts = host.wholeMatch(of: /(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?/)
        guard let parts, parts.output.2.map({ (1...65_535).contains(Int($0) ?? 0) }) ?? true else { return nil }
        return String(host)
    }

    /// Everything after the host, and those parts of it that are long enough to be recognized.
    private static func secretParts(of text: String) -> [String] {
        let rest = text.firstRange(of: "://").map { text[$0.upperBound...].drop { !"/?".contains($0) } } ?? text[...]
        return ([rest] + rest.split { "/?&=#".contains($0) }).filter { $0.utf8.count >= 12 }.map(String.init)
    }
}
