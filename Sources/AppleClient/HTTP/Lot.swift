/// Requests that were asked together: what has come of them and is not delivered, and when to ring.
///
/// Belongs to the loop's thread.
final class Lot {
    let mailbox: Mailbox
    let outbox: Outbox
    /// Those that have no answer yet, whether they were sent or not.
    var open = 0
    var alarm: ContinuousClock.Instant?
    private var arrivals: [Arrival] = []
    private var isUrgent = false
    private(set) var gatheringSince: ContinuousClock.Instant?

    /// A hand-over for every answer or two would cost as much again as the answers.
    private static let most = 128

    init(_ mailbox: Mailbox, in outbox: Outbox) {
        self.mailbox = mailbox
        self.outbox = outbox
    }

    /// How long answers are gathered. While more requests wait than may be under way, nothing waits for the answers.
    var gathering: Duration { .milliseconds(open > 2 * outbox.window ? 20 : 5) }

    /// Whether nothing can come of it any more.
    var isOver: Bool { open == 0 && arrivals.isEmpty && alarm == nil }

    func add(_ arrival: Arrival, at now: ContinuousClock.Instant) {
        open -= 1
        arrivals.append(arrival)
        if gatheringSince == nil { gatheringSince = now }
    }

    /// What has come is to be known at once.
    func hurry() { isUrgent = true }

    func deliver(at now: ContinuousClock.Instant) {
        if let alarm, alarm <= now {
            self.alarm = nil
            mailbox.ring()
            isUrgent = true
        }
        guard let since = gatheringSince,
            isUrgent || open == 0 || arrivals.count >= Self.most || now - since >= gathering
        else { return }
        mailbox.deliver(arrivals)
        arrivals = []
        gatheringSince = nil
        isUrgent = false
    }
}
