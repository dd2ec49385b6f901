/// How activities behave where Apple's documents are silent or reports disagree, and how long they take.
package struct ActivitySwitches: Sendable, Hashable {
    package enum UnknownSerial: String, Sendable, CaseIterable {
        case silent, log
        case refused = "409"
    }
    package enum SameServer: String, Sendable, CaseIterable { case error, success }
    package enum UnassignWithoutServer: String, Sendable, CaseIterable {
        case refused = "409"
        case accepted
    }
    package enum States: String, Sendable, CaseIterable { case every, some }
    package enum End: String, Sendable, CaseIterable {
        case usual, error
        case withoutLog = "post-processing-failed"
        case stopped, failed
        case failedWithoutLog = "failed-without-log"

        /// Whether the activity ends before its last devices.
        var isEarly: Bool { ![.usual, .withoutLog].contains(self) }
    }
    package enum Log: String, Sendable, CaseIterable { case all, failures, odd, none }
    package enum NewDevices: String, Sendable, CaseIterable {
        case spread
        case atDefault = "default"
        case unassigned
    }
    package enum Configurator: String, Sendable, CaseIterable { case settled, provisional }
    package enum Released: String, Sendable, CaseIterable { case unlisted, listed }
    package enum SerialFilter: String, Sendable, CaseIterable { case on, off }
    package enum MigrationAttributes: String, Sendable, CaseIterable {
        case all
        case noDeadline = "no-deadline"
        case hidden
    }
    package enum Lag: Sendable, Hashable {
        case seconds(Double)
        /// Each resource shows the old state for this many reads.
        case reads(Int)
    }

    package var unknown = UnknownSerial.silent
    package var same = SameServer.error
    package var unassign = UnassignWithoutServer.refused
    package var states = States.every
    package var end = End.usual
    package var log = Log.all
    package var newDevices = NewDevices.spread
    package var configurator = Configurator.settled
    package var released = Released.unlisted
    package var filter = SerialFilter.on
    package var migration = MigrationAttributes.all
    /// How long lists and devices show the state before an activity.
    package var lag = Lag.seconds(0)
    /// Seconds of the state PENDING.
    package var pending = 1.0
    /// Seconds from an activity's end until its log is there.
    package var logAfter = 0.0
    /// Seconds until the link to a log expires.
    package var link = 300.0
    /// Seconds from a change until the audit log has it.
    package var auditAfter = 0.0
    /// The largest number of devices of an activity; nil for no limit.
    package var most: Int?
    /// Nil for no limit.
    package var posts: PostLimit?
    /// How fast the organization's clock runs; 0 stops it.
    package var speed = 1.0

    package init() {}
}

/// So many POSTs at once, and so many in a time.
package struct PostLimit: Sendable, Hashable {
    package let count: Int
    package let seconds: Double

    package init(_ count: Int, inSeconds seconds: Double) {
        self.count = count
        self.seconds = seconds
    }
}
