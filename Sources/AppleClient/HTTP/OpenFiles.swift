import Records

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// How many files this process may have open at once.
enum OpenFiles {
    static var limit: String {
        var limits = rlimit()
        #if canImport(Glibc)
            let result = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        #else
            let result = getrlimit(RLIMIT_NOFILE, &limits)
        #endif
        return result == 0 ? "\(limits.rlim_cur)" : "unknown"
    }

    static let cause = "too many open files: the limit (ulimit -n) is \(limit)"
    static let advice = "raise it with `ulimit -n 1024`, or with LimitNOFILE=1024 in a systemd unit"

    static var failure: Failure { Failure(.destinationFailed, cause, advice: advice) }
}
