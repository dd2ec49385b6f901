import Records

/// Reads a Retry-After header (RFC 9110 section 10.2.3): seconds, or an HTTP date.
enum RetryAfter {
    /// Nobody waits longer; gateways send 2^64 - 1 for "never".
    private static let longest = 366.0 * 86_400

    static func seconds(_ text: String, now: Timestamp) -> Double? {
        if let seconds = Double(text), seconds >= 0 { return min(seconds, longest) }
        return HTTPDate.timestamp(text).map { date in
            min(longest, max(0, (Double(date.microseconds) - Double(now.microseconds)) / 1_000_000))
        }
    }
}

extension HTTPAnswer {
    /// How long Apple asks to wait; nil if it does not say. A date is compared with Apple's clock, because this
    /// machine's may be off. Dates are whole seconds, so a second is added without Apple's clock.
    var wait: Double? {
        let local = Timestamp(microseconds: Timestamp.now.microseconds - 1_000_000)
        return retryAfter.flatMap { RetryAfter.seconds($0, now: date ?? local) }
    }
}
