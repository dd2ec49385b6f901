/// How long a request may take, in seconds.
package struct Timeouts: Sendable {
    let connect: Double
    /// Without a byte for so long, an answer counts as stalled.
    let idle: Double
    let total: Double

    package init(connect: Double = 10, idle: Double = 20, total: Double = 120) {
        self.connect = connect
        self.idle = idle
        self.total = total
    }
}
