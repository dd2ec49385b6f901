import ArgumentParser

/// How much is printed on stderr.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case info
    /// Includes libcurl's messages about failed transfers.
    case debug
}
