import Records
import Stages

struct Rename: Transformer {
    let names: NamedValues<ColumnName>

    static let spec = StageSpec<any Transformer>(
        "rename",
        "Renames columns.",
        example: "rename: { serial_number: Serial, device_model: Model }",
        body: Setting("columns", "Old name and new name of each column."),
        build: Rename.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        var output = input
        var problems = Problems()
        var renamed: [(index: Int, name: ColumnName)] = []
        for entry in names.entries {
            guard let index = input.index(of: entry.name) else {
                problems.add(input.unknownColumn(entry.name, at: entry.location))
                continue
            }
            output.fields[index] = input.fields[index].renamed(entry.value.name)
            renamed.append((index, entry.value))
        }
        for (index, name) in renamed
        where output.fields.indices.contains(where: { $0 != index && output.fields[$0].name == name.name }) {
            problems.add(Diagnostic("a column '\(name.name)' already exists", at: name.location))
        }
        try problems.end()
        output.admitted = input.admitted.flatMap(input.index(of:)).map { output.fields[$0].name }
        output.key = input.key.compactMap { input.index(of: $0) }.map { output.fields[$0].name }
        return Bound(output: output)
    }

    func outline(of input: Schema) -> Schema? {
        var output = input
        output.extent = max(output.extent, .names)
        output.fields.removeAll { field in names.entries.contains { $0.name == field.name } }
        output.fields += names.entries.map { Field($0.value.name, .text, "Renamed.") }
        return output
    }

    /// Columns are identified by position, so the rows stay unchanged.
    private struct Bound: BoundTransform {
        let output: Schema
        func apply(_ batch: inout Batch, findings: inout Findings) {}
    }
}
