import ArgumentParser

/// How much is said on stderr.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case info
    /// Also what the library that speaks HTTP says of transfers that fail.
    case debug
}
