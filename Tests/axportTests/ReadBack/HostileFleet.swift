import Foundation
import Inventory
import Pipeline
import Records
import Stages

/// Four devices, as Apple might send them: one with ordinary values, in which the digit 1 is frequent, and three with
/// values that break careless expressions and careless writers.
enum HostileFleet {
    static let model = "=iPhone, \"16\" Pro\r\n\tthe 1st; \\. | 'ü' 📱 "
    static let long = String(repeating: "ä, 1", count: 100)
    static let server = "MDM, \"one\"\n1"

    private static var devices: [(serial: String, attributes: [String: Any])] {
        [
            (
                "C111111111",
                [
                    "deviceModel": "iPhone 11 Pro Max", "productFamily": "iPhone", "productType": "iPhone12,5",
                    "deviceCapacity": "512GB", "partNumber": "MWH11LL/A", "orderNumber": "1100110011",
                    "color": "SPACE_GRAY", "status": "ASSIGNED", "imei": ["352099001761481", "001003211818169"],
                    "eid": "89049037640158663184237812557346", "wifiMacAddress": "10:E2:C9:11:11:11",
                    "orderDateTime": "2025-01-31T11:11:11Z", "purchaseSourceType": "APPLE",
                    "updatedDateTime": "2025-01-11T11:11:11.111Z", "addedToOrgDateTime": "2025-02-01T01:01:01Z",
                ]
            ),
            (
                "C.22222222",
                [
                    "deviceModel": model, "productFamily": "iPhone", "productType": "iPhone17,1",
                    "deviceCapacity": "1TB",
                    "orderNumber": "=1+1", "color": "", "status": "ASSIGNED", "imei": ["N/A", "001003211676807"],
                    "wifiMacAddress": "10-E2-C9-22-22-22", "orderDateTime": "2025-12-31T23:59:59.999Z",
                    "purchaseSourceType": "RESELLER", "purchaseSourceId": "-1",
                ]
            ),
            (
                "C333333333",
                [
                    "deviceModel": long, "productFamily": "Mac", "productType": "Mac16,1",
                    "deviceCapacity": "no capacity",
                    "status": "ASSIGNED", "wifiMacAddress": "00:00:00:00:00:00",
                    "ethernetMacAddress": ["10:e2:c9:33:33:33", "10e2c9333334", "bad"], "purchaseSourceType": "APPLE",
                ]
            ),
            ("C444444444", ["productFamily": "iPad", "productType": "iPad14,1", "status": "ASSIGNED"]),
        ]
    }

    private static let coverage = [
        "C111111111": """
        [{"id":"1111111111","attributes":{"description":"AppleCare+ 1","status":"ACTIVE","agreementNumber":"1111111111",
        "paymentType":"SUBSCRIPTION","startDateTime":"2025-01-31T00:00:00Z","endDateTime":"2027-01-31T00:00:00Z"}}]
        """,
        "C.22222222": "[]",
        "C333333333": #"""
        [{"id":"1","attributes":{"description":"Care, \"1\"\r\n\ttwo","status":"ACTIVE","agreementNumber":"=1+1",
        "startDateTime":"2025-01-01T00:00:00Z","endDateTime":"2026-11-11T00:00:00Z"}},
        {"id":"1","attributes":{"description":"Limited Warranty","status":"INACTIVE"}}]
        """#,
    ]

    /// Fills the inventory of a pipeline on the sandbox, as a night would.
    static func fill(_ path: String, identity: String) throws {
        let inventory = try Inventory(path: path, identity: identity)
        let now = Timestamp(seconds: 1_768_435_200)
        let listing = try inventory.beginListing(at: now)
        let resources = try devices.map {
            Resource(
                type: "orgDevices",
                id: $0.serial,
                attributes: Array(try JSONSerialization.data(withJSONObject: $0.attributes))
            )
        }
        _ = try inventory.record(resources, in: listing, next: nil, at: now)
        _ = try inventory.complete(listing, at: now)
        let name = String(decoding: JSONText.string(Array(server.utf8)), as: UTF8.self)
        let attributes = #"{"serverName":\#(name),"serverType":"MDM"}"#
        try inventory.recordServers(
            [Resource(type: "mdmServers", id: "S1", attributes: Array(attributes.utf8))],
            at: now
        )
        let lists = try AssignmentLists(of: inventory)
        try lists.add(["C111111111", "C.22222222"])
        try lists.end(as: "S1")
        _ = try lists.record(at: now)
        let requests = try inventory.deviceRequests(.coverage, maxAge: 0, at: now, limit: 100).0
        let answers = requests.compactMap { request in
            coverage[request.serial].map { (id: request.id, answer: DeviceAnswer.known(Array($0.utf8))) }
        }
        _ = try inventory.record(answers, of: .coverage, at: now)
        inventory.close()
    }
}
