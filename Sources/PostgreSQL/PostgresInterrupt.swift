import CLibPQ
import Dispatch
import Synchronization

/// Cancels the server's work for one connection, and the wait for it.
///
/// Unchecked because the pointer is not Sendable. This is safe: libpq documents `PQcancel` as safe on any thread, beside
/// the connection's thread; the pointer never changes, and is freed after the last reference.
final class PostgresInterrupt: @unchecked Sendable {
    private let key: OpaquePointer
    private let raised = Atomic(false)

    init(_ key: OpaquePointer) { self.key = key }
    deinit { PQfreeCancel(key) }

    var isRaised: Bool { raised.load(ordering: .relaxed) }

    func raise() {
        raised.store(true, ordering: .relaxed)
        // Blocks while the server's machine does not answer.
        DispatchQueue.global().async { [self] in
            var problem = Array(repeating: CChar(0), count: 256)
            // A failed attempt changes nothing: the transaction is abandoned either way.
            PQcancel(key, &problem, Int32(problem.count))
        }
    }
}
