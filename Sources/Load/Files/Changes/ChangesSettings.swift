import Records
import Stages

extension FileSettings {
    /// Why the rows of a list could not be compared, or their changes not be written.
    func changesProblems(_ schema: Schema, at location: SourceLocation) -> [Diagnostic] {
        guard let changesFile else { return [] }
        var problems: [Diagnostic] = []
        func refuse(_ problem: String, _ hint: String) {
            problems.append(Diagnostic("changes_file: \(problem)", hint: hint, at: location))
        }
        if file.isStandardOutput || changesFile.isStandardOutput {
            refuse("standard output is not a file", "name a file, or remove this setting")
        } else if ownNames.contains(changesFile.place) {
            refuse("the load writes \(changesFile.pattern) already", "choose another name")
        }
        guard schema.extent == .whole else { return problems }
        if !schema.isAllowlist {
            refuse(
                "this is no list for network access control",
                "add the transform `mac_addresses`, or remove this setting"
            )
        } else if schema.listedColumn == nil {
            refuse(
                "the column `mac` is missing, which tells the rows apart",
                "select it unchanged, under any name; the setting `style` of `mac_addresses` gives it its form"
            )
        }
        if schema.index(of: RowChange.column) != nil {
            refuse("the list has a column '\(RowChange.column)' already", "rename that column")
        }
        return problems
    }

    private var ownNames: Set<String> {
        let beside = [PreviousVersion.suffix] + Sidecars.suffixes
        return Set([file.place] + beside.map { FilePlace.look(file.pattern + $0).path })
    }

    /// The file of changes, under its name for a run.
    func changesFiles(_ context: LoadContext) -> [String] { changesFile.map { [$0.path(context)] } ?? [] }
}

extension Schema {
    /// Position of the column that tells the rows of an allowlist apart.
    var listedColumn: Int? { admitted.flatMap(index(of:)) ?? (fields.count == 1 ? 0 : nil) }
}
