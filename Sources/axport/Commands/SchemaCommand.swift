import ArgumentParser

struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of pipeline files, for completion and hover text in editors.",
        discussion: """
            An editor with a language server for YAML uses the schema that a comment in the file names. Write the \
            schema beside your file, and this as the file's first line:

              # yaml-language-server: $schema=axport.schema.json

            The schema finds unknown names, wrong values, and missing settings. `axport check` finds those and all \
            others, for example in expressions.

            Examples:
              axport schema
              axport schema | tee axport.schema.json
            """
    )

    func run() async throws {
        try await reporting { try Output.answer(GeneratedPages.pipelineSchema()) }
    }
}
