import Pipeline
import Records
import Stages
import Testing

@Suite struct ReferenceTests {
    private static let files = [
        "/etc/key.pem": "line 1\nline 2\n", "/etc/dos": "a\r\n", "/etc/two": "a\n\n", "/etc/bare": "a",
        "/etc/empty": "\n", "/run/credentials/none": "",
        "/home/me/x": "mine",
        "/run/credentials/url": "postgres://\n", "/etc/tricky": "${env:A} \"q\" 'q' a: b # c\n",
    ]

    private func resolve(_ text: String, _ variables: [String: String] = [:]) throws -> String? {
        let environment = Environment(variables: variables) { path in
            Self.files[path].map { .success(.init(text: $0, mode: 0o600)) }
                ?? .failure(Problem("no file \(path)"))
        }
        return try ConfigNode.parsed("- \(text)", environment).items[0].text
    }

    private func problem(_ text: String, _ variables: [String: String] = [:]) throws -> String {
        let error = #expect(throws: PlanError.self) { try resolve(text, variables) }
        return try #require(error?.diagnostics.first).text
    }

    @Test func variablesAreRead() throws {
        #expect(try resolve("${env:A}", ["A": "x"]) == "x")
        #expect(try resolve("a-${env:A}-${env:B}-${env:A}", ["A": "x", "B": "y"]) == "a-x-y-x")
    }

    @Test func aDefaultStandsForWhatIsNotSetOrEmpty() throws {
        #expect(try resolve("${env:A:-b c}") == "b c")
        #expect(try resolve("${env:A:-b}", ["A": ""]) == "b")
        #expect(try resolve("${env:A:-b}", ["A": "a"]) == "a")
        #expect(try resolve("\"${env:A:-}\"") == "")
        #expect(try resolve("${env:A:-postgres://h:5/d}") == "postgres://h:5/d")
    }

    @Test func whatIsEmptyCountsAsUnset() throws {
        #expect(try problem("${env:A}", ["A": ""]).hasPrefix("${env:A}: the environment variable A is empty; set it"))
        let empty = "the file is empty; write the value into it, or copy it again"
        #expect(try problem("${file:/etc/empty}") == "${file:/etc/empty}: \(empty)")
        #expect(try problem("${credential:none}", ["CREDENTIALS_DIRECTORY": "/run/credentials"]).hasSuffix(empty))
        #expect(
            try problem("${credential:url}", ["CREDENTIALS_DIRECTORY": ""]).contains("CREDENTIALS_DIRECTORY is not")
        )
    }

    @Test func filesLoseOneLineEnd() throws {
        #expect(try resolve("${file:/etc/key.pem}") == "line 1\nline 2")
        #expect(try resolve("${file:/etc/dos}") == "a")
        #expect(try resolve("${file:/etc/two}") == "a\n")
        #expect(try resolve("${file:/etc/bare}") == "a")
    }

    @Test func homeIsTheUsersFolder() throws {
        #expect(try resolve("${file:~/x}", ["HOME": "/home/me"]) == "mine")
    }

    @Test func credentialsAreFilesOfSystemd() throws {
        #expect(try resolve("${credential:url}", ["CREDENTIALS_DIRECTORY": "/run/credentials"]) == "postgres://")
        #expect(try problem("${credential:url}").contains("CREDENTIALS_DIRECTORY is not set"))
    }

    @Test(arguments: ["${env:A}", "a: b # c", "\"q\" 'q' \\", "l1\nl2", "${", "[1, {"]) func aValueIsNotReadAgain(
        _ value: String
    ) throws {
        #expect(try resolve("${env:V}", ["V": value, "A": "secret"]) == value)
        #expect(try resolve("\"<${env:V}>\"", ["V": value]) == "<\(value)>")
    }

    @Test func aFileIsNotReadAgain() throws {
        #expect(try resolve("${file:/etc/tricky}", ["A": "secret"]) == "${env:A} \"q\" 'q' a: b # c")
    }

    @Test func whatIsNotSetIsNeverALiteral() throws {
        #expect(try problem("${env:A}").hasPrefix("${env:A}: the environment variable A is not set"))
        #expect(try problem("${file:/nowhere}") == "${file:/nowhere}: no file /nowhere")
    }

    @Test func aReferenceMustEnd() throws { #expect(try problem("a ${env:A", ["A": "x"]) == "'${' without '}'") }

    @Test(arguments: ["${env:A:-${env:B}}", "${file:${env:A}/key}"]) func aReferenceHoldsNoOther(_ text: String) throws
    {
        #expect(try problem(text, ["A": "x", "B": "y"]) == "a reference must not contain another reference")
    }

    @Test func kindsAreKnown() throws {
        #expect(
            try problem("${HOME}", ["HOME": "/"]) == "${HOME}: expected ${env:NAME}, ${file:PATH} or ${credential:NAME}"
        )
        #expect(try problem("${enw:A}", ["A": "x"]) == "${enw:A}: no kind of reference 'enw'; did you mean 'env'?")
        #expect(try problem("${ENV:A}", ["A": "x"]).contains("did you mean 'env'?"))
    }

    @Test func namesAreResolvedToo() throws {
        #expect(try ConfigNode.parsed("${env:A}: 1", .only(["A": "x"])).text == "1")
    }

    @Test func dollarsAloneAreText() throws { #expect(try resolve("$5 {a} $A $$") == "$5 {a} $A $$") }
}
