extension Unicode.Scalar {
    /// Whether the character is invisible but has an effect: it begins a line, moves the cursor, sets a color,
    /// changes the text direction, or hides text.
    package var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl || 0xFFF9...0xFFFB ~= value
        }
    }
}

extension String {
    /// The text with a dot for each control character, so that a table cell keeps its width.
    package var onOneLine: String {
        if !unicodeScalars.contains(where: \.isControl) { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? "·" : $0 }))
    }

    /// The text with each control character escaped as in source code, such as `\n` and `\u{1b}`.
    package var controlsVisible: String {
        if !unicodeScalars.contains(where: \.isControl) { return self }
        var shown = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": shown += "\\n"
            case "\r": shown += "\\r"
            case "\t": shown += "\\t"
            case _ where scalar.isControl: shown += "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }
}
