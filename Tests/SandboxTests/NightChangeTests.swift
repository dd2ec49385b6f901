import Foundation
import Sandbox
import Testing

/// The sandbox's own record of what it did.
@Suite struct NightChangeTests {
    @Test func theRecordLeadsFromTheFirstNightToTheLast() async throws {
        let first = Fleet(devices: 300, seed: 3, night: 1)
        let last = first.onNight(6)
        var isListed = Dictionary(uniqueKeysWithValues: first.all.map { ($0.serial, $0.isListed) })
        let changes = last.changes
        #expect(Set(changes.map(\.what)).count == 7)
        for change in changes.sorted(by: { $0.night < $1.night }) {
            switch change.what {
            case .added: #expect(isListed.updateValue(true, forKey: change.serial) == nil)
            case .returned: #expect(isListed.updateValue(true, forKey: change.serial) == false)
            case .released, .vanished: #expect(isListed.updateValue(false, forKey: change.serial) == true)
            case .moved: #expect(isListed[change.serial] == true && change.from != change.to)
            case .edited, .covered: #expect(isListed[change.serial] == true)
            }
        }
        for device in last.all { #expect((isListed[device.serial] ?? false) == device.isListed, "\(device.serial)") }
        #expect(first.changes.isEmpty)
    }
}
