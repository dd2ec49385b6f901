#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many files the process may open: often far fewer than the system allows.
package enum DescriptorLimit {
    /// Descriptors that a run needs (with some loads and eight connections), and that the whole process needs.
    private static let needed = (own: 40, all: 64)
    private static let usual: rlim_t = 1024

    /// Raises a lower limit to the usual one.
    package static func raiseToUsual() {
        guard let limit = current, limit.rlim_cur < usual else { return }
        set(min(usual, limit.rlim_max))
    }

    /// Raises the limit as far as possible. If that fails, opening a file fails later.
    package static func raise() {
        guard let limit = current else { return }
        #if canImport(Darwin)
            set(min(limit.rlim_max, rlim_t(OPEN_MAX)))
        #else
            set(limit.rlim_max)
        #endif
    }

    /// How many runs may go on side by side: as many as are wanted, if their files and connections can be open at once.
    /// Raises the limit for them, if that is permitted.
    package static func room(forRuns wanted: Int) -> Int {
        let others = needed.all - needed.own
        set(min(rlim_t(others + wanted * needed.own), current?.rlim_max ?? 0))
        guard let limit = current?.rlim_cur, limit < rlim_t(Int32.max) else { return wanted }
        return max(1, min(wanted, (Int(limit) - others) / needed.own))
    }

    /// Refuses to start a run that could not finish: without a descriptor, a library may hang or end the process.
    package static func require() throws(Failure) {
        guard let limit = current?.rlim_cur, limit < usual else { return }
        let open = (0..<Int32(limit)).count { fcntl($0, F_GETFD) >= 0 }
        let needed = max(needed.all, open + needed.own)
        guard Int(limit) < needed else { return }
        throw Failure(
            .destinationFailed,
            "only \(limit) files may be open at once, and axport needs \(needed)",
            advice: "raise the limit with `ulimit -n 1024`, or with LimitNOFILE=1024 in a systemd unit"
        )
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif

    private static var current: rlimit? {
        var limit = rlimit()
        return getrlimit(resource, &limit) == 0 ? limit : nil
    }

    private static func set(_ count: rlim_t) {
        guard var limit = current, limit.rlim_cur < count else { return }
        limit.rlim_cur = count
        _ = setrlimit(resource, &limit)
    }
}
