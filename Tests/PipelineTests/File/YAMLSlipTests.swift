import Pipeline
import Records
import Stages
import TestSupport
import Testing

/// The commonest mistakes of YAML have messages of ours, at the place to mend, and the hint mends them.
@Suite struct YAMLSlipTests {
    private static let rest = "extract: [devices]\nload: [desk: { name: a }]\n"
    private static let sandbox = "source: { platform: sandbox }\n"
    private static let desks = sandbox + "extract: [devices]\nload:\n"

    static let slips: [(String, String)] = [
        ("source:\n1️⃣\tplatform: sandbox\n" + rest, "a tab is part of the indentation"),
        (desks + "  - desk:\n1️⃣\t\tname: a\n", "a tab is part of the indentation"),
        (desks + "  - desk: { name: 1️⃣${env:DESK} }\n", "a reference between brackets needs quotes"),
        (
            desks + "  - desk: { name: 1️⃣out/${env:DESK}/a, order: serial }\n",
            "a reference between brackets needs quotes"
        ),
        ("name: 1️⃣'abc\n" + sandbox + rest, "the quote ' is not closed"),
        ("name: 1️⃣\"abc\n" + sandbox + rest, "the quote \" is not closed"),
        ("name: 1️⃣'abc\n" + desks + "  - desk: { name: 'a' }\n", "the quote ' is not closed"),
        ("source:\n  platform:1️⃣sandbox\n  devices: 3\n" + rest, "a blank is missing after 'platform:'"),
        ("name:1️⃣x\n" + sandbox + rest, "a blank is missing after 'name:'"),
        (desks + "  - 1️⃣desk:{ name: a }\n", "a blank is missing after 'desk:'"),
        (desks + "  - desk: { name: a, 1️⃣order:serial }\n", "a blank is missing after 'order:'"),
        ("source:\n  1️⃣platform:sandbox\n" + rest, "a blank is missing after 'platform:'"),
        ("source:\n  platform: sandbox\n  1️⃣platform: sandbox\n" + rest, "'platform' is written twice"),
        (sandbox + "extract: [devices]\n" + rest.replacing("extract", with: "1️⃣extract"), "'extract' is written twice"),
        (desks + "  - desk: { name: 1️⃣%x }\n", "a text that begins with '%' needs quotes"),
        (desks + "  - desk:\n      name: 1️⃣@x\n", "a text that begins with '@' needs quotes"),
        (desks + "  - desk: { name: 1️⃣`x }\n", "a text that begins with '`' needs quotes"),
        (desks + "  - desk:\n      name: 1️⃣*x\n", "a text that begins with '*' needs quotes"),
        (desks + "  - desk:\n      name: 1️⃣!x y\n", "a text that begins with '!' needs quotes"),
        (desks + "  - desk:\n      name: 1️⃣& b\n", "a text that begins with '&' needs quotes"),
        (desks + "  - desk:\n      name: 1️⃣> b\n", "a text that begins with '>' needs quotes"),
        ("1️⃣%x\n" + sandbox + rest, "a line must not begin with '%'"),
        (desks + "  - desk:\n      name: 1️⃣color = 'A': x\n", "a text with ': ' in it needs quotes"),
        (desks + "  - desk: { name: 1️⃣color || ': ' || b }\n", "a text with ': ' in it needs quotes"),
        (desks + "  - desk: { name: 1️⃣'APL-' || \"x\", order: serial }\n", "the text goes on after its closing quote"),
        (desks + "  - desk:\n      name: 1️⃣'A' = status\n", "the text goes on after its closing quote"),
        (desks + "  - desk: 1️⃣{ name: a\n", "'{' is not closed"),
        (desks + "  - desk: { name: a, columns: 1️⃣[color }\n", "'[' is not closed"),
        (desks + "  - desk: { name: a }1️⃣}\n", "'}' closes no bracket"),
        (desks + "  - desk: { name: a 1️⃣order: serial }\n", "a comma is missing before 'order'"),
        (desks + "  - desk: { name: \"a1️⃣\\d\" }\n", "in double quotes, '\\' begins an escape"),
        (desks + "  - desk: { name: a }\n 1️⃣- desk: { name: b }\n", "the line begins in a column of its own"),
        ("source:\n   platform: sandbox\n  1️⃣devices: 3\n" + rest, "the line begins in a column of its own"),
        ("source:\n  platform: sandbox\n    1️⃣devices: 3\n" + rest, "the line begins in a column of its own"),
        (
            sandbox + "load: [desk: { name: a }]\nextract:\n  - 1️⃣devices\n    - coverage\n",
            "'- coverage' is part of the line above"
        ),
        (sandbox + rest + "1️⃣---\nname: b\n", "a second document begins here, and a pipeline file is one"),
        ("name: a1️⃣\u{7}b\n" + sandbox + rest, "the file has a control character here"),
    ]

