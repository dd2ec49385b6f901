import Records

extension ConfigNode {
    /// What is wrong with a name that shows a slip with blanks: YAML took more for it than was meant.
    package func slip(in name: String) -> Problem? {
        guard case .scalar(let scalar) = content, !scalar.isQuoted, scalar.references.isEmpty else { return nil }
        if let match = name.wholeMatch(of: /([A-Za-z_]+):([^ ].*)/) {
            return Problem(
                "a blank is missing after '\(match.output.1):'",
                hint: "write '\(match.output.1): \(match.output.2)'"
            )
        }
        if let match = name.wholeMatch(of: /([A-Za-z_]+) - (.+)/) {
            return Problem(
                "'- \(match.output.2)' is part of the line above",
                hint: "begin '- \(match.output.2)' in the same column as '- \(match.output.1)'"
            )
        }
        return nil
    }
}
