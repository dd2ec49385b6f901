/// One source's requests in the loop: the waiting ones, and the number in flight.
///
/// Belongs to the loop's thread.
final class Outbox {
    let sender: Sender
    private let sockets: OpenSockets
    /// How many requests may be in flight at once.
    var window = 1
    var active = 0
    /// Of all its lots: a new lot is as fast as the one before.
    var rate = AnswerRate()
    /// Reusable handles, which keep their connections' settings.
    private var idle: [Transfer] = []
    private var waiting = Lane()
    /// Requests that let the others go first.
    private var early = Lane()

    typealias Entry = (job: Job, lot: Lot)

    init(_ sender: Sender, _ sockets: OpenSockets) { (self.sender, self.sockets) = (sender, sockets) }

    func add(_ job: Job, of lot: Lot, givesWay: Bool) {
        if givesWay { early.add((job, lot)) } else { waiting.add((job, lot)) }
    }

    /// The next request that may start.
    func next() -> Entry? { active < window ? waiting.next() ?? early.next() : nil }

    /// Removes and returns the waiting requests that match.
    func take(where isMeant: (Lot) -> Bool = { _ in true }) -> [Entry] {
        waiting.take(where: isMeant) + early.take(where: isMeant)
    }

    /// Nil if memory is short.
    func transfer() -> Transfer? { idle.popLast() ?? Transfer(sender.settings, sockets) }

    func keep(_ transfer: Transfer) { idle.append(transfer) }

    /// A first-in, first-out queue.
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
