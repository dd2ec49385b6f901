import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The commands that follow `axport init`.
struct NextSteps {
    /// Whether the file has rules in place of loads.
    let assigns: Bool
    /// The pipeline file, as the user names it.
    let file: String
    /// The file with its secret variables, if one was written.
    let variablesFile: String?
    /// Variables that the file needs and that are not set here.
    let unset: [String]

    var text: String {
        var lines = ["Written: \(file)" + (variablesFile.map { ", and \($0) with the password (mode 600)" } ?? "")]
        if !unset.isEmpty {
            let noun = unset.count == 1 ? "variable" : "variables"
            lines.append("It needs the \(noun) \(unset.joined(separator: ", ")).")
        }
        return (lines + ["Next:"] + commands.map { "  \($0)" }).joined(separator: "\n")
    }

    var commands: [String] {
        let word = file.hasPrefix("-") ? "./\(file)".asShellWord : file.asShellWord
        let load = variablesFile.map { ["set -a; . \(($0.contains("/") ? $0 : "./\($0)").asShellWord); set +a"] } ?? []
        let work =
            assigns
            ? ["axport assign plan \(word)"]
            : ["axport run \(word)", "axport init --schedule \(Self.scheduler.rawValue) \(word)"]
        return load + ["axport doctor \(word)", "axport check \(word)"] + work
    }

    private static var scheduler: ScheduleKind {
        #if os(macOS)
            .launchd
        #else
            FileManager.default.fileExists(atPath: "/run/systemd/system") ? .systemd : .cron
        #endif
    }
}
