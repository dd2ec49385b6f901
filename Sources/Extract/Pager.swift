import Pipeline
import Records

/// Walks a paged list (apple-api.md section 10).
///
/// Every page is asked for with our own parameters and Apple's cursor, because it is not known whether Apple's own
/// link keeps `limit`; the link is followed only where there is no cursor. A cursor that is no longer accepted begins
/// the list again, so resources may come twice.
struct Pager {
    private let api: any AppleAPI
    private let path: String
    private let query: [(name: String, value: String)]
    /// Where the list goes on; nil at its beginning and after its end.
    private(set) var position: String?
    private var isAtEnd = false
    /// Where the list went on so far, so that it cannot go in a circle for ever.
    private var passed: Set<String> = []
    private var restarts = 0

    /// Apple's largest.
    private static let pageSize = 1000
    /// A cursor that expires begins the list again once, and once more should the new one expire as well, and so on:
    /// but something else is wrong when that never ends.
    private static let restartLimit = 3

    /// - Parameters:
    ///   - query: goes along with every page.
    ///   - position: where an earlier walk stopped.
    init(
        _ api: any AppleAPI,
        _ path: String,
        query: [(name: String, value: String)] = [],
        from position: String? = nil
    ) {
        self.api = api
        self.path = path
        self.query = query + [("limit", String(Self.pageSize))]
        self.position = position
        if let position { passed.insert(position) }
    }

    /// How many pages so many resources fill.
    static func pages(for resources: Int) -> Int { (resources + pageSize - 1) / pageSize }

    /// The next page; nil after the last.
    mutating func next() async throws(APIError) -> [Resource]? {
        if isAtEnd { return nil }
        do {
            return try await page()
        } catch  where error.kind == .badRequest && position != nil && restarts < Self.restartLimit {
            restarts += 1
            position = nil
            passed.removeAll()
            return try await page()
        }
    }

    /// The next page, and the walk as it goes on behind it.
    func following() async throws(APIError) -> (page: [Resource]?, pager: Pager) {
        var pager = self
        return (try await pager.next(), pager)
    }

    private mutating func page() async throws(APIError) -> [Resource] {
        var problem = APIError(.unavailable, "no answer")
        // A page with a link that must not be followed, and no cursor, or one that leads back, may come right when it is
        // asked for again.
        for _ in 0..<4 {
            let document = try document(try await api.get(target))
            if document.cursor == nil, let refusal = document.next.flatMap(api.refusal(ofLink:)) {
                problem = refusal
                continue
            }
            guard let next = document.cursor.map({ "cursor \($0)" }) ?? document.next else {
                position = nil
                isAtEnd = true
                return document.resources
            }
            guard passed.insert(next).inserted else {
                problem = APIError(
                    .unavailable,
                    "GET \(path): the list leads back to a page that was read before",
                    advice: "run it again later; should it stay so, report it to Apple"
                )
                continue
            }
            position = next
            return document.resources
        }
        throw problem
    }

    private var target: APITarget {
        guard let position else { return .path(path, query: query) }
        guard position.hasPrefix("cursor ") else { return .link(position) }
        return .path(path, query: query + [("cursor", String(position.dropFirst(7)))])
    }

    private func document(_ body: [UInt8]) throws(APIError) -> ResourceDocument {
        let document: ResourceDocument
        do {
            document = try ResourceDocument(body)
        } catch {
            throw APIError(.unavailable, "GET \(path): the answer is not a list of resources (\(error))")
        }
        // Null is no empty list: "nothing" and "not known" must stay apart.
        guard document.isList else { throw APIError(.unavailable, "GET \(path): `data` of the answer is no list") }
        return document
    }
}
