#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many files the process may have open: often far fewer than the system allows.
package enum DescriptorLimit {
    /// What a run has open at once, with some loads and eight connections, and what a process has that is to run well.
    private static let needed = (own: 40, all: 64)
    private static let usual: rlim_t = 1024

    /// Asks for as many as are usual, where there are fewer.
    package static func raiseToUsual() {
        guard let limit = current, limit.rlim_cur < usual else { return }
        set(min(usual, limit.rlim_max))
    }

    /// Asks for as many as are to be had. A refusal shows when a file cannot be opened.
    package static func raise() {
        guard let limit = current else { return }
        #if canImport(Darwin)
            set(min(limit.rlim_max, rlim_t(OPEN_MAX)))
        #else
            set(limit.rlim_max)
        #endif
    }

    /// Refuses to begin what could not be ended: a library that gets no descriptor may wait for ever, or end the process.
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
