import Records
import Testing

@Suite struct AttributeReaderTests {
    private func attributes(_ fixtureName: String) throws -> [UInt8] {
        try #require(ResourceDocument(fixture(fixtureName)).resources.first).attributes
    }

    @Test func appleSampleIsReadWhole() throws {
        let row = try ReadRow(attributes("doc_orgdevices_page"))
        #expect(row["serial_number"] == "XABC123X0ABC123X0")
        #expect(row["added_to_org_at"] == "2025-04-30T22:05:14.192Z")
        #expect(row["ordered_at"] == "2011-08-15T07:00:00.000Z")
        #expect(row["device_model"] == "iMac 21.5\"")
        #expect(row["product_type"] == "iMac16,2")
        #expect(row["imeis"] == #"["123456789012345","123456789012346"]"#)
        #expect(row["meids"] == #"["12345678901237"]"#)
        #expect(row["eid"] == "89049037640158663184237812557346")
        #expect(row["purchase_source_id"] == "-2085650007946880")
        #expect(row["extra"] == nil)
        #expect(row.refused.isEmpty)
    }

    @Test func everyAttributeOfASampleHasItsColumn() throws {
        let device = try ResourceDocument(Array("{\"data\": ".utf8) + fixture("observed_orgdevice_reseller") + [0x7D])
        let row = try ReadRow(try #require(device.resources.first).attributes)
        #expect(row["wifi_mac_address"] == "AA:BB:CC:00:00:01")
        #expect(row["purchase_source_id"] == "395E9D0")
        #expect(row["extra"] == nil)

        let server = try ResourceDocument(Array("{\"data\": ".utf8) + fixture("observed_mdmserver") + [0x7D])
        let read = try ReadRow(try #require(server.resources.first).attributes, schema: .servers)
        #expect(read["device_count"] == "153")
        #expect(read["default_product_families"] == #"["MAC"]"#)
        #expect(read["extra"] == #"{"enableMdmDisownFlag":false}"#)
    }

    @Test func booleansAndMomentsAreRead() throws {
        let row = try ReadRow(
            #"{"isMdmMigrationCapable": true, "mdmMigrationDeadlineDateTime": "2026-10-01T00:00:00Z"}"#.utf8
        )
        #expect(row.cell("is_mdm_migration_capable") == .boolean(true))
        #expect(row["mdm_migration_deadline_at"] == "2026-10-01T00:00:00.000Z")
    }

    @Test func oneValueWhereAListBelongsIsAListOfOne() throws {
        let row = try ReadRow(#"{"imei": "352099001761481", "ethernetMacAddress": "AA:BB:CC:00:00:03"}"#.utf8)
        #expect(row["imeis"] == #"["352099001761481"]"#)
        #expect(row["ethernet_mac_addresses"] == #"["AA:BB:CC:00:00:03"]"#)
    }

    @Test func aListWhereOneValueBelongsGivesItsOnlyOne() throws {
        let row = try ReadRow(#"{"wifiMacAddress": ["AA:BB:CC:00:00:01"], "eid": [], "color": [null]}"#.utf8)
        #expect(row["wifi_mac_address"] == "AA:BB:CC:00:00:01")
        #expect(row.cell("eid") == .null)
        #expect(row.cell("color") == .null)
        #expect(row.refused.isEmpty)
    }

    @Test func ofSeveralValuesNoneIsTakenAndAllAreReported() throws {
        let row = try ReadRow(#"{"eid": ["1", "2"]}"#.utf8)
        #expect(row.cell("eid") == .null)
        #expect(row.refused == [#"eid multiple_values ["1", "2"]"#])
    }

    @Test func listsKeepWhatTheyHoldForTheNormalizer() throws {
        let row = try ReadRow(
            #"{"imei": ["1", 352099001761481, null, "a\"b", true, ""], "meid": null, "color": null}"#.utf8
        )
        #expect(row["imeis"] == #"["1",352099001761481,"a\"b",true,""]"#)
        #expect(row.cell("meids") == .null)
        #expect(try ReadRow(#"{"imei": ""}"#.utf8)["imeis"] == "[]")
    }

    @Test func otherNamesOfAnAttributeAreRead() throws {
        let row = try ReadRow(#"{"builtInEthernetMacAddress": ["AA:BB:CC:00:00:03"], "purchaseSourceUid": "-1"}"#.utf8)
        #expect(row["ethernet_mac_addresses"] == #"["AA:BB:CC:00:00:03"]"#)
        #expect(row["purchase_source_id"] == "-1")
        #expect(row["extra"] == nil)
    }

    @Test(arguments: [
        #"{"purchaseSourceId": "-1", "purchaseSourceUid": null, "ethernetMacAddress": ["A"], "builtInEthernetMacAddress": null}"#,
        #"{"purchaseSourceUid": "", "purchaseSourceId": "-1", "builtInEthernetMacAddress": [], "ethernetMacAddress": "A"}"#,
    ])
    func anEmptyOtherNameDoesNotEraseAValue(_ json: String) throws {
        let row = try ReadRow(json.utf8)
        #expect(row["purchase_source_id"] == "-1")
        #expect(row["ethernet_mac_addresses"] == #"["A"]"#)
        #expect(row["extra"] == nil)
    }

    @Test func aSecondValueForAColumnIsNotLost() throws {
        let row = try ReadRow(#"{"purchaseSourceId": "-1", "purchaseSourceUid": "-2"}"#.utf8)
        #expect(row["purchase_source_id"] == "-1")
        #expect(row["extra"] == #"{"purchaseSourceUid":"-2"}"#)
    }

    @Test func unknownAttributesAreKept() throws {
        let row = try ReadRow(
            #"{"color": "RED", "a\"b": "\u2028", "list": [1, {"x": "é"}], "n": null, "f": 1.50}"#.utf8
        )
        #expect(row["extra"] == #"{"a\"b":"\u2028","list":[1, {"x": "é"}],"n":null,"f":1.50}"#)
        #expect(row["color"] == "RED")
    }

    @Test func aNumberIsNoIdentifier() throws {
        let row = try ReadRow(
            #"{"eid": 89049037640158663184237812557346, "orderNumber": 12, "deviceCapacity": 64}"#.utf8
        )
        #expect(row.cell("eid") == .null)
        #expect(row.cell("order_number") == .null)
        #expect(row.refused == ["eid type 89049037640158663184237812557346", "order_number type 12"])
        // No code, but a size that came without its quotes.
        #expect(row["device_capacity"] == "64")
    }

    @Test(arguments: [#""""#, #"" ""#, #""\u00a0\t\u200b""#, "null"]) func blankTextIsNone(_ value: String) throws {
        let row = try ReadRow(#"{"color": \#(value), "orderNumber": \#(value)}"#.utf8)
        #expect(row.cell("color") == .null)
        #expect(row.cell("order_number") == .null)
        #expect(row.refused.isEmpty)
    }

    @Test func textsAreNotTrimmed() throws {
        #expect(try ReadRow(#"{"deviceModel": " iMac "}"#.utf8)["device_model"] == " iMac ")
    }

    @Test(arguments: [
        ("color", "true", "color type true"), ("color", #"{"a": 1}"#, #"color type {"a": 1}"#),
        ("isMdmMigrationCapable", #""yes""#, "is_mdm_migration_capable type yes"),
        ("isMdmMigrationCapable", "1", "is_mdm_migration_capable type 1"),
        ("updatedDateTime", "1746050714", "updated_at type 1746050714"),
        ("updatedDateTime", #""1.6.2025""#, "updated_at format 1.6.2025"),
        ("updatedDateTime", #""2025-02-29""#, "updated_at range 2025-02-29"),
        ("updatedDateTime", #""N/A""#, "updated_at placeholder N/A"),
    ])
    func aValueThatDoesNotFitIsReportedAndTheRowKept(_ name: String, _ value: String, _ refused: String) throws {
        let row = try ReadRow(#"{"\#(name)": \#(value), "status": "ASSIGNED"}"#.utf8)
        #expect(row.refused == [refused])
        #expect(row["status"] == "ASSIGNED")
        let reject = try #require(row.rejects.first)
        #expect([reject.dataset, reject.serialNumber, reject.stage] == ["devices", "C0EXAMPLE01", "devices"])
        #expect(row.cell(reject.column) == .null)
    }

    @Test(arguments: [("153", "153"), (#""153""#, "153"), ("-1", "-1"), ("1.5", nil), ("9223372036854775808", nil)])
    func integersAreWhole(_ value: String, _ count: String?) throws {
        let row = try ReadRow(#"{"deviceCount": \#(value)}"#.utf8, schema: .servers)
        #expect(row["device_count"] == count)
        #expect(row.rejects.count == (count == nil ? 1 : 0))
    }

    @Test func theOrderOfMembersMayChangeBetweenDevices() throws {
        let reader = AttributeReader(schema: .devices, stage: "devices")
        let members = [
            #""color": "RED""#, #""status": "ASSIGNED""#, #""x": 1"#, #""eid": "89""#, #""imei": ["1"]"#,
            #""meid": ["2"]"#,
        ]
        for shift in 0..<20 {
            let order = (members[(shift % 6)...] + members[..<(shift % 6)]).prefix(shift < 10 ? 6 : 4)
            let row = try ReadRow("{\(order.joined(separator: ","))}".utf8, reader: reader)
            func expected(_ index: Int, _ value: String) -> String? { order.contains(members[index]) ? value : nil }
            #expect(row["color"] == expected(0, "RED"))
            #expect(row["status"] == expected(1, "ASSIGNED"))
            #expect(row["eid"] == expected(3, "89"))
            #expect(row["imeis"] == expected(4, #"["1"]"#))
            #expect(row["meids"] == expected(5, #"["2"]"#))
        }
    }

    @Test func emptyAttributesGiveAnEmptyRow() throws {
        let row = try ReadRow("{}".utf8)
        #expect(row.batch.columns.allSatisfy { $0 == [.null] })
    }
}
