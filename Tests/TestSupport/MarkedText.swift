/// A text with markers such as `1️⃣` in it, and the places where they stood.
package struct MarkedText: Sendable {
    /// Without the markers.
    package private(set) var text = ""
    private var markers: [String: Character] = [:]

    package init(_ marked: String) {
        var (line, column) = (1, 1)
        for character in marked {
            if character.unicodeScalars.contains("\u{20E3}") {
                markers["\(line):\(column)"] = character
            } else {
                text.append(character)
                (line, column) = character == "\n" ? (line + 1, 1) : (line, column + character.unicodeScalars.count)
            }
        }
    }

    /// The marker of a place, or the place itself where none stands.
    package func marker(line: Int, column: Int) -> String {
        markers["\(line):\(column)"].map(String.init) ?? "\(line):\(column)"
    }
}
