import Records

/// The name of a column, with its place in the file so that messages can point at it.
package struct ColumnName: SettingValue, CustomStringConvertible {
    package let name: String
    package let location: SourceLocation
    package static var typeName: String { "column" }
    package static var form: ValueForm { .column }

    package init(from node: ConfigNode) throws(Diagnostic) {
        name = try String(from: node)
        location = node.location
    }

    package var description: String { name }

    package func index(in schema: Schema) throws(Diagnostic) -> Int {
        guard let index = schema.index(of: name) else { throw schema.unknownColumn(name, at: location) }
        return index
    }
}

extension Schema {
    /// The positions of those columns that it has.
    package func positions(of columns: [ColumnName], problems: inout Problems) -> [Int] {
        var positions: [Int] = []
        for column in columns {
            if let position = problems.keep(try column.index(in: self)) { positions.append(position) }
        }
        return positions
    }

    package func unknownColumn(_ name: String, at location: SourceLocation) -> Diagnostic {
        if extent == .part { return .unjudged(at: location) }
        var problem = unknownName("column", name, known: fields.map(\.name))
        if dataset?.isMain == true, let stage = Schema.stage(adding: name) {
            problem.hint = "the extract stage '\(stage)' adds it"
        } else if dataset?.isMain == true, let transform = ColumnOrigin.transform(adding: name) {
            problem.hint = "the transform '\(transform)' adds it"
        } else if RunMoment.names.contains(name) {
            problem.hint = "expressions know it: write `compute: { \(name): \(name) }`"
        }
        return Diagnostic(problem, at: location)
    }
}
