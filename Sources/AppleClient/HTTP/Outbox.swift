/// What one source has in the loop: its requests that wait, and how many are under way.
///
/// Belongs to the loop's thread.
final class Outbox {
    let sender: Sender
    /// How many requests may be under way at once.
    var window = 1
    var active = 0
    /// Handles that can be used again, with the connections' settings in them.
    private var idle: [Transfer] = []
    private var waiting = Lane()
    /// Those that give way to the others.
    private var early = Lane()

    typealias Entry = (job: Job, lot: Lot)

    init(_ sender: Sender) { self.sender = sender }

    func add(_ job: Job, of lot: Lot, givesWay: Bool) {
        if givesWay { early.add((job, lot)) } else { waiting.add((job, lot)) }
    }

    /// The next that may start.
    func next() -> Entry? { active < window ? waiting.next() ?? early.next() : nil }

    /// What waits and is meant does so no longer.
    func take(where isMeant: (Lot) -> Bool = { _ in true }) -> [Entry] {
        waiting.take(where: isMeant) + early.take(where: isMeant)
    }

    /// Nil if there is no memory for it.
    func transfer() -> Transfer? { idle.popLast() ?? Transfer(sender.settings) }

    func keep(_ transfer: Transfer) { idle.append(transfer) }

    /// First come, first served.
    private struct Lane {
        private var entries: [Entry] = []
        private var first = 0

        mutating func add(_ entry: Entry) { entries.append(entry) }

        mutating func next() -> Entry? {
            guard first < entries.count else { return nil }
            defer {
                first += 1
                if first == entries.count {
                    entries.removeAll(keepingCapacity: true)
                    first = 0
                }
            }
            return entries[first]
        }

        mutating func take(where isMeant: (Lot) -> Bool) -> [Entry] {
            let all = entries[first...]
            entries = all.filter { !isMeant($0.lot) }
            first = 0
            return all.filter { isMeant($0.lot) }
        }
    }
}
