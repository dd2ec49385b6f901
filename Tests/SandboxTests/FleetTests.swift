import Sandbox
import Testing

@Suite struct FleetTests {
    private static let devices = Fleet(devices: 8000, seed: 3).all

    private func values(_ name: String) -> [String] {
        Self.devices.flatMap { $0.texts(name) }
    }

    @Test func serialNumbersAndIndicesTurnIntoEachOther() {
        let fleet = Fleet(devices: 200_000, seed: 11)
        var seen: Set<String> = []
        var isWrong = 0
        for index in 0..<200_000 {
            let serial = fleet.serial(at: index)
            seen.insert(serial)
            isWrong += fleet.index(ofSerial: serial) == index ? 0 : 1
        }
        #expect(isWrong == 0)
        #expect(seen.count == 200_000)
        #expect(fleet.index(ofSerial: fleet.serial(at: 200_000)) == nil)
        for nonsense in ["", "A", "äöüäöüäöüä", "0000000000", "XABC123X0ABC123X0", "ZZZZZZZZZZ"] {
            #expect(fleet.index(ofSerial: nonsense) == nil)
        }
    }

    @Test func serialNumbersLookLikeApples() {
        let serials = Self.devices.map(\.serial)
        #expect(serials.allSatisfy { $0.wholeMatch(of: /[0-9A-HJ-NP-Z]{10,12}/) != nil })
        #expect(Set(serials.map(\.count)) == [10, 11, 12])
        #expect(serials.contains { $0.wholeMatch(of: /\d\dE\d{7}/) != nil })
    }

    @Test func everyFamilyIsThere() {
        let families = Set(values("productFamily"))
        #expect(families.isSuperset(of: ["iPhone", "iPad", "Mac", "AppleTV", "Watch", "Vision"]))
        #expect(families.count > 6, "a few unknown words as well")
    }

    @Test func mostIMEIsAreRightAndAFewAreNot() {
        let imeis = values("imei")
        let right = imeis.filter { $0.wholeMatch(of: /[0-9]{15}/) != nil && luhn($0) }
        #expect(imeis.count > 4000)
        #expect(Double(right.count) / Double(imeis.count) > 0.9)
        #expect(right.count < imeis.count)
        #expect(Self.devices.filter { $0.texts("imei").count == 2 }.count > 1000)
    }

    @Test func mostEIDsAreRightAndAFewAreNot() {
        let eids = values("eid")
        let right = eids.filter { $0.wholeMatch(of: /89049032[0-9]{24}/) != nil && modulo97($0) == 1 }
        #expect(eids.count > 2000)
        #expect(Double(right.count) / Double(eids.count) > 0.9)
        #expect(right.count < eids.count)
        #expect(eids.contains { $0.hasSuffix("00000000000000000") })
    }

    @Test func mostAddressesAreInOneStyleAndAFewAreNot() {
        let addresses = values("wifiMacAddress") + values("bluetoothMacAddress") + values("ethernetMacAddress")
        let usual = addresses.filter { $0.wholeMatch(of: /([0-9A-F]{2}:){5}[0-9A-F]{2}/) != nil }
        #expect(Double(usual.count) / Double(addresses.count) > 0.9)
        for odd in ["-", "."] {
            #expect(addresses.contains { $0.contains(odd) })
        }
        #expect(addresses.contains { $0.hasPrefix("01:") })
    }

    @Test func textIsAwkward() {
        let texts = values("orderNumber") + values("deviceModel") + values("color")
        for awkward in ["\"", ",", "\n", "\t", "\u{2028}", "\u{0}", "\\.", "📱", "طلب", "u\u{308}", "\u{FC}"] {
            let bytes = Array(awkward.utf8)
            #expect(texts.contains { Array($0.utf8).contains(bytes) }, "\(awkward)")
        }
        for start in ["=", "-", "+", "@", " "] {
            #expect(texts.contains { $0.hasPrefix(start) }, "\(start)")
        }
        #expect(texts.contains(""))
        #expect(texts.contains { $0.count > 200 })
        #expect(values("purchaseSourceId").contains { $0.hasPrefix("-") })
    }