    @Test(arguments: slips) func theHintMendsTheSlip(_ marked: String, _ message: String) throws {
        let text = MarkedText(marked)
        let error = try #require(#expect(throws: PlanError.self, "\(marked)") { try planned(text.text) })
        let problem = try #require(error.diagnostics.first)
        #expect(error.diagnostics.count == 1, "\(error)")
        #expect(problem.message == message)
        let marker = text.marker(line: problem.location.line, column: problem.location.column)
        #expect(marker == "1️⃣", "\(problem)")
        let mended = try mended(text.text, problem)
        #expect(throws: Never.self, "\(problem)\n\(mended)") { try planned(mended) }
        // Windows ends lines otherwise, and begins files with a mark.
        let windows = text.text.replacing("\n", with: "\r\n")
        let again = #expect(throws: PlanError.self) { try planned("\u{FEFF}\(windows)") }
        #expect(again?.diagnostics == error.diagnostics)
    }

    private func planned(_ yaml: String) throws {
        _ = try plan(yaml, environment: .only(["DESK": "a"]))
    }

    /// Does what a hint says.
    private func mended(_ text: String, _ problem: Diagnostic) throws -> String {
        let hint = try #require(problem.hint)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let index = problem.location.line - 1
        let line = lines[index]
        if hint == "indent with spaces" { return text.replacing("\t", with: "    ") }
        if hint.hasPrefix("remove the line") || hint.hasPrefix("remove one of the two") {
            lines.remove(at: index)
            if hint.contains("---") { lines.removeLast(2) }
        } else if let match = hint.wholeMatch(of: /write '(.+): (.+)'/) {
            lines[index] = line.replacing(
                "\(match.output.1):\(match.output.2)",
                with: "\(match.output.1): \(match.output.2)"
            )
        } else if let match = hint.wholeMatch(of: /write ', (.+)'/) {
            lines[index] = line.replacing(" \(match.output.1)", with: ", \(match.output.1)")
        } else if hint.hasPrefix("write '\\\\'") {
            lines[index] = line.replacing("\\", with: "\\\\")
        } else if let match = hint.wholeMatch(of: /write (["'])(.+)["']/) {
            let quote = String(match.output.1)
            let plain = match.output.2.replacing(quote + quote, with: quote)
            lines[index] = line.replacing(plain, with: hint.dropFirst("write ".count))
        } else if let match = hint.firstMatch(of: /begin it in column ([0-9]+)/), let column = Int(match.output.1) {
            lines[index] = String(repeating: " ", count: column - 1) + line.drop { $0 == " " }
        } else if hint.hasPrefix("begin '- ") {
            lines[index + 1] = "  " + lines[index + 1].drop { $0 == " " }
        } else if let match = hint.firstMatch(of: /add '?(.)'? (at the end of the text|where)/) {
            let end = String(match.output.1)
            lines[index] = end == "]" ? line.replacing(" }", with: "] }") : line + end
        } else if hint == "remove it" {
            lines[index] = line.replacing("\u{7}", with: "")
        } else if let match = hint.wholeMatch(of: /remove '(.)'/) {
            lines[index] = String(line.dropLast(match.output.1.count))
        } else {
            Issue.record("nobody knows how to follow: \(hint)")
        }
        return lines.joined(separator: "\n")
    }

    @Test func everyTabIsTold() throws {
        let error = #expect(throws: PlanError.self) { try planned("source:\n\tplatform: sandbox\n\tdevices: 3\n") }
        #expect(error?.diagnostics.map(\.location.line) == [2, 3])
    }

    @Test(arguments: ["", "\n\n", "# nothing\n", "---\n", "\u{FEFF}", "\r\n# x\r\n", "---\n# x\n"])
    func anEmptyFileIsTold(
        _ yaml: String
    ) throws {
        let error = #expect(throws: PlanError.self) { try planned(yaml) }
        #expect(error?.diagnostics.map(\.message) == ["the file is empty"])
        #expect(error?.diagnostics.first?.hint?.contains("source, extract and load") == true)
    }

    @Test func anotherEncodingIsTold() throws {
        let utf16 = "name: a\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let error = #expect(throws: PlanError.self) { try planned(String(decoding: utf16, as: UTF8.self)) }
        #expect(error?.diagnostics.map(\.text) == ["the file is not UTF-8 text; save it as UTF-8"])
    }

    @Test func aByteThatIsNotUTF8IsTold() throws {
        let planning = Planning(Desk().catalog, environment: .only([:]), startedAt: now)
        let line = "load: [desk: { name: \u{E4}"
        let utf8 = Array(pipeline().replacing("load: [desk: { name: a", with: line + "B").utf8)
        #expect(throws: Never.self) { try planning.plans(for: PipelineText(utf8, file: "t.yaml")) }
        let latin1: [UInt8] = utf8.map { $0 == UInt8(ascii: "B") ? 0xFC : $0 }
        let error = #expect(throws: PlanError.self) { try planning.plans(for: PipelineText(latin1, file: "t.yaml")) }
        #expect(error?.diagnostics.map(\.text) == ["the file is not UTF-8 text; save it as UTF-8"])
        #expect(error?.diagnostics.map(\.location.description) == ["t.yaml:4:\(line.count + 1)"])
    }

    @Test func aReplacementCharacterIsText() throws {
        let planning = Planning(Desk().catalog, environment: .only([:]), startedAt: now)
        let text = Array(pipeline(load: "[desk: { name: \u{FFFD} }]").utf8)
        #expect(throws: Never.self) { try planning.plans(for: PipelineText(text, file: "t.yaml")) }
    }
}
