import Foundation
import Inventory
import Records
import Stages

/// 1,000 devices in groups. Each group names the recipes whose answer it is: no answer is computed from a device.
struct RecipeFleet {
    /// The day on which the recipes are asked.
    static let day = "2026-08-31"

    /// The recipes by their numbers in `pipelines/recipes.md`.
    enum Answer: Int, CaseIterable {
        case noAppleCare = 1
        case endsSoon, onlyWarranty, canceled, unknown, released, unassigned, noWiFi, sharedIMEI, old
    }

    struct Device {
        let serial: String
        let attributes: [String: Any]
        /// Apple's coverage records; nil if nobody has asked.
        let coverage: String?
        let leaves: Bool
        let answers: Set<Answer>
    }

    private(set) var devices: [Device] = []

    func serials(_ answer: Answer) -> Set<String> {
        Set(devices.filter { $0.answers.contains(answer) }.map(\.serial))
    }

    /// Attributes that a group changes; `NSNull` removes one.
    private mutating func add(
        _ count: Int,
        _ changes: [String: Any] = [:],
        coverage: String? = RecipeCoverage.care,
        leaves: Bool = false,
        is answers: Answer...
    ) {
        for _ in 0..<count {
            let number = devices.count
            let octets = [number >> 8, number & 0xFF].map { ("0" + String($0, radix: 16)).suffix(2) }
            var attributes: [String: Any] = [
                "deviceModel": "iPad (A16)", "productFamily": "iPad", "productType": "iPad15,7", "status": "ASSIGNED",
                "wifiMacAddress": "10:e2:c9:00:\(octets.joined(separator: ":"))", "purchaseSourceType": "APPLE",
                "orderDateTime": "2025-01-15T10:00:00Z", "addedToOrgDateTime": "2025-01-20T10:00:00Z",
            ]
            for (name, value) in changes { attributes[name] = value is NSNull ? nil : value }
            devices.append(
                Device(
                    serial: "R\(100_000 + number)",
                    attributes: attributes,
                    coverage: coverage,
                    leaves: leaves,
                    answers: Set(answers)
                )
            )
        }
    }

    init() {
        addPlans()
        addPhones()
        addPlaces()
        addAges()
        let mac = ["productFamily": "Mac", "deviceModel": "MacBook Air"]
        add(1000 - devices.count, mac)
    }

    /// iPads, and what covers them.
    private mutating func addPlans() {
        typealias Plan = RecipeCoverage
        add(200)
        add(20, coverage: Plan.openEnded)
        add(12, coverage: Plan.care(until: "2026-11-29"), is: .endsSoon)
        add(13, coverage: Plan.care(until: "2026-11-30"))
        add(5, coverage: Plan.care(until: "2026-09-01"), is: .endsSoon)
        add(14, coverage: Plan.care(until: "2026-08-30", status: "INACTIVE"), is: .noAppleCare)
        add(3, coverage: Plan.care(until: "2026-08-30"), is: .noAppleCare)
        add(11, coverage: Plan.canceled(at: "2026-03-01"), is: .noAppleCare, .canceled)
        add(5, coverage: Plan.canceled(at: nil), is: .noAppleCare, .canceled)
        add(4, coverage: Plan.canceledThenBought, is: .canceled)
        add(15, coverage: Plan.warranty(until: "2026-12-31"), is: .noAppleCare, .onlyWarranty)
        add(9, coverage: Plan.warranty(until: "2026-10-01"), is: .noAppleCare, .onlyWarranty, .endsSoon)
        add(8, coverage: Plan.none, is: .noAppleCare)
        add(17, coverage: nil, is: .unknown)
        add(2, coverage: Plan.nameless, is: .unknown)
        add(6, coverage: Plan.ofTomorrow, is: .noAppleCare)
    }

    /// iPhones and their IMEIs. None has AppleCare, so that question 1 is seen to ask for iPads.
    private mutating func addPhones() {
        func phone(_ imeis: Any) -> [String: Any] {
            ["productFamily": "iPhone", "deviceModel": "iPhone 16", "imei": imeis]
        }
        for number in 0..<40 { add(1, phone([Self.imei(number)]), coverage: RecipeCoverage.none) }
        for number in 100..<103 { add(2, phone([Self.imei(number)]), is: .sharedIMEI) }
        add(1, phone([Self.imei(110), Self.imei(111)]), is: .sharedIMEI)
        add(1, phone([Self.imei(112), Self.imei(110)]), is: .sharedIMEI)
        add(1, phone([" \(Self.imei(113))"]), is: .sharedIMEI)
        add(1, phone([Self.imei(113)]), is: .sharedIMEI)
        for number in 120..<124 { add(1, phone([Self.imei(number), Self.imei(number)])) }
        // A placeholder is rejected, so that nobody shares it.
        add(5, phone(["000000000000000"]))
        // Of two with one number, one left.
        add(1, phone([Self.imei(130)]))
        add(1, phone([Self.imei(130)]), coverage: RecipeCoverage.none, leaves: true)
    }

