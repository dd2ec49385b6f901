import Records
import Synchronization

/// Answers with the last argument.
final class Vault: Sendable {
    private let kept = Mutex<[[String]]>([])
    var asked: [[String]] { kept.withLock { $0 } }

    func answer(_ arguments: [String]) -> Result<String, Problem> {
        kept.withLock { $0.append(arguments) }
        return .success(arguments.last ?? "")
    }
}
