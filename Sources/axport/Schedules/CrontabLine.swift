import Records

/// A line of a user's crontab. cron mails a job's output, and only a failed run prints any.
struct CrontabLine {
    private let needs: PipelineNeeds

    init(_ needs: PipelineNeeds) { self.needs = needs }

    var text: String {
        var steps = Steps("Runs \(needs.file) every night, as the user whose crontab this is.")
        let user = UserCommand(needs: needs)
        steps.add(variables: needs.variables, file: user.variablesFile, sudo: "")
        steps.add("A first run.", ["/bin/sh -c \((user.preparation + user.program).asShellWord)"])
        steps.add("Add the line below. cron mails what a run that failed says.", ["crontab -e"])
        // cron ends a line at a percent sign.
        return
            "\(steps.text(comment: "# "))\n\(NightTime(for: needs.name).cron) \(command(user).replacing("%", with: "\\%"))"
    }

    private func command(_ user: UserCommand) -> String {
        let codes = Outcome.allCases.filter { $0 != .done && AfterExit($0) == .succeeded }.map { "\($0.rawValue)" }
        let isFine = codes.map { "[ $? -eq \($0) ]" }.joined(separator: " || ")
        return #"\#(user.preparation)out=$(\#(user.program) 2>&1) || \#(isFine) || printf '%s\n' "$out""#
    }
}
