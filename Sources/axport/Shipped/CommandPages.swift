import Records

/// axport(1), and a page for each command.
struct CommandPages {
    private let root: CommandHelp
    private let date: String

    init(date: String) throws {
        root = try CommandHelp.ofAxport()
        self.date = date
    }

    /// The name and the text of each page.
    var all: [(name: String, text: String)] {
        [("axport.1", overview)] + root.shownSubcommands.map { ("\(Self.title(of: $0)).1", page(of: $0)) }
    }

    private static func title(of verb: CommandHelp) -> String { "axport-\(verb.commandName)" }

    private var overview: String {
        var page = ManualPage("axport", section: 1, summary: summary(root), date: date)
        page.section("Synopsis")
        page.paragraph(
            roff: "\(ManualText.bold("axport")) \(ManualText.italic("verb")) [\(ManualText.italic("options"))]"
        )
        page.section("Description")
        page.add(markdown: Axport.introduction)
        page.section("Verbs")
        for verb in root.shownSubcommands {
            page.term("\(ManualText.bold(Self.title(of: verb)))(1)", [verb.abstract ?? ""])
        }
        page.section("Options")
        page.add(root.shownParameters)
        page.section("Exit status")
        for code in Outcome.allCases { page.term(ManualText.bold("\(code.rawValue)"), [code.meaning]) }
        page.add(seeAlso: [("axport.yaml", 5)])
        return page.text
    }

    private func page(of verb: CommandHelp) -> String {
        var page = ManualPage(Self.title(of: verb), section: 1, summary: summary(verb), date: date)
        page.section("Synopsis")
        for command in verb.shownSubcommands.isEmpty ? [verb] : verb.shownSubcommands {
            page.paragraph(roff: Self.synopsis(of: command))
        }
        page.section("Description")
        page.add(markdown: [verb.abstract, verb.discussion].compactMap(\.self).joined(separator: "\n\n"))
        page.add(parameters(of: verb), titled: "Options")
        if !verb.shownSubcommands.isEmpty { page.section("Subcommands") }
        for command in verb.shownSubcommands {
            page.subsection(command.fullName)
            page.add(markdown: [command.abstract, command.discussion].compactMap(\.self).joined(separator: "\n\n"))
            page.add(parameters(of: command))
        }
        page.add(seeAlso: [("axport", 1), ("axport.yaml", 5)])
        return page.text
    }

    /// The options, without those that every command has.
    private func parameters(of command: CommandHelp) -> [CommandHelp.Parameter] {
        command.shownParameters.filter { !["help", "version"].contains($0.names?.last?.name) }
    }

    private func summary(_ command: CommandHelp) -> String {
        let abstract = command.abstract ?? ""
        return abstract.hasSuffix(".") ? String(abstract.dropLast()) : abstract
    }

    private static func synopsis(of command: CommandHelp) -> String {
        let words = command.shownParameters.filter { !["help", "version"].contains($0.names?.last?.name) }.map {
            parameter in
            let word = parameter.synopsis
            return (parameter.isOptional ? "[\(word)]" : word) + (parameter.isRepeating ? "..." : "")
        }
        return ([ManualText.bold(command.fullName)] + words).joined(separator: " ")
    }
}

extension CommandHelp.Parameter {
    fileprivate var value: String { kind == .flag ? "" : ManualText.italic(valueName ?? "value") }

    fileprivate var synopsis: String {
        guard let name = (names?.last { $0.kind == "long" } ?? names?.last), kind != .positional else { return value }
        return ManualText.bold(name.text) + (value.isEmpty ? "" : " \(value)")
    }

    /// The names and the value, as in the list of options.
    fileprivate var term: String {
        guard let names, !names.isEmpty, kind != .positional else { return value }
        return names.map { ManualText.bold($0.text) }.joined(separator: ", ") + (value.isEmpty ? "" : " \(value)")
    }
}

extension ManualPage {
    fileprivate mutating func add(_ parameters: [CommandHelp.Parameter], titled title: String? = nil) {
        if let title, !parameters.isEmpty { section(title) }
        for parameter in parameters {
            let fallback = parameter.defaultValue.map { "Default: `\($0)`." }
            let meaning = [parameter.abstract, fallback].compactMap(\.self).joined(separator: " ")
            term(parameter.term, [meaning, parameter.discussion].compactMap(\.self))
        }
    }

    fileprivate mutating func add(seeAlso pages: [(name: String, section: Int)]) {
        section("See also")
        paragraph(roff: pages.map { "\(ManualText.bold($0.name))(\($0.section))" }.joined(separator: ", "))
    }
}
