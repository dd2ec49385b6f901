import Testing

/// What goes into a case, and what comes out.
@Suite struct CaseTests {
    private let file = CaseFile()

    @Test func devicesGoThroughTheTransformsOfTheLoad() async throws {
        #expect(
            try await file.differences(
                """
                devices: [{ serialNumber: C1, imei: [" 356938035643809"], deviceCapacity: 64GB, orderDateTime: 2025-09-20T10:00:00Z }],
                expect: [{ serial_number: C1, imei1: 356938035643809, imeis: [356938035643809], capacity_bytes: 64000000000,
                  ordered_at: 2025-09-20T10:00:00.000Z, eid: null, meids: , color: ~ }], rejects: []
                """
            ) == []
        )
    }

    @Test func serversCoverageAndActivationLockBelongToADevice() async throws {
        #expect(
            try await file.differences(
                """
                devices: [{ serialNumber: C1, server_name: Jamf, server_type: MDM, activation_lock: { isLocked: true, lockType: MDM },
                  coverage: [{ description: AppleCare+, status: ACTIVE, endDateTime: 2027-09-20T00:00:00Z }] },
                  { serialNumber: C2, coverage: [], server_name: Jamf }, { serialNumber: C3 }],
                expect: [{ server_id: Jamf, server_name: Jamf, server_type: MDM, coverage_state: covered, coverage_count: 1,
                  coverage_end: 2027-09-20, activation_lock_state: locked, activation_lock_type: mdm },
                  { server_name: Jamf, coverage_state: none }, { server_name: null, coverage_state: unknown, activation_lock_state: unknown }]
                """
            ) == []
        )
    }

    @Test func identifiersNeedNoQuotesAndKeepTheirZeros() async throws {
        var raw = file
        raw.transform = "[]"
        #expect(
            try await raw.differences(
                """
                devices: [{ serialNumber: 00123, meid: [00990001], orderNumber: 1e5, isMdmMigrationCapable: true, extra: { new: 5, x: "5" } }],
                expect: [{ serial_number: 00123, meids: ["00990001"], order_number: 1e5, is_mdm_migration_capable: yes,
                  extra: { x: "5", new: 5.0 } }]
                """
            ) == []
        )
    }

    @Test func theDateOfACaseDecidesWhatIsCovered() async throws {
        let device =
            "devices: [{ serialNumber: C1, coverage: [{ status: ACTIVE, endDateTime: 2026-03-01T00:00:00Z }] }]"
        #expect(try await file.differences("\(device), expect: [{ coverage_active: true }]") == [])
        #expect(try await file.differences("\(device), at: 2026-04-01, expect: [{ coverage_active: false }]") == [])
        #expect(
            try await file.differences("\(device), at: 2026-04-01, expect: [{ first_seen_at: 2026-04-01 }]") == []
        )
    }

    @Test func rowsThatAStageFiltersAreNotThere() async throws {
        var some = file
        some.transform = "[where: color = 'RED']"
        let devices = "devices: [{ serialNumber: C1, color: BLUE }, { serialNumber: C2, color: RED }]"
        #expect(try await some.differences("\(devices), expect: [{ serial_number: C2 }]") == [])
        #expect(try await some.differences("\(devices), expect: []") == ["a row is not expected: \(Self.second)"])
    }

    private static let second =
        "serial_number: C2, color: RED, first_seen_at: 2026-01-01T00:00:00.000Z, coverage_state: unknown, coverage_error: not asked yet, activation_lock_state: unknown"

    @Test func everyDifferenceIsNamed() async throws {
        let devices = "devices: [{ serialNumber: C1, color: RED }, { serialNumber: C2, imei: [356938035643800] }]"
        #expect(
            try await file.differences(
                """
                \(devices), expect: [{ serial_number: C2, color: BLUE }, { serial_number: C1, color: RED }, { serial_number: C3 }],
                rejects: [{ column: imeis, code: length }, { column: eid }]
                """
            ) == [
                "row 1, color: expected 'BLUE', got nothing", "row 3 is missing: serial_number: C3",
                "row 2 comes before row 1",
                "reject 1, code: expected 'length', got 'checksum'", "reject 2 is missing: column: eid",
            ]
        )
    }

    @Test func exactRowsHaveNoOtherValues() async throws {
        var short = file
        short.load = "[{ csv: { file: out/devices.csv, columns: [serial_number, color] } }]"
        let device = "devices: [{ serialNumber: C1, color: RED }]"
        #expect(try await short.differences("\(device), expect: [{ serial_number: C1 }]") == [])
        #expect(
            try await short.differences("\(device), exact: true, expect: [{ serial_number: C1 }]")
                == ["row 1, color: expected nothing, got 'RED'"]
        )
    }

    @Test func textThatIsEmptyIsNotNothing() async throws {
        var made = file
        made.load = "[{ csv: { file: a.csv, transform: [{ select: { Empty: \"''\", Null: 'NULL' } }] } }]"
        #expect(
            try await made.differences("devices: [{ serialNumber: C1 }], expect: [{ Empty: '', Null: null }]") == []
        )
        #expect(
            try await made.differences("devices: [{ serialNumber: C1 }], expect: [{ Empty: null, Null: '' }]")
                == ["row 1, Empty: expected nothing, got ''", "row 1, Null: expected '', got nothing"]
        )
    }

    @Test func aRowThatStopsTheTransformsIsADifference() async throws {
        var failing = file
        failing.transform = "[compute: { n: \"abs(CAST('-9223372036854775808' AS INTEGER))\" }]"
        let differences = try await failing.differences("devices: [{ serialNumber: C1 }], expect: []")
        #expect(differences.count == 1 && differences[0].contains("C1"), "\(differences)")
    }

    @Test func otherDatasetsOfTheDevicesCanBeExpected() async throws {
        var several = file
        several.load = """
            [{ csv: { file: coverage.csv, from: coverage } }, { csv: { file: servers.csv, from: servers } },
              { csv: { file: rejects.csv, from: rejects } }, { csv: { file: devices.csv } }]
            """
        let devices = "devices: [{ serialNumber: C1, server_name: Jamf, imei: [1], coverage: [{ description: Plan }] }]"
        #expect(try await several.differences("\(devices), expect: [{ serial_number: C1, description: Plan }]") == [])
        #expect(
            try await several.differences("\(devices), load: servers.csv, expect: [{ server_name: Jamf }]") == []
        )
        #expect(
            try await several.differences("\(devices), load: rejects.csv, expect: [{ column: imeis, value: 1 }]") == []
        )
    }
}