    /// Where they are: released, unassigned, on which network.
    private mutating func addPlaces() {
        func released(_ moment: String) -> [String: Any] { ["releasedFromOrgDateTime": moment] }
        add(9, released("2026-07-01T00:00:00Z"), coverage: RecipeCoverage.none, leaves: true, is: .released)
        add(7, released("2026-06-30T23:59:59Z"), coverage: RecipeCoverage.none, leaves: true)
        add(4, coverage: RecipeCoverage.none, leaves: true)
        add(21, ["status": "UNASSIGNED", "addedToOrgDateTime": "2026-07-31T23:59:59Z"], is: .unassigned)
        add(2, ["status": "UNASSIGNED", "addedToOrgDateTime": "2026-08-01T00:00:00Z"])
        add(9, ["status": "UNASSIGNED", "addedToOrgDateTime": "2026-08-20T08:00:00Z"])
        add(10, ["productFamily": "Mac", "wifiMacAddress": NSNull()], is: .noWiFi)
        add(6, ["wifiMacAddress": "00:00:00:00:00:00"], is: .noWiFi)
        add(3, ["wifiMacAddress": "01:00:5e:00:00:01"], is: .noWiFi)
        add(2, ["wifiMacAddress": "10E2C9FFFF01"])
    }

    private mutating func addAges() {
        add(30, ["orderDateTime": "2022-08-30T23:59:59Z"], is: .old)
        add(2, ["orderDateTime": "2022-08-30T23:59:59Z", "purchaseSourceType": NSNull()], is: .old)
        add(5, ["orderDateTime": "2022-08-31T00:00:00Z"])
        add(8, ["orderDateTime": "2020-01-01T00:00:00Z", "purchaseSourceType": "MANUALLY_ADDED"])
        add(3, ["orderDateTime": NSNull()])
    }

    private static func imei(_ number: Int) -> String {
        let digits = "35209900" + String(1_000_000 + number).dropFirst()
        let sum = digits.reversed().enumerated().reduce(0) { sum, digit in
            let value = (digit.element.wholeNumberValue ?? 0) * (digit.offset % 2 == 0 ? 2 : 1)
            return sum + value / 10 + value % 10
        }
        return digits + String((10 - sum % 10) % 10)
    }

    /// Fills an inventory as nights would: all devices are listed, and on the next night some are gone.
    func fill(_ path: String) throws {
        let inventory = try Inventory(path: path, identity: "sandbox of 1000 devices, seed 1")
        defer { inventory.close() }
        func night(_ devices: [Device], at moment: Timestamp) throws {
            let listing = try inventory.beginListing(at: moment)
            let listed = try devices.map { try resource($0) { $0 != "releasedFromOrgDateTime" } }
            _ = try inventory.record(listed, in: listing, next: nil, at: moment)
            _ = try inventory.complete(listing, at: moment)
        }
        let first = Timestamp(seconds: 1_768_435_200)
        try night(devices, at: first)
        let coverage = Dictionary(uniqueKeysWithValues: devices.map { ($0.serial, $0.coverage) })
        let requests = try inventory.deviceRequests(.coverage, maxAge: 0, at: first, limit: devices.count).requests
        let answers = requests.compactMap { request in
            coverage[request.serial].flatMap(\.self).map { (request.id, DeviceAnswer.known(Array($0.utf8))) }
        }
        _ = try inventory.record(answers.map { (id: $0.0, answer: $0.1) }, of: .coverage, at: first)
        let second = first.adding(seconds: 86_400)
        try night(devices.filter { !$0.leaves }, at: second)
        for device in devices where device.leaves {
            try inventory.recordDetails(try resource(device) { _ in true }, serial: device.serial, at: second)
        }
    }

    private func resource(_ device: Device, with name: (String) -> Bool) throws -> Resource {
        let attributes = device.attributes.filter { name($0.key) }
        let json = try JSONSerialization.data(withJSONObject: attributes)
        return Resource(type: "orgDevices", id: device.serial, attributes: Array(json))
    }
}
