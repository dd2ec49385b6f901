import Inventory
import Records
import Stages

/// Asks for AppleCare coverage, one request per device, if the answer can have changed.
struct Coverage: DeviceInquiry {
    let policy: RefreshPolicy

    static let facet = Facet.coverage
    private static let type = "appleCareCoverage"

    static let spec = StageSpec<any Extractor>(
        "coverage",
        """
        Reads AppleCare coverage, one request per device, most urgent first: new devices, failed requests, devices \
        that an event marked as changed, passed coverage dates, oldest answers.
        """,
        example: "coverage: { max_age: 30d, max_requests: 2000 }",
        shared: RefreshPolicy.group,
        build: Coverage.init
    )

    var adds: [Field] { Schema.fields(addedBy: Self.spec.name) }

    func path(of serial: String) -> String { "/v1/orgDevices/\(PercentEncoding.encode(serial))/appleCareCoverage" }

    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] {
        [Endpoint("/v1/orgDevices/\(Endpoint.serial)/appleCareCoverage", query: Endpoint.one)]
    }

    var query: [(name: String, value: String)] { [Pager.limit] }

    func answer(in body: [UInt8], of serial: String) -> DeviceAnswer? {
        guard let document = try? ResourceDocument(body, of: Self.type, about: serial), document.isList,
            document.next == nil, document.cursor == nil
        else { return nil }
        var answer = Gathered()
        answer.add(document)
        return answer.whole
    }

    /// Other clients read this error as "no coverage" (AppleClient/README.md section 6). If the device itself is
    /// gone, the error says nothing about its coverage.
    func answer(to error: APIError) -> DeviceAnswer? {
        error.says(missing: Self.type) ? .known(Array("[]".utf8)) : nil
    }

    func answer(for serial: String, _ api: any AppleAPI) async throws -> DeviceAnswer {
        var pager = Pager(api, path(of: serial), of: Self.type, about: serial, bound: .small)
        var answer = Gathered()
        while let page = try await pager.next() { answer.add(page) }
        return answer.whole
    }

    /// The records of a device, as stored.
    private struct Gathered {
        private var json: [UInt8] = [UInt8(ascii: "[")]
        private var unreadable: [UnreadableElement] = []

        var whole: DeviceAnswer {
            let whole = json + [UInt8(ascii: "]")]
            return unreadable.isEmpty ? .known(whole) : .incomplete(whole, unreadable)
        }

        mutating func add(_ page: ResourceDocument) {
            unreadable += page.unreadable
            for record in page.resources {
                if json.count > 1 { json.append(UInt8(ascii: ",")) }
                json.append(contentsOf: #"{"id":"#.utf8)
                JSONText.append(string: record.id, to: &json)
                json.append(contentsOf: #","attributes":"#.utf8)
                json.append(contentsOf: record.attributes)
                json.append(UInt8(ascii: "}"))
            }
        }
    }
}
