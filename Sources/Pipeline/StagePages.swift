import Records
import Stages

extension Catalog {
    /// The page that lists every stage: `pipelines/README.md`.
    package var reference: String { Self.introduction + sections }

    private static let introduction = """
        # Pipeline files

        <!-- Generated from the stages themselves; regenerate it with `make docs`. -->

        A pipeline file is named `NAME.axport.yaml` and has the sections \
        \(PipelineSection.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")). Unknown names are errors. \
        `axport check FILE` reports every problem with line and column, without asking Apple.

        `axport.schema.json` is the JSON Schema of pipeline files, and `axport schema` prints it. Editors with a \
        language server for YAML complete and explain the settings of a file that begins with the line \
        `# yaml-language-server: $schema=PATH`. A relative PATH starts at the folder of the file.

        Values can contain references: `${env:NAME}`, `${env:NAME:-default}`, `${file:PATH}` and \
        `${credential:NAME}` (systemd credentials). A reference that cannot be resolved is an error.

        In place of text, a setting takes the output of a program, without its last line break:

        | Where the key is kept | Setting |
        |---|---|
        | 1Password | `private_key: { command: [op, read, "op://Vault/axport/private-key"] }` |
        | HashiCorp Vault | `private_key: { command: [vault, kv, get, -field=private_key, secret/axport] }` |
        | pass | `private_key: { command: [pass, show, axport/private-key] }` |
        | macOS Keychain | `private_key: { command: [security, find-generic-password, -s, axport, -w] }` |

        The program is started directly, without a shell or a terminal. It has 30 seconds. It runs only if the \
        pipeline file belongs to you or root and nobody else can change it.

        Relative paths, also those in `${file:PATH}`, are relative to the folder of the pipeline file as it is named on \
        the command line; links are not followed. `base: FOLDER` names another folder: `base: .` is the working \
        directory. Relative to the working directory are also the paths of a command line (`-o`, `--summary`, `--set`) \
        and those of a pipeline file that comes from standard input (`-`). `~` is the home folder. Reports and messages \
        show absolute paths.


        """

    private var sections: String {
        """
        ## Source

        \(SourceSettings.spec.reference)
        ## Inventory

        \(InventorySettings.spec.reference)
        ## Extract

        Each stage updates one part of the inventory and commits as it goes.

        \(extractors.map(\.reference).joined(separator: "\n"))
        ## Transform

        Rows in, rows out. The pipeline's transforms apply to the dataset `devices`. Each load can add its own transforms.

        \(transforms.map(\.reference).joined(separator: "\n"))
        ## Load

        Each load is one transaction: readers see the old rows or the new ones. Loads commit one after another. If one \
        fails, the others still commit. Every load also accepts:

        \(Self.table(LoadPlan.settings))
        \(loaders.map(\.reference).joined(separator: "\n"))
        ## Tests

        \(CaseSettings.spec.reference)
        A device has Apple's attributes by Apple's names, such as `serialNumber`, `imei`, and `wifiMacAddress`, and:

        \(Self.table(CaseDevice.besides))
        ## Metrics

        \(MetricsSettings.spec.reference)
        ## Notify

        \(NotifySettings.meaning)

        \(Notice.specs.map(\.reference).joined(separator: "\n"))
        """
    }

    /// One line per stage.
    package var overview: String {
        func lines<Stage>(_ title: String, _ specs: [StageSpec<Stage>]) -> String {
            let width = (specs.map(\.name.count).max() ?? 0) + 2
            return "\(title)\n"
                + specs.map { spec in
                    let space = String(repeating: " ", count: width - spec.name.count)
                    return "  \(spec.name)\(space)\(spec.doc)"
                }.joined(separator: "\n")
        }
        return [lines("extract", extractors), lines("transform", transforms), lines("load", loaders)]
            .joined(separator: "\n\n") + "\n\n`axport stages NAME` shows one with its settings."
    }

    package func reference(of name: String) throws(Failure) -> String {
        if let spec = extractors.first(where: { $0.name == name }) { return spec.reference }
        if let spec = transforms.first(where: { $0.name == name }) { return spec.reference }
        if let spec = loaders.first(where: { $0.name == name }) {
            return spec.reference + "\nEvery load also accepts:\n\n" + Self.table(LoadPlan.settings)
        }
        throw Failure(.usage, unknownName("stage", name, known: stageNames))
    }

    package var stageNames: [String] { extractors.map(\.name) + transforms.map(\.name) + loaders.map(\.name) }

    fileprivate static func table(_ settings: [SettingDoc]) -> String {
        var page = "| setting | type | default | meaning |\n| --- | --- | --- | --- |\n"
        for setting in settings {
            let usual = setting.fallback.map { $0.isEmpty ? "" : "`\($0)`" } ?? ""
            let fallback = setting.isRequired ? "required" : usual
            page += "| `\(setting.name)` | \(setting.type) | \(fallback) | \(setting.meaning) |\n"
        }
        return page
    }
}

extension StageSpec {
    fileprivate var reference: String {
        let page = "### `\(name)`\n\n\(doc)\n\n```yaml\n\(example)\n```\n"
        guard let body = settings.first else { return page }
        return hasBareBody
            ? "\(page)\nIts value, \(body.type): \(body.meaning)\n" : "\(page)\n\(Catalog.table(settings))"
    }
}
