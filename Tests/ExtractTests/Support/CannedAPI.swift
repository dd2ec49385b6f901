import Pipeline
import Records
import Stages
import Synchronization
import TestSupport

/// Apple's API with answers written by hand, for what the sandbox does not do.
final class CannedAPI: APIDouble {
    typealias Answer = @Sendable (_ path: String, _ cursor: String?) throws(APIError) -> String
    private let answer: Answer
    private let asked = Mutex<[String]>([])

    init(_ answer: @escaping Answer) { self.answer = answer }

    var requests: [String] { asked.withLock { $0 } }
    var requestCount: Int { requests.count }
    let maxInFlight = 2
    func refusal(ofLink link: String) -> APIError? {
        link.hasPrefix("https://api.example/") ? nil : APIError(.unsafe, "another host")
    }

    func ask(
        _ count: Int,
        tries: Int?,
        _ target: (Int) -> APITarget,
        _ receive: ([APIAnswer]) -> Bool
    ) async throws(APIError) {
        for number in 0..<count {
            let result = Result { () throws(APIError) in try given(target(number)) }
            if !receive([APIAnswer(number: number, result: result)]) { return }
        }
    }

    private func given(_ target: APITarget) throws(APIError) -> [UInt8] {
        switch target {
        case .link(let link):
            asked.withLock { $0.append(link) }
            return Array(try answer(link, nil).utf8)
        case .path(let path, let query):
            let cursor = query.first { $0.name == "cursor" }?.value
            asked.withLock { $0.append(cursor.map { "\(path) \($0)" } ?? path) }
            return Array(try answer(path, cursor).utf8)
        }
    }
}
