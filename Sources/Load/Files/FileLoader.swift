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
    var separation: SourceSeparation { settings.file.separation }

    func claim(_ schema: Schema) -> Claim? {
        if settings.file.isStandardOutput { return nil }
        return Claim(place: [destination], deed: "writes \(destination)", advice: "give each a file of its own")
    }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        try FileSession(settings, format(schema), schema, context)
    }
}
