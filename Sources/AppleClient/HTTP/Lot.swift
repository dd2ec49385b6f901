/// Requests that were sent as one group: their undelivered answers, and when to wake the receiver.
///
/// Belongs to the loop's thread.
final class Lot {
    let mailbox: Mailbox
    let outbox: Outbox
    /// The number of requests without an answer, sent or not.
    var open = 0
    var alarm: ContinuousClock.Instant?
    private var arrivals: [Arrival] = []
    private var isUrgent = false
    private(set) var gatheringSince: ContinuousClock.Instant?

    /// Delivering answers one or two at a time would double their cost.
    private static let most = 128

    init(_ mailbox: Mailbox, in outbox: Outbox) {
        self.mailbox = mailbox
        self.outbox = outbox
    }

    /// How long answers are collected before delivery. Longer while many requests wait, because nothing waits for those
    /// answers. Slow ones are delivered at once: a run that is killed loses what it has collected, and delivering a few
    /// costs little.
    var gathering: Duration { outbox.rate.isFast ? .milliseconds(open > 2 * outbox.window ? 20 : 5) : .zero }

    /// Whether every answer is delivered and no alarm is set.
    var isOver: Bool { open == 0 && arrivals.isEmpty && alarm == nil }

    func add(_ arrival: Arrival, at now: ContinuousClock.Instant) {
        open -= 1
        arrivals.append(arrival)
        if gatheringSince == nil { gatheringSince = now }
        outbox.rate.count(at: now)
    }

    /// Delivers the collected answers at once.
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
