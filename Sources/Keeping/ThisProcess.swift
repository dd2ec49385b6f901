#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// This process, for people on other machines.
package enum ThisProcess {
    package static let name: String = {
        var host = [CChar](repeating: 0, count: 256)
        let found = gethostname(&host, host.count - 1) == 0
        let name =
            found ? String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "a machine"
        return "process \(getpid()) on \(name)"
    }()
}
