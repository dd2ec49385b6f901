import Records

/// The values of the references in a pipeline file. Messages show the reference instead: a user who mixes up two
/// settings would otherwise print a secret.
package struct References {
    private var hidden: [(value: String, reference: String, secrets: Secrets)] = []
    private let secrets: Secrets

    package init(in root: ConfigNode, _ secrets: Secrets) {
        self.secrets = secrets
        collect(root)
        // A value may be part of another one, so longer values come first.
        hidden.sort { $0.value.utf8.count > $1.value.utf8.count }
    }

    private mutating func collect(_ node: ConfigNode) {
        switch node.content {
        case .scalar(let scalar):
            if scalar.text.contains("@") { secrets.add(passwordOf: scalar.text) }
            for reference in scalar.references {
                if let value = reference.value { hide(value, as: reference.text) }
            }
        case .list(let items): for item in items { collect(item) }
        case .map(let pairs):
            if let command = node.command, let value = command.known { hide(value, as: command.mark) }
            for pair in pairs {
                collect(pair.key)
                collect(pair.value)
            }
        }
    }

    private mutating func hide(_ value: String, as mark: String) {
        let own = Secrets(mark: mark)
        own.add(value)
        hidden.append((value, mark, own))
    }

    package func shown(_ problem: Diagnostic) -> Diagnostic {
        var problem = problem
        for (value, reference, own) in hidden {
            for quote in ["'", "\""] {
                problem.message.replace("\(quote)\(value)\(quote)", with: "\(quote)\(reference)\(quote)")
            }
            problem.message = own.hidden(in: problem.message)
        }
        problem.message = secrets.hiddenRuns(in: problem.message)
        return problem
    }
}
