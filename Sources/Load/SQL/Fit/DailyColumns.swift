import Records
import Stages

extension TableSettings {
    /// Columns that change although Apple sends the same: a table with them is rewritten night after night.
    func doubts(_ schema: Schema) -> [Problem] {
        guard mode != .append else { return [] }
        return schema.fields.compactMap { field in
            let what: String
            switch field.pace {
            case .never: return nil
            case .perhapsDaily:
                what = "'\(field.name)' is computed from the time of the run; a row is rewritten whenever it changes"
            case .daily: what = "'\(field.name)' changes every day, so each day rewrites every row that has it"
            case .everyRun: what = "'\(field.name)' changes with every run, so each run rewrites every row"
            }
            return Problem(what, hint: Self.viewHint(field))
        }
    }

    /// Versions of a row that differ in the day alone tell nothing.
    func paceProblems(_ rows: Schema) -> [Problem] {
        rows.fields.filter { $0.pace >= .daily }.map { field in
            let how = field.pace == .daily ? "every day" : "with every run"
            return Problem(
                "history: would add a version of every row \(how), because '\(field.name)' changes \(how)",
                hint: Self.viewHint(field)
            )
        }
    }

    private static func viewHint(_ field: Field) -> String {
        let example =
            field.name == "days_left" ? ", as sql/postgres/3-views.sql does with coverage_end - current_date" : ""
        return "leave it out, and let a view compute it\(example)"
    }
}
