#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The running program.
enum OwnProgram {
    static var path: String {
        let name = CommandLine.arguments.first ?? "axport"
        if name.contains("/") { return FilePath.absolute(name, in: FileManager.default.currentDirectoryPath) }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile) ?? "/usr/bin/axport"
    }
}
