import Stages
import Testing

@testable import Inventory

@Suite struct NewDevicesTests {
    private func page(_ number: Int64, of count: Int64 = 1000) -> [DeviceKey] {
        (0..<count).map { DeviceKey(id: number * count + $0, serial: "C\(number)X\($0)") }
    }

    /// At the end of each visit, connections have nothing to do.
    @Test func whatArrivesDuringAVisitComesTogether() async {
        let found = NewDevices()
        var visits: [[DeviceKey]] = []
        found.found(page(0))
        await found.receive { devices in
            visits.append(devices)
            guard visits.count == 1 else { return }
            for number in 1..<4 { found.found(page(Int64(number))) }
            found.end()
        }
        #expect(visits.map(\.count) == [1000, 3000])
        #expect(visits.joined().map(\.id) == Array(0..<4000))
    }

    @Test func aVisitIsOfABoundedNumber() async {
        let found = NewDevices()
        for number in 0..<9 { found.found(page(Int64(number))) }
        found.end()
        var visits: [[DeviceKey]] = []
        await found.receive { visits.append($0) }
        #expect(visits.map(\.count) == [4096, 4096, 808])
        #expect(visits.joined().map(\.id) == Array(0..<9000))
    }

    @Test func noDeviceMakesNoVisit() async {
        let found = NewDevices()
        found.found([])
        found.end()
        await found.receive { Issue.record("visited with \($0.count) devices") }
    }
}
