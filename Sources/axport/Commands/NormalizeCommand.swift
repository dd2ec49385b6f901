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
            Reads one JSON value per line and prints one verdict per line:

              $ echo '"35-209900-176148-2"' | axport normalize imei
              {"value":null,"valid":false,"reason":"checksum","warnings":[]}

            Fields: \(rules.map(\.name).joined(separator: ", ")).

            Some take an object: mac_format {"mac", "style"}; date_format {"value", "style"}; nac_allowlist {"include", \
            "records"}; applecare_flatten {"as_of", "order_date", "records"}; csv_field {"value", "profile", \
            "column_kind"}; pg_copy_text {"value"}; ndjson_line any object.

            Lines that are not JSON get the reason `format` and are reported on stderr. The exit code is then 65.

            Examples:
              echo '"35-209900-176148-2"' | axport normalize imei
              echo '"3C-22-FB-0A-0B-0C"' | axport normalize mac --style cisco_dot
            """
    )

    private static let rules = ValueRules.all + WriterRules.all

    @Argument(help: "Kind of the values.", completion: .list(rules.map(\.name)))
    var field: String

    @Option(help: "Format of the result, for mac, nac_allowlist, datetime, and date.")
    var style: String?

    func run() async throws {
        try await reporting {
            guard let rule = Self.rules.first(where: { $0.name == field }) else {
                throw Failure(.usage, unknownName("field", field, known: Self.rules.map(\.name)))
            }
            if let style, let problem = Self.problem(of: style, for: rule) { throw Failure(.usage, problem) }
            try judgeLines(by: rule)
        }
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
                let text = [UInt8(ascii: "[")] + line + [UInt8(ascii: "]")]
                try text.withUnsafeBufferPointer { try reader.validate($0) }
                var judgment: Judgment?
                try reader.members(text) { value in
                    guard judgment == nil else { throw JSONError(description: "more than one value") }
                    judgment = try rule.judge(value, style)
                }
                guard let judgment else { throw JSONError(description: "no value") }
                judgment.append(to: &output)
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
