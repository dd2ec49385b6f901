import CLibPQ

/// Asks the server to stop what it does for one connection.
///
/// Unchecked, because libpq documents `PQcancel` as safe on any thread beside the connection's own, and the pointer
/// neither changes nor is freed before the last reference.
final class PostgresCancelKey: @unchecked Sendable {
    private let key: OpaquePointer

    init(_ key: OpaquePointer) { self.key = key }
    deinit { PQfreeCancel(key) }

    func cancel() {
        var problem = Array(repeating: CChar(0), count: 256)
        // A failed attempt changes nothing: the transaction is abandoned either way.
        PQcancel(key, &problem, Int32(problem.count))
    }
}
