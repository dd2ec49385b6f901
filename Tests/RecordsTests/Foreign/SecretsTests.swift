import Foundation
import Records
import Testing

@Suite struct SecretsTests {
    private let token = "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhY21lIn0.Zk9xT2p3bVQ1d2RrS0p1c2Zn"
    private let key = """
        -----BEGIN EC PRIVATE KEY-----
        MHcCAQEEIGa8Tq1vYw0M7CkQ3b6Rk2t8aJ4Q5uVfX1cZp7nLhW9yoAoGCCqGSM49
        AwEHoUQDQgAEx1Y2z3A4b5C6d7E8f9G0h1I2j3K4l5M6n7O8p9Q0r1S2t3U4v5W6
        -----END EC PRIVATE KEY-----
        """

    private func shown(_ text: String, knowing secret: String) -> String {
        let secrets = Secrets()
        secrets.add(secret)
        return ForeignText(text, hiding: secrets).description
    }

    @Test func aTokenIsHiddenWhereverItStands() {
        #expect(shown("got Authorization: Bearer \(token) from you", knowing: token).hasSuffix("‹secret› from you"))
    }

    @Test(arguments: [0, 7, 20, 36]) func anyRunOfTwelveOfItIs(_ start: Int) {
        let secret = String(token.dropFirst(40))
        let run = secret.dropFirst(start % (secret.count - 12)).prefix(12)
        #expect(shown("before \(run) after", knowing: token) == "before ‹secret› after")
        #expect(shown("before \(run.lowercased()) after", knowing: token) == "before ‹secret› after")
        #expect(shown("before \(run.dropLast()) after", knowing: token) == "before \(run.dropLast()) after")
    }

    @Test(arguments: [
        "-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----", "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9",
    ])
    func whatStandsInEveryKeyOrTokenIsNone(_ text: String) {
        #expect(shown(text, knowing: key) == text)
        #expect(shown(text, knowing: token) == text)
    }

    @Test(arguments: ["", " ", "\n", "\r\n", "\\n", "%0A"]) func aKeyOnOneLineOrMoreIs(_ separator: String) {
        let body = key.split(separator: "\n").dropFirst().dropLast().joined(separator: separator)
        #expect(shown("<\(body)>", knowing: key) == "<‹secret›>")
    }

    @Test(arguments: ["p@ss w/ord:1234", "quo\"ted\\backslash", "line\r\nbreak and \0 more"])
    func aSecretIsHiddenAsItIsAndEncoded(_ secret: String) throws {
        var spellings = [secret, secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""]
        let json = String(decoding: try JSONEncoder().encode([secret]), as: UTF8.self)
        if !secret.contains("\0") {
            spellings.append(String(json.dropFirst(2).dropLast(2)).replacing("\\/", with: "/"))
        }
        for spelling in spellings {
            #expect(shown("<\(spelling)>", knowing: secret) == "<‹secret›>", "\(spelling)")
        }
    }

    @Test func aShortPasswordIsHiddenAsAWordOnly() {
        #expect(shown("user ann, password test: no", knowing: "test") == "user ann, password ‹secret›: no")
        #expect(shown("the latest one", knowing: "test") == "the latest one")
        #expect(shown("xhunter22x", knowing: "hunter22") == "x‹secret›x")
    }

    @Test func anEmptySecretHidesNothing() { #expect(shown("a text", knowing: "") == "a text") }

    @Test(arguments: [
        ("http://ann:hunter2hunter2@proxy:3128", "hunter2hunter2"), ("http://ann:p%40ss-p%40ss@proxy:1", "p@ss-p@ss"),
        ("http://ann:abcd@efgh@proxy:1", "efgh"), ("http://ann:hunter2hunter2@proxy:1", "YW5uOmh1bnRlcjJodW50ZXIy"),
    ])
    func thePasswordOfAProxyIsHidden(_ url: String, _ secret: String) {
        let secrets = Secrets()
        secrets.add(passwordOf: url)
        #expect(ForeignText("<\(secret)>", hiding: secrets).description == "<‹secret›>")
        #expect(ForeignText("proxy", hiding: secrets).description == "proxy")
    }

    @Test func ourOwnWordsKeepAShortPassword() {
        let secrets = Secrets()
        secrets.add("postgres")
        secrets.add(token)
        #expect(secrets.hiddenRuns(in: "load postgres failed") == "load postgres failed")
        #expect(secrets.hiddenRuns(in: "with \(token.dropFirst(45))") == "with ‹secret›")
    }
}
