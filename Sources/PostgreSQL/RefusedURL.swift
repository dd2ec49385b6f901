import Records
import Stages

/// Why libpq refuses a text as an address. libpq's own message repeats the text, which may contain a password.
struct RefusedURL {
    private let text: String
    /// The text after the scheme and the user.
    private let place: Substring

    init(_ text: String) {
        self.text = text
        let scheme = PostgresURL.schemes.first(where: text.hasPrefix) ?? ""
        let rest = text.dropFirst(scheme.count)
        // As libpq does: the user ends at the first @, if no / precedes it.
        guard let end = rest.firstIndex(where: { $0 == "@" || $0 == "/" }), rest[end] == "@" else {
            place = rest
            return
        }
        place = rest[rest.index(after: end)...]
    }

    var problem: Problem {
        guard PostgresURL.schemes.contains(where: text.hasPrefix) else {
            return isURL || !text.contains("=")
                ? Problem("the URL does not begin with postgresql://", hint: "expected \(Self.form)") : Self.unexplained
        }
        if hasBareSign {
            return Problem(
                "a % in the URL is not followed by two hexadecimal digits",
                hint: "write %25 for %; in a password, also %40 %3A %2F for @ : /"
            )
        }
        guard let mark = place.firstIndex(of: "?"), let parts = PostgresURL.parts(of: String(text[..<mark])) else {
            return Self.unexplained
        }
        let query = place[place.index(after: mark)...]
        // The user may have meant a part of the query as the password.
        if PostgresURL.isCutWrong(String(text[..<mark]), parts) || query.contains("@") && !place.hasPrefix("/") {
            return PostgresURL.unclearPassword
        }
        let refused = query.split(separator: "&").first { PostgresURL.parts(of: "postgresql:///?\($0)") == nil }
        return refused.map { Self.problem(ofParameter: $0) } ?? Self.unexplained
    }

    private static let form = "postgresql://user@host:port/database"
    private static let unexplained = Problem("libpq does not accept this URL", hint: "expected \(form)")

    /// Whether it begins with a scheme, possibly another one.
    private var isURL: Bool {
        guard let mark = text.firstRange(of: "://") else { return false }
        return text[..<mark.lowerBound].allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.:".contains($0)) }
    }

    /// Whether a `%` begins no escape.
    private var hasBareSign: Bool {
        text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().contains { piece in
            piece.prefix(2).count < 2 || !piece.prefix(2).allSatisfy { $0.isASCII && $0.isHexDigit }
        }
    }

    private static func problem(ofParameter parameter: Substring) -> Problem {
        let pieces = parameter.split(separator: "=", omittingEmptySubsequences: false)
        let name = PercentEncoding.decode(pieces.first ?? "") ?? ""
        let known = PostgresOptions.names
        if known.contains(name) {
            return pieces.count == 1
                ? Problem("the parameter '\(name)' of the URL has no value", hint: "write \(name)= and the value")
                : Problem("a value of the URL's parameter '\(name)' contains =", hint: "write %3D for =")
        }
        // A longer name may be something else.
        let isName =
            pieces.count > 1 && (1...32).contains(name.utf8.count)
            && name.allSatisfy { $0.isASCII && $0.isLetter || $0 == "_" }
        return Problem(
            "the URL has an unknown parameter\(isName ? " '\(name)'" : "")",
            hint: nearestName(to: name, in: known).map(didYouMean)
                ?? "expected parameters of libpq, such as sslmode=require"
        )
    }
}
