import ArgumentParser
import Load
import Pipeline
import Records
import Stages
import Transform

struct NormalizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "normalize",
        abstract: "Normalizes values, and explains why a value is rejected.",
        discussion: """
            Values that are given as arguments are texts, and are answered in words:

              $ axport normalize imei 35-209900-176148-2
              35-209900-176148-2 → rejected (checksum): its check digit is 2, and the other 14 digits call for 1

            Without values, it reads one JSON value per line and prints one verdict per line:

              $ echo '"35-209900-176148-2"' | axport normalize imei
              {"value":null,"valid":false,"reason":"checksum","warnings":[]}

            Fields: \(rules.map(\.name).joined(separator: ", ")).

            Some take an object: mac_format {"mac", "style"}; date_format {"value", "style"}; nac_allowlist {"include", \
            "records"}; applecare_flatten {"as_of", "order_date", "records"}; csv_field {"value", "profile", \
            "column_kind"}; pg_copy_text {"value"}; ndjson_line any object.

            A verdict is an answer: the exit code is 0 for rejected values, too. Lines that are not JSON get the reason \
            `format` and are reported on stderr. The exit code is then 65.

            Examples:
              axport normalize imei 35-209900-176148-2 352099001761481
              echo '"3C-22-FB-0A-0B-0C"' | axport normalize mac --style cisco_dot
            """
    )

    private static let rules = ValueRules.all + WriterRules.all

    @Argument(help: "Kind of the values.", completion: .list(rules.map(\.name)))
    var field: String

    @Argument(help: "Values, as texts. Default: JSON values on standard input, one per line.")
    var values: [String] = []

    @Option(help: "Format of the result, for mac, nac_allowlist, datetime, and date.")
    var style: String?

    @Flag(help: "Print the verdicts about arguments as JSON, one per line.")
    var json = false

    func run() async throws {
        try await reporting {
            guard let rule = Self.rules.first(where: { $0.name == field }) else {
                throw Failure(.usage, unknownName("field", field, known: Self.rules.map(\.name)))
            }
            if let style, let problem = Self.problem(of: style, for: rule) { throw Failure(.usage, problem) }
            if values.isEmpty { return try judgeLines(by: rule) }
            for value in values { try judge(value, by: rule) }
        }
    }

    private func judge(_ value: String, by rule: ValueRule) throws {
        let judgment = try judgment(of: JSONText.string(Array(value.utf8)), by: rule, JSONReader())
        // A text is the wrong type only where an object is needed.
        if judgment.reason == .type {
            throw Failure(
                .usage,
                "\(rule.name) takes an object, not a text",
                advice: "give it as JSON on standard input"
            )
        }
        if !json { return try Output.answer(judgment.words(for: value, by: rule)) }
        var output: [UInt8] = []
        judgment.append(to: &output)
        try Output.answer(String(decoding: output, as: UTF8.self))
    }

    private func judgment(of json: [UInt8], by rule: ValueRule, _ reader: JSONReader) throws -> Judgment {
        let text = [UInt8(ascii: "[")] + json + [UInt8(ascii: "]")]
        try reader.validate(text)
        var judgment: Judgment?
        try reader.members(text) { value in
            guard judgment == nil else { throw JSONError(description: "more than one value") }
            judgment = try rule.judge(value, style)
        }
        guard let judgment else { throw JSONError(description: "no value") }
        return judgment
    }

    private static func problem(of style: String, for rule: ValueRule) -> Problem? {
        if rule.styles.contains(style) { return nil }
        if let refusal = rule.refusal {
            return refusal(style).map { Problem("--style: \($0.message)", hint: $0.hint) }
        }
        return rule.styles.isEmpty
            ? Problem("\(rule.name) has only one style") : unknownName("style", style, known: rule.styles)
    }

    private func judgeLines(by rule: ValueRule) throws {
        let reader = JSONReader()
        var number = 0
        var bad = 0
        var input = StandardInput()
        while let line = try input.nextLine() {
            number += 1
            var output: [UInt8] = []
            do {
                try judgment(of: line, by: rule, reader).append(to: &output)
            } catch let error as JSONError {
                bad += 1
                Output.note("line \(number): not a JSON value: \(error)")
                Judgment(refused: .format).append(to: &output)
            }
            try Output.answer(String(decoding: output, as: UTF8.self))
        }
        if bad > 0 {
            throw Failure(.badData, "\(bad) of \(counted(number, "line")) \(bad == 1 ? "is" : "are") not JSON")
        }
    }
}

extension Judgment {
    /// What became of the value, for people.
    fileprivate func words(for value: String, by rule: ValueRule) throws -> String {
        let shown = (reason == .missing ? "'\(value)'" : value).onOneLine
        switch reason {
        case .missing: return "\(shown) → no value: it is blank"
        case .ok, .partial:
            let remarks = warnings.map { "it \($0.meaning)" } + (reason == .partial ? [reason.meaning] : [])
            return "\(shown) → \(try text)" + (remarks.isEmpty ? "" : " (\(remarks.joined(separator: "; ")))")
        default:
            let explanation = Explanation(
                reason,
                of: FoundValue(text: value),
                as: Explanation.Kind(named: rule.name)
            )
            return "\(shown) → rejected (\(reason.rawValue)): \(explanation.sentence.onOneLine)"
        }
    }

    /// The result without the quotes of JSON.
    private var text: String {
        get throws {
            var text = ""
            try JSONReader().members([UInt8(ascii: "[")] + value + [UInt8(ascii: "]")]) { text = $0.string }
            return text
        }
    }
}
