import GRDB
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension Inventory {
    /// Opens an inventory for reading, even while a run uses it.
    static func readOnly(_ path: String) throws -> DatabaseQueue {
        let place = FilePlace.look(path).path
        for suffix in [""] + besides {
            let sight = FilePlace.look(place + suffix)
            guard let reason = sight.whyNotBelieved else { continue }
            throw Failure(.destinationFailed, "\(sight.path) \(reason)", advice: adviceToRead(sight.path))
        }
        try refuseForeign(at: path)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Reads an inventory in its current state, even while a run uses it. The file stays unchanged: an older layout
    /// is updated in the copy only.
    package static func withCopy<Result>(
        of path: String,
        identity: String,
        _ body: (Inventory) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.path + "/axport-copy-\(UUID().uuidString)"
        let copy = folder + "/inventory.sqlite"
        try makeFolder(of: copy)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        do {
            try claimFiles(try FilePlace(copy))
            let source = try readOnly(path)
            let target = try DatabaseQueue(path: copy)
            try source.backup(to: target)
            try target.close()
            let inventory = try Inventory(path: copy, identity: identity)
            defer { inventory.close() }
            return try await body(inventory)
        } catch let error as DatabaseError {
            throw failure(error, path: path)
        } catch var failure as Failure {
            failure.message = failure.message.replacing(copy, with: path)
            throw failure
        }
    }
}
