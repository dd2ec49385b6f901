import Inventory
import Records

/// Whether a device came, left, or returned.
struct Presence {
    private(set) var kinds: [Difference.Kind] = []
    /// Whether nothing can be compared, because there was no device before.
    private(set) var isNewToday = false
    private let times: [Difference.Kind: Timestamp]
    private let leftAt: Timestamp?

    init(_ device: DeviceHistory) {
        func last(_ kind: String) -> Timestamp? { device.changes.last { $0.kind == kind }?.time }
        let (added, returned, vanished) = (last("added"), last("returned"), last("vanished"))
        var times: [Difference.Kind: Timestamp] = [:]
        if let added { times[.came] = added }
        if let returned, added == nil, device.removedAt == nil { times[.returned] = returned }
        if let vanished, device.removedAt != nil { times[.went] = vanished }
        self.times = times
        leftAt = vanished
        isNewToday = added != nil
        kinds = Difference.Kind.allCases.filter { times[$0] != nil }
    }

    func difference(_ kind: Difference.Kind, _ device: DeviceHistory, _ draft: Draft) -> Difference {
        let time = times[kind] ?? Timestamp(seconds: 0)
        return switch kind {
        case .went:
            draft.difference(
                kind,
                draft.releasedAt.map { _ in "released_from_org_at" },
                nil,
                draft.releasedAt,
                at: time
            )
        case .returned: draft.difference(kind, leftAt.map { _ in "removed_at" }, leftAt?.description, nil, at: time)
        default: draft.difference(kind, device.service.map { _ in "server_name" }, nil, device.service, at: time)
        }
    }
}
