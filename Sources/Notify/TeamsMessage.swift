#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Lines as an adaptive card, the first in bold.
struct TeamsMessage: Encodable {
    private struct Attachment: Encodable {
        let contentType = "application/vnd.microsoft.card.adaptive"
        let content: Card
    }
    private struct Card: Encodable {
        let schema = "http://adaptivecards.io/schemas/adaptive-card.json"
        let type = "AdaptiveCard"
        let version = "1.4"
        let body: [Block]

        private enum CodingKeys: String, CodingKey {
            case schema = "$schema"
            case type, version, body
        }
    }
    private struct Block: Encodable {
        let type = "TextBlock"
        let text: String
        let wrap = true
        let weight: String
    }
    private let type = "message"
    private let attachments: [Attachment]

    init(_ lines: [String]) {
        let blocks = lines.enumerated().map { index, line in
            Block(text: line.withoutMarkup, weight: index == 0 ? "Bolder" : "Default")
        }
        attachments = [Attachment(content: Card(body: blocks))]
    }

    var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension String {
    /// Cards interpret Markdown.
    fileprivate var withoutMarkup: String {
        reduce(into: "") { text, character in
            if "\\`*_[]".contains(character) { text.append("\\") }
            text.append(character)
        }
    }
}
