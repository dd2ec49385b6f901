import Pipeline
import Records

/// A loader whose destination is a file.
protocol FileLoader: Loader {
    associatedtype Format: RowFormat
    var settings: FileSettings { get }
    func format(_ schema: Schema) -> Format
}

extension FileLoader {
    var destination: String { settings.file.pattern }
    var writesBookkeeping: Bool { false }
    var ownsDestination: Bool { !settings.file.isStandardOutput }
    var separation: SourceSeparation { settings.file.separation }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        try FileSession(settings, format(schema), schema, context)
    }
}
