extension Unicode.Scalar {
    /// Whether it shows as nothing and does something: begins a line, moves the cursor, colors, turns the direction of
    /// what follows, or hides a note between the lines.
    package var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: properties.isBidiControl || 0xFFF9...0xFFFB ~= value
        }
    }
}

extension String {
    /// With a dot for each control, so that a cell of a table keeps its width.
    package var onOneLine: String {
        if !unicodeScalars.contains(where: \.isControl) { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? "·" : $0 }))
    }

    /// With each control as what a programmer writes for it, such as `\n` and `\u{1b}`.
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