    @Test func aFewDevicesHaveUnknownAttributesOrUnexpectedTypes() {
        let known = Set(Self.devices[0].attributes.map(\.name))
        let names = Self.devices.flatMap { $0.attributes.map(\.name) }
        for name in ["assetTag", "labels", "location", "reservedForFutureUse", "purchaseSourceUid"] {
            #expect(!known.contains(name))
            #expect(names.contains(name), "\(name)")
        }
        #expect(Self.devices.contains { $0.text("imei") != nil }, "a scalar where a list is expected")
        #expect(Self.devices.contains { if case .array = $0.value("wifiMacAddress") { true } else { false } })
        #expect(Self.devices.contains { if case .number = $0.value("deviceCapacity") { true } else { false } })
    }

    @Test func documentedShapesHaveNoUnexpectedTypes() throws {
        let switches = try SandboxSwitches(parsing: ["shapes=documented"])
        let devices = Fleet(devices: 8000, seed: 3, switches: switches).all
        #expect(devices.allSatisfy { $0.text("imei") == nil && $0.text("ethernetMacAddress") == nil })
        let families = Set(devices.compactMap { $0.text("productFamily") })
        #expect(families.count == 6)
        #expect(devices.allSatisfy { $0.text("serialNumber") == $0.serial })
    }

    @Test func whatADeviceDoesNotHaveIsLeftOutOrNull() throws {
        #expect(Self.devices.contains { $0.value("imei") == nil })
        let switches = try SandboxSwitches(parsing: ["absent=null", "shapes=documented"])
        let devices = Fleet(devices: 200, seed: 3, switches: switches).all
        #expect(devices.allSatisfy { $0.value("imei") != nil && $0.value("eid") != nil })
        #expect(devices.contains { $0.value("imei") == .null })
    }

    @Test func formsOfTheWireFollowTheirSwitches() throws {
        let switches = try SandboxSwitches(parsing: ["ethernet=string", "purchase-source=uid", "shapes=documented"])
        let devices = Fleet(devices: 500, seed: 3, switches: switches).all
        #expect(devices.contains { $0.text("ethernetMacAddress") != nil })
        #expect(devices.contains { $0.text("purchaseSourceUid") != nil })
        #expect(devices.allSatisfy { $0.value("purchaseSourceId") == nil })
    }

    @Test func coverageHasEveryKindOfRecord() {
        let fleet = Fleet(devices: 3000, seed: 3)
        let records = (0..<fleet.count).map(fleet.coverage(of:))
        #expect(Set(records.map(\.count)) == [0, 1, 2, 3])
        let all = records.flatMap(\.self).map { JSON($0.attributes) }
        let statuses = Set(all.compactMap { $0["status"]?.text })
        #expect(statuses.isSuperset(of: ["ACTIVE", "INACTIVE"]))
        let payments = Set(all.compactMap { $0["paymentType"]?.text })
        #expect(payments.isSuperset(of: ["NONE", "SUBSCRIPTION", "PAID_UP_FRONT", "ABE_SUBSCRIPTION", "PAID"]))
        #expect(all.contains { $0["isCanceled"] == .boolean(true) && $0["contractCancelDateTime"]?.text != nil })
        #expect(all.contains { $0["isCanceled"] == .boolean(true) && $0["contractCancelDateTime"] == .null })
        #expect(all.contains { $0["endDateTime"] == .null })
        for index in 0..<200 {
            let ids = fleet.coverage(of: index).map(\.id)
            let serial = fleet.serial(at: index)
            #expect(ids.isEmpty || ids.count == Set(ids).count)
            #expect(ids.allSatisfy { $0 == serial || $0 == "abe-\(serial)" || !$0.contains(serial) })
        }
    }

    private func luhn(_ digits: String) -> Bool {
        let sum = digits.reversed().enumerated().reduce(0) { sum, next in
            let digit = (next.element.wholeNumberValue ?? 0) * (next.offset % 2 == 0 ? 1 : 2)
            return sum + digit / 10 + digit % 10
        }
        return sum % 10 == 0
    }

    private func modulo97(_ digits: String) -> Int {
        digits.reduce(0) { ($0 * 10 + ($1.wholeNumberValue ?? 0)) % 97 }
    }
}
