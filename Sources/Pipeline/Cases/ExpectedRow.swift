import Records
import Stages

/// A row that a case expects.
struct ExpectedRow: Sendable {
    /// The position of a column, and the value in it as ``Batch/comparable(_:as:)`` writes it; nil for none.
    let cells: [(column: Int, value: String?)]

    /// Nil if it has problems.
    ///
    /// - Parameter isExact: whether columns that it does not name must be empty.
    init?(_ node: ConfigNode, of schema: Schema, isExact: Bool, problems: inout Problems) {
        guard case .map(let pairs) = node.content, !pairs.isEmpty else {
            problems.add(Diagnostic("expected a row as `column: value` pairs", at: node.location))
            return nil
        }
        var cells: [(column: Int, value: String?)] = []
        for (key, value) in pairs {
            let name = key.scalarText ?? ""
            guard let column = schema.index(of: name) else {
                problems.add(schema.unknownColumn(name, at: key.location))
                continue
            }
            let field = schema.fields[column]
            if let text = problems.keep(try value.comparable(as: field)) { cells.append((column, text)) }
        }
        if isExact {
            let named = Set(cells.map(\.column))
            cells += schema.fields.indices.filter { !named.contains($0) }.map { ($0, nil) }
        }
        self.cells = cells
    }
}

extension ConfigNode {
    /// An expected value of a column in the one form that is compared; nil for none.
    fileprivate func comparable(as field: Field) throws(Diagnostic) -> String? {
        guard case .scalar(let scalar) = content else {
            guard field.type == .json || field.type == .textList else {
                throw Diagnostic("'\(field.name)' is \(field.type.rawValue): expected one value", at: location)
            }
            return CanonicalJSON.text(of: json(as: field.type), in: field.type)
        }
        let text = scalar.text
        if !scalar.isQuoted, ["", "~", "null"].contains(text) { return nil }
        switch field.type {
        case .text, .mac: return text
        case .json, .textList: return CanonicalJSON.text(of: json(as: field.type), in: field.type)
        case .integer: return Int64(text).map(String.init) ?? text
        case .real: return Double(text).map { String($0) } ?? text
        case .boolean: return String(try Bool(from: self))
        case .timestamp, .date:
            guard let moment = Timestamp.parse(Array(text.utf8).span).value else {
                throw Diagnostic(
                    "'\(field.name)' is \(field.type.rawValue): expected a date or date-time",
                    at: location
                )
            }
            return field.type == .date
                ? CalendarDay(daysSince1970: Int(moment.daysSince1970)).description : moment.description
        }
    }
}

extension Batch {
    /// A value in the one form that is compared; nil for none.
    func comparable(_ cell: Cell, as type: ValueType) -> String? {
        guard let text = display(cell) else { return nil }
        return type == .json || type == .textList ? CanonicalJSON.text(of: Array(text.utf8), in: type) : text
    }
}
