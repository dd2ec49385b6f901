import Records
import Stages

/// A loader whose destination is a file.
protocol FileLoader: Loader {
    associatedtype Format: RowFormat
    var settings: FileSettings { get }
    func format(_ schema: Schema) -> Format
    /// How its rows are compared with those of an old file; nil if they cannot be.
    ///
    /// - Parameter key: position of the column that tells rows apart.
    func syntax(_ schema: Schema, key: Int) -> (any ListSyntax)?
}

extension FileLoader {
    func syntax(_ schema: Schema, key: Int) -> (any ListSyntax)? { nil }
    var destination: String { settings.file.pattern }
    var writesBookkeeping: Bool { false }
    var separation: SourceSeparation {
        settings.changesFile?.separation == SourceSeparation.none ? .none : settings.file.separation
    }

    func replacesRows(of schema: Schema) -> Bool { !settings.file.isStandardOutput }

    func claim(_ schema: Schema) -> Claim? {
        if settings.file.isStandardOutput { return nil }
        return Claim(
            place: [settings.file.place],
            deed: "writes \(destination)",
            advice: "give each load a different file"
        )
    }

    func files(_ context: LoadContext) -> [String] {
        if settings.file.isStandardOutput { return [] }
        let lists = lists(context)
        let previous = settings.keepPrevious ? lists.map { $0 + PreviousVersion.suffix } : []
        return lists + previous + sidecars(context) + settings.changesFiles(context)
    }

    /// Rows of several organizations follow one another on standard output.
    func places(_ schema: Schema, _ context: LoadContext) -> [String] {
        settings.file.isStandardOutput ? [settings.file.pattern] : files(context)
    }

    /// The files with rows: all existing parts of a split list, and always the first.
    func lists(_ context: LoadContext) -> [String] {
        let path = PartNames(settings.file.path(context), isSplit: settings.splitRows != nil)
        return path.isSplit ? parts(of: path) : [path.whole]
    }

    func sidecars(_ context: LoadContext) -> [String] {
        Sidecars.names(beside: settings.file.path(context), settings)
    }

    private func parts(of path: PartNames) -> [String] {
        let names = FilePlace.names(beside: path.part(1))
        let found = names.compactMap(Leftovers.number).map(path.part).filter { names.contains(FilePart.name($0)) }
        return [path.part(1)] + found.filter { $0 != path.part(1) }
    }

    func leftBehind(_ context: LoadContext) -> LeftBehind? { settings.leftBehind(context) }

    func open(_ schema: Schema, _ context: LoadContext) async throws -> any LoadSession {
        var session = try FileSession(settings.suited(to: schema), format(schema), schema, context)
        guard let key = schema.listedColumn, let syntax = syntax(schema, key: key) else { return session }
        do {
            session.changes = try ChangesFile(settings, syntax, context)
            return session
        } catch {
            await session.rollback()
            throw error
        }
    }
}
