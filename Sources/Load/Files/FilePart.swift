/// One of a load's files.
struct FilePart: Sendable {
    let path: String
    var sink: any ByteSink
    var rows = 0

    /// The name in its folder.
    var name: String { Self.name(path) }
    static func name(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
