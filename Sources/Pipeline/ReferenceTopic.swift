import Stages

/// A part of the reference besides the stages: a section of the file, or what can be written in many places.
struct ReferenceTopic {
    let name: String
    /// One sentence.
    let summary: String
    /// Markdown.
    let text: String

    static let all = [
        sections, base, references, expressions,
        ReferenceTopic(
            name: "source",
            summary: PipelineSection.source.meaning,
            text: SourceSettings.spec.details
        ), sources,
        ReferenceTopic(
            name: "inventory",
            summary: "Where the inventory is stored, and how much history it keeps.",
            text: InventorySettings.spec.details
        ),
        assign, tests,
        ReferenceTopic(
            name: "metrics",
            summary: "Numbers of each run, for Prometheus.",
            text: MetricsSettings.spec.details
        ),
        ReferenceTopic(
            name: "notify",
            summary: "Notices about runs, and a watchdog.",
            text: NotifySettings.meaning + "\n\n" + Notice.specs.map(\.reference).joined(separator: "\n")
        ),
    ]

    static let introduction = """
        # Pipeline files

        <!-- Generated from the stages themselves; regenerate it with `make docs`. -->

        A pipeline file is named `NAME.axport.yaml`. Unknown names are errors. `axport check FILE` reports every \
        problem with line and column, without asking Apple. `axport stages NAME` shows a part of this page.

        \(sections.text)

        `axport.schema.json` is the JSON Schema of pipeline files, and `axport schema` prints it. Editors with a \
        language server for YAML complete and explain the settings of a file that begins with the line \
        `# yaml-language-server: $schema=PATH`. A relative PATH starts at the folder of the file.


        """

    static let sections = ReferenceTopic(
        name: "sections",
        summary: "The sections of a pipeline file.",
        text: """
            | section | meaning |
            | --- | --- |
            \(PipelineSection.allCases.map { "| `\($0.rawValue)` | \($0.meaning) |" }.joined(separator: "\n"))
            """
    )

    static let base = ReferenceTopic(
        name: "base",
        summary: "Where relative paths begin.",
        text: """
            Relative paths, also those in `${file:PATH}`, are relative to the folder of the pipeline file as it is named \
            on the command line; links are not followed. `base: FOLDER` names another folder: `base: .` is the working \
            directory. Relative to the working directory are also the paths of a command line (`-o`, `--summary`, \
            `--set`) and those of a pipeline file that comes from standard input (`-`). `~` is the home folder. Reports \
            and messages show absolute paths.
            """
    )

    static let references = ReferenceTopic(
        name: "references",
        summary: "Values from variables, files, and programs, such as ${env:NAME}.",
        text: """
            A value, or a part of it, can come from outside of the file. A reference that cannot be resolved is an error. \
            What it gives is not searched for further references.

            | reference | gives |
            | --- | --- |
            \(ReferenceKind.allCases.map { "| `\($0.form)` | \($0.meaning) |" }.joined(separator: "\n"))

            Within braces, YAML needs quotes around a reference: `{ url: "${env:DATABASE_URL}" }`.

            In place of text, a setting takes the output of a program, without its last line break:

            | Where the key is kept | Setting |
            | --- | --- |
            | 1Password | `private_key: { command: [op, read, "op://Vault/axport/private-key"] }` |
            | HashiCorp Vault | `private_key: { command: [vault, kv, get, -field=private_key, secret/axport] }` |
            | pass | `private_key: { command: [pass, show, axport/private-key] }` |
            | macOS Keychain | `private_key: { command: [security, find-generic-password, -s, axport, -w] }` |

            The program is started directly, without a shell or a terminal. It has 30 seconds. It runs only if the \
            pipeline file belongs to you or root and nobody else can change it.
            """
    )

    static let sourcesExample = """
        sources:
          - name: acme
            platform: business
            client_id: ${env:ACME_CLIENT_ID}
            key_id: ${env:ACME_KEY_ID}
            private_key: ${file:/etc/axport/acme.pem}
          - name: hill-school
            platform: school
            client_id: ${env:HILL_CLIENT_ID}
            key_id: ${env:HILL_KEY_ID}
            private_key: ${file:/etc/axport/hill-school.pem}
        """

    static let sourceTableExample = """
        sources:
          file: tenants.csv          # name,platform,client_id,key_id
          defaults: { platform: business, max_time: 2h, private_key: "${file:keys/{name}.pem}" }
        """

    static let sources = ReferenceTopic(
        name: "sources",
        summary: "Several organizations, in place of `source`.",
        text: """
            Several organizations, in place of `source`.

            ```yaml
            \(sourcesExample)
            ```

            Each has the settings of `source`, and a `name`, which no other one has in upper or lower case. Each has an \
            inventory and a pace of its own. Rows begin with the column `source`, and file names can contain `{source}`. \
            One that fails leaves the others alone (exit code 3). `--source NAME` selects one, and `--shard 1/4` a \
            quarter of them; the secrets of the others need not be there.

            Many organizations are better kept in a table, in a folder, or in a list with defaults:

            ```yaml
            \(sourceTableExample)
            ```

            - `file`: a CSV with a column `name` and others named like the settings of `source`. An empty value leaves the \
            default. Lines that begin with `#` do not count.
            - `folder`: a YAML file for each source, with its settings. `acme.yaml` is the source `acme`.
            - `list`: sources as above.
            - `defaults`: settings of all sources that do not have their own.

            In all of them `{name}` stands for the name of the source, in references and commands too: \
            `${env:KEY_{name}}`, `${credential:{name}.pem}`. References in a table or a folder are relative to it. Names \
            have letters from a to z, digits, `_` and `-`. A row or file with a problem is named with its line, and stops \
            only itself. Commands run, one after another, only if nobody else can change the pipeline file and the table; \
            for hundreds of sources, files and variables are faster. `axport sources FILE` lists the sources.
            """
    )

    static let assign = ReferenceTopic(
        name: "assign",
        summary: "Rules that assign devices to device management services.",
        text: """
            \(AssignSettings.meaning)

            \(Catalog.table(AssignSettings.settings))
            \(AssignRule.spec.reference)
            \(AssignLimits.spec.reference)
            """
    )

    static let tests = ReferenceTopic(
        name: "tests",
        summary: "Cases for `axport test`: devices in, rows expected.",
        text: """
            \(CaseSettings.spec.details)
            A device has Apple's attributes by Apple's names, such as `serialNumber`, `imei`, and `wifiMacAddress`, and:

            \(Catalog.table(CaseDevice.besides))
            """
    )
}
