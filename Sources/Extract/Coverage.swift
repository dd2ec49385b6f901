import Inventory
import Pipeline
import Records

/// Asks for AppleCare coverage, one request per device, where the answer can have changed.
struct Coverage: DeviceInquiry {
    let policy: RefreshPolicy

    static let facet = Facet.coverage

    static let spec = StageSpec<any Extractor>(
        "coverage",
        """
        Reads AppleCare coverage, one request per device: of new devices, then where it is unknown, where something \
        says that it has changed, where a date that Apple named has come, and of the oldest answers.
        """,
        example: "coverage: { max_age: 30d, max_requests: 2000 }",
        settings: RefreshPolicy.maxAgeSetting,
        RefreshPolicy.maxRequestsSetting,
        RefreshPolicy.maxTimeSetting,
        build: { (maxAge: Period, maxRequests: Count?, maxTime: Period?) throws(PlanError) -> any Extractor in
            Coverage(policy: RefreshPolicy(maxAge: maxAge, maxRequests: maxRequests, maxTime: maxTime))
        }
    )

    var adds: [Field] { Schema.coverageFields }

    func answer(for serial: String, _ api: any AppleAPI) async throws -> DeviceAnswer {
        do {
            return try await records(of: serial, api)
        } catch let error as APIError where error.says(missing: "appleCareCoverage") {
            // Documented, and read as "no coverage" by other clients (apple-api.md section 6). A device that is gone
            // itself says nothing about its coverage.
            return .known(Array("[]".utf8))
        }
    }

    private func records(of serial: String, _ api: any AppleAPI) async throws -> DeviceAnswer {
        let path = "/v1/orgDevices/\(PercentEncoding.encode(serial))/appleCareCoverage"
        var pager = Pager(api, path, bound: .small)
        var records: [UInt8] = [UInt8(ascii: "[")]
        var unreadable: [UnreadableElement] = []
        while let page = try await pager.next() {
            unreadable += page.unreadable
            for record in page.resources {
                if records.count > 1 { records.append(UInt8(ascii: ",")) }
                records.append(contentsOf: #"{"id":"#.utf8)
                JSONText.append(string: record.id, to: &records)
                records.append(contentsOf: #","attributes":"#.utf8)
                records.append(contentsOf: record.attributes)
                records.append(UInt8(ascii: "}"))
            }
        }
        records.append(UInt8(ascii: "]"))
        return unreadable.isEmpty ? .known(records) : .incomplete(records, unreadable)
    }
}
