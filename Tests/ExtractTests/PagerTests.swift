import Pipeline
import Records
import Stages
import Synchronization
import Testing

@testable import Extract

@Suite struct PagerTests {
    private func page(_ ids: [String], next: String? = nil, cursor: String? = nil) -> String {
        let data = ids.map { #"{"type":"orgDevices","id":"\#($0)"}"# }.joined(separator: ",")
        let links = next.map { #","next":"\#($0)""# } ?? ""
        let paging = cursor.map { #","meta":{"paging":{"nextCursor":"\#($0)","limit":2}}"# } ?? ""
        return #"{"data":[\#(data)],"links":{"self":"x"\#(links)}\#(paging)}"#
    }

    private func ids(
        _ api: CannedAPI,
        from position: String? = nil,
        bound: PageBound = PageBound(after: nil)
    ) async throws -> [String] {
        var pager = Pager(api, "/v1/orgDevices", from: position, bound: bound)
        var ids: [String] = []
        while let page = try await pager.next() { ids += page.resources.map(\.id) }
        return ids
    }

    @Test func cursorsAreSentWithOurOwnParameters() async throws {
        let api = CannedAPI { (_, cursor) throws(APIError) in
            cursor == nil
                ? page(["A", "B"], next: "https://api.example/v1/orgDevices?cursor=c1", cursor: "c1") : page(["C"])
        }
        #expect(try await ids(api) == ["A", "B", "C"])
        #expect(api.requests == ["/v1/orgDevices", "/v1/orgDevices c1"])
    }

    @Test func anEmptyCursorAndNoLinkEndTheList() async throws {
        let api = CannedAPI { (_, _) throws(APIError) in page(["A"], cursor: "") }
        #expect(try await ids(api) == ["A"])
    }

    @Test func aLinkIsFollowedWhereThereIsNoCursor() async throws {
        let api = CannedAPI { (path, _) throws(APIError) in
            path.hasPrefix("https") ? page(["B"]) : page(["A"], next: "https://api.example/v1/orgDevices?page=2")
        }
        #expect(try await ids(api) == ["A", "B"])
    }

    @Test func aLinkMayBeAnObject() async throws {
        let api = CannedAPI { (path, _) throws(APIError) in
            path.hasPrefix("https")
                ? page(["B"]) : #"{"data":[],"links":{"next":{"href":"https://api.example/v1/orgDevices?page=2"}}}"#
        }
        #expect(try await ids(api) == ["B"])
    }

    @Test(arguments: [
        ("/v1/mdmServers?cursor=a", "the answer links to https://api.example/v1/mdmServers, which is not this list"),
        ("/v1/nothing", "the answer links to https://api.example/v1/nothing, which is not this list"),
        ("/v1/orgDevices?cursor=a b", "the link to the next page is not a valid address"),
        (#"/v1/orgDevices?cursor=a\r\nb"#, "the link to the next page is not a valid address"),
    ])
    func aLinkOutOfTheListIsNotFollowed(link: String, problem: String) async throws {
        let api = CannedAPI { (_, _) throws(APIError) in page(["A"], next: "https://api.example\(link)") }
        let error = await #expect(throws: APIError.self) { try await ids(api) }
        #expect(error?.message == "GET /v1/orgDevices: \(problem)")
        #expect(api.requests.allSatisfy { $0 == "/v1/orgDevices" })
    }

    @Test(arguments: ["https://api.example/v1/orgDevices?cursor=a b", "https://api.example/v1/nothing", "cursor gone"])
    func aPositionThatLeadsNowhereRestartsTheList(position: String) async throws {
        let api = CannedAPI { (_, cursor) throws(APIError) in
            if cursor == "gone" { throw APIError(.notFound, "HTTP 404") }
            return page(["A"])
        }
        #expect(try await ids(api, from: position) == ["A"])
    }

    @Test func aLinkToAnotherHostEndsInAnErrorAndNotInARequest() async throws {
        let api = CannedAPI { (_, _) throws(APIError) in page(["A"], next: "https://evil.example/v1/orgDevices") }
        let error = await #expect(throws: APIError.self) { try await ids(api) }
        #expect(error?.kind == .unsafe)
        #expect(api.requests.allSatisfy { $0 == "/v1/orgDevices" })
    }

    @Test(arguments: [["c1": "c1"], ["c1": "c2", "c2": "c1"]])
    func aListThatGoesInACircleEndsInAnError(_ following: [String: String]) async throws {
        let api = CannedAPI { (_, cursor) throws(APIError) in
            page(["A"], cursor: cursor.map { following[$0] ?? "" } ?? "c1")
        }
        let error = await #expect(throws: APIError.self) { try await ids(api) }
        #expect(error?.kind == .unavailable)
        #expect(error?.message == "GET /v1/orgDevices: the list returns to a page that was already read")
        #expect(api.requestCount == following.count + 4)
    }

    @Test func aPageThatOnceLeadsBackIsAskedForAgain() async throws {
        let asked = Mutex(0)
        let api = CannedAPI { (_, cursor) throws(APIError) in
            if cursor == nil { return page(["A"], cursor: "c1") }
            return page(
                ["B"],
                cursor: asked.withLock {
                    $0 += 1
                    return $0
                } == 1 ? "c1" : nil
            )
        }
        #expect(try await ids(api) == ["A", "B"])
    }

    @Test func anExpiredCursorBeginsTheListAgain() async throws {
        let api = CannedAPI { (_, cursor) throws(APIError) in
            if cursor == "old" { throw APIError(.badRequest, "cursor expired") }
            return cursor == nil ? page(["A"], cursor: "new") : page(["B"])
        }
        #expect(try await ids(api, from: "cursor old") == ["A", "B"])
    }

    @Test func aCursorThatIsNeverAcceptedEndsInAnError() async throws {
        let api = CannedAPI { (_, cursor) throws(APIError) in
            if cursor != nil { throw APIError(.badRequest, "cursor expired") }
            return page(["A"], cursor: "again")
        }
        let error = await #expect(throws: APIError.self) { try await ids(api) }
        #expect(error?.kind == .badRequest)
        #expect(api.requestCount < 10)
    }

    @Test(arguments: [#"{"links":{}}"#, #"{"data":null}"#, #"{"data":"x"}"#])
    func anAnswerWithoutAListIsAnError(answer: String) async throws {
        let api = CannedAPI { (_, _) throws(APIError) in answer }
        let error = await #expect(throws: APIError.self) { try await ids(api) }
        #expect(error?.message.contains("data") == true)
    }

    @Test(arguments: [
        #"{"data":[],"links":{"next":5}}"#, #"{"data":[],"links":{"next":["x"]}}"#, #"{"data":[],"links":7}"#,
        #"{"data":[],"links":{"next":{"href":true}}}"#, #"{"data":[],"meta":{"paging":{"nextCursor":5}}}"#,
        #"{"data":[],"meta":{"paging":"x"}}"#, #"{"data":[],"meta":[]}"#, #"{"data":{}}"#, #"{"data":{"id":"A"}}"#,
        #"{"data":"A"}"#, "{}", #"{"errors":[]}"#,
    ])
    func aPageThatCannotBeReadIsNotTheEnd(answer: String) async throws {
        let api = CannedAPI { (_, cursor) throws(APIError) in cursor == nil ? page(["A"], cursor: "c1") : answer }
        let error = await #expect(throws: APIError.self) { try await ids(api) }
        #expect(error?.kind == .unavailable)
        // It may come right when it is asked for again.
        #expect(api.requestCount == 5)
    }

    @Test func aPageThatOnceCannotBeReadIsAskedForAgain() async throws {
        let asked = Mutex(0)
        let api = CannedAPI { (_, cursor) throws(APIError) in
            let number = asked.withLock {
                $0 += 1
                return $0
            }
            if number == 2 { return #"{"data":[],"links":{"next":5}}"# }
            return cursor == nil ? page(["A"], cursor: "c1") : page(["B"])
        }
        #expect(try await ids(api) == ["A", "B"])
    }

    @Test(
        arguments: [
            (nil, 10_000), (1, 100), (33, 100), (34, 102), (3000, 9000), (3334, 10_000), (Int.max, 10_000),
        ] as [(Int?, Int)]
    )
    func aBoundIsThreeTimesTheLastList(last: Int?, most: Int) {
        #expect(PageBound(after: last).most == most)
    }

    /// Every page has a new cursor.
    private func endless(_ pages: Int = .max) -> CannedAPI {
        let asked = Mutex(0)
        return CannedAPI { (_, _) throws(APIError) in
            let number = asked.withLock {
                $0 += 1
                return $0
            }
            return page(["D\(number)"], cursor: number < pages ? "c\(number)" : nil)
        }
    }

    @Test func aListWithoutEndEndsInAnError() async throws {
        let api = endless()
        let error = await #expect(throws: APIError.self) { try await ids(api, bound: PageBound(after: 40)) }
        #expect(
            error?.message
                == "GET /v1/orgDevices: the list does not end: it continues after 120 pages, and the last complete one had 40"
        )
        #expect(error?.advice == "run again later; if it happens again, report it to Apple")
        #expect(api.requestCount == 120)
    }

    @Test func aListThatJustReachesItsBoundIsWhole() async throws {
        #expect(try await ids(endless(100), bound: PageBound(after: 1)).count == 100)
    }
}
