import Records
import Stages

/// The question where the rows go.
extension Interview {
    mutating func destination(_ answers: inout Answers, of file: NewPipeline) async throws {
        let variable = file.purpose.databaseVariable
        while true {
            let text =
                try variable.map { name in
                    try prompt.ask(
                        "URL of the database, such as postgresql:///assets?host=/run/postgresql",
                        usual: "from the variable \(name)"
                    )
                } ?? prompt.ask("Folder for the files", usual: "out, beside the pipeline file")
            do throws(Failure) {
                try answers.takeDestination(text, of: file.purpose, environment)
                if answers.hasPassword { try file.requirePlaceForPassword() }
            } catch {
                prompt.explain(Problem(error.message, hint: error.advice))
                continue
            }
            if let database = answers.database { environment.secrets.add(passwordOf: database) }
            // A variable that is not set yet has nothing to examine.
            if let variable, answers.database == nil, environment.variables[variable] == nil { return }
            let trial = DestinationTrial(file: file, answers: answers, environment: environment)
            let found = await trial.examine()
            for fact in found.facts { Output.note(fact) }
            for problem in found.problems { prompt.explain(problem) }
            if try found.problems.isEmpty || (!found.isInvalid && keeps()) { return }
        }
    }
}

extension Answers {
    /// Takes a URL or a folder as a user writes it. An empty text leaves the usual place.
    mutating func takeDestination(
        _ text: String,
        of purpose: Purpose,
        _ environment: Environment
    ) throws(Failure) {
        (database, folder) = (nil, nil)
        if text.isEmpty { return }
        guard purpose.databaseVariable != nil else {
            folder = try UserPath(text, environment).absolute
            return
        }
        guard ["postgresql://", "postgres://", "${env:"].contains(where: text.hasPrefix) else {
            throw Failure(
                .usage,
                "\(purpose.name) loads into a database, and this is not the URL of one",
                advice: "expected postgresql://user@host:port/database"
            )
        }
        database = text
    }
}
