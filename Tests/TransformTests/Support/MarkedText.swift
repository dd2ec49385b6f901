import Records
import Stages
import Testing

/// Takes markers such as `1️⃣` out of a text and remembers where they stood.
struct MarkedText {
    private(set) var text = ""
    private var places: [Character: String] = [:]

    init(_ marked: String) {
        var (line, column) = (1, 1)
        for character in marked {
            if character.unicodeScalars.contains("\u{20E3}") {
                places[character] = "\(line):\(column)"
                continue
            }
            text.append(character)
            (line, column) = character == "\n" ? (line + 1, 1) : (line, column + character.unicodeScalars.count)
        }
    }

    /// A message that begins with a marker, with the marker's place in front of it.
    func placed(_ message: String) -> String {
        "test.yaml:\(message.first.flatMap { places[$0] } ?? "?"): error:\(message.dropFirst())"
    }
}

/// Binds a transform and expects exactly these problems, each at its marker. A message may be longer than the given text.
func expectProblems(
    _ marked: String,
    in schema: Schema = Table.devices().schema,
    _ expected: String...,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
    let source = MarkedText(marked)
    do {
        _ = try bind(source.text, to: schema)
        Issue.record("no problem reported", sourceLocation: sourceLocation)
    } catch let error as PlanError {
        let found = error.diagnostics.map(\.description)
        #expect(found.count == expected.count, "\(found)", sourceLocation: sourceLocation)
        for (found, expected) in zip(found, expected) {
            #expect(found.hasPrefix(source.placed(expected)), "\(found)", sourceLocation: sourceLocation)
        }
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}
