import Records
import Yams

/// Slips with blanks.
extension YAMLFault {
    /// `platform:sandbox` in the line above: YAML takes both lines as one text.
    var missingBlank: Diagnostic? {
        guard problem == "mapping values are not allowed in this context", let line = lines.above(mark.line) else {
            return nil
        }
        let text = String(lines[line])
        guard let match = text.firstMatch(of: /^\s*(?:- )*([A-Za-z_]+):([^\s].*)$/), !match.output.2.contains(": ")
        else {
            return nil
        }
        let column = text.unicodeScalars.count - match.output.2.unicodeScalars.count + 1
        return diagnostic(
            "a blank is missing after '\(match.output.1):'",
            hint: "write '\(match.output.1): \(match.output.2)'",
            line,
            column
        )
    }

    /// A line that begins in a column of its own.
    var indentation: Diagnostic? {
        guard let column = lines.indentation(mark.line), let above = lines.above(mark.line) else { return nil }
        let isItem = lines.character(mark.line, column) == "-"
        let siblings = (1..<mark.line).filter { line in
            !lines.isComment(line) && lines.indentation(line).map { lines.character(line, $0) == "-" } == isItem
        }.compactMap(lines.indentation).filter { $0 != column }
        let isDeeper = problem == "mapping values are not allowed in this context"
        guard isDeeper || mark.column == column,
            let wanted = siblings.last(where: { isDeeper ? $0 < column : $0 > column }) ?? lines.indentation(above)
        else { return nil }
        return diagnostic(
            "the line begins in a column of its own",
            hint: "begin it in column \(wanted), as the line that it belongs to",
            mark.line,
            column
        )
    }
}
