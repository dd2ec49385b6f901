import Testing

@testable import Notify

@Suite struct DeviceIdentifiersTests {
    @Test(arguments: [
        ("Key (serial_number)=(C02XK1ABJGH5) exists", "Key (serial_number)=(‹device›) exists"),
        ("imei 353879234567893, eid 89049032005008882600033489012345", "imei ‹device›, eid ‹device›"),
        ("XKQTWRPYHN was refused", "‹device› was refused"),
        ("mac AC:BC:32:01:02:0f or ac-bc-32-01-02-0F", "mac ‹device› or ‹device›"),
    ])
    func whatTellsDevicesApartIsNotTold(_ test: (text: String, told: String)) {
        #expect(test.text.withoutDeviceIdentifiers == test.told)
    }

    @Test(arguments: [
        "12345678 rows of AXPORT_CLIENT_ID2",
        "run 20261129T021500Z-k3x of UNASSIGNED devices at 2026-11-29T02:15:00.000Z",
        "/srv/out/devices.csv: No space left (ENOSPC)", "SQLSTATE 23505 on 127.0.0.1:5432 with HTTP 503",
        "client BUSINESSAPI.9703f56c-10ce-4876-8f59-e78e5e23a152",
    ])
    func causesAndCountsStay(_ text: String) { #expect(text.withoutDeviceIdentifiers == text) }
}
