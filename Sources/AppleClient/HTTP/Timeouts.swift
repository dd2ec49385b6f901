/// How long a request may take, in seconds.
package struct Timeouts: Sendable {
    let connect: Double
    /// An answer counts as stalled after this many seconds without a byte.
    let idle: Double
    let total: Double

    package init(connect: Double = 10, idle: Double = 20, total: Double = 120) {
        self.connect = connect
        self.idle = idle
        self.total = total
    }
}
