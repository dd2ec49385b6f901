/// The changes that evolution did not cause, in order of time. Those of one activity have the same epoch.
struct Ledger: Sendable {
    private(set) var changes: [(epoch: Int, change: DeviceChange)] = []
    /// When each epoch happened.
    private(set) var epochs: [Moment] = []
    /// Later epochs are hidden, for lists that lag.
    var shown: Int?
    private var places: [Int: [Int]] = [:]

    var isEmpty: Bool { changes.isEmpty }

    /// The shown changes of a device.
    func changes(of index: Int) -> [DeviceChange] {
        guard !isEmpty, let places = places[index] else { return [] }
        return places.map { changes[$0] }.filter { $0.epoch < shown ?? .max }.map(\.change)
    }

    mutating func add(_ added: [DeviceChange], at time: Moment) {
        for change in added {
            places[change.index, default: []].append(changes.count)
            changes.append((epochs.count, change))
        }
        epochs.append(time)
    }
}
