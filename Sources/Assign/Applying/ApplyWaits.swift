import Records

/// How long `apply` watches what it has sent, in seconds.
package struct ApplyWaits: Sendable {
    /// Until the end of an activity.
    var activity: Double
    /// Until Apple's lists show what an ended activity did.
    var lists: Double
    /// After that time since the intent, a device that has not landed is `not_landed`.
    package var settling: Double

    package init(activity: Double, lists: Double, settling: Double) {
        self.activity = activity
        self.lists = lists
        self.settling = settling
    }

    /// The waits before looks at an activity; the last one repeats.
    static let activitySteps = [2.0, 3, 5, 8, 10]
    /// The waits before looks at the lists.
    static let listSteps = [0.0, 5, 15, 30, 60]

    /// The waits of a time, each at most a tenth of it.
    static func steps(_ steps: [Double], within total: Double) -> [Double] {
        if total <= 0 { return [0] }
        var waits: [Double] = []
        var spent = 0.0
        while spent < total, waits.count < 1000 {
            let step = min(steps[min(waits.count, steps.count - 1)], max(total / 10, 0.05), total - spent)
            waits.append(step)
            // A wait of nothing happens once.
            spent += step > 0 ? step : 0
            if step <= 0, waits.count >= steps.count { break }
        }
        return waits
    }
}
