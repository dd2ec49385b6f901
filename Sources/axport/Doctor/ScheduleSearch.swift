import Programs
import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Looks for what starts a pipeline file every night, as far as this user can see it.
struct ScheduleSearch {
    /// The absolute path of the pipeline file.
    private let file: String
    /// The folder in place of `/`.
    private let root: String
    private let home: String?

    init(for file: String, root: String = "", home: String? = ProcessInfo.processInfo.environment["HOME"]) {
        self.file = file
        self.root = root
        self.home = home
    }

    var finding: Finding {
        let found = timers + cronLines + launchdJobs
        if !found.isEmpty { return .works("schedule", found.joined(separator: ", ")) }
        if ProcessInfo.processInfo.environment["KUBERNETES_SERVICE_HOST"] != nil {
            return .notAsked(["schedule"], "the schedule of a container cannot be seen from inside")
        }
        return .doubtful(
            "schedule",
            "none was found for this file: no systemd timer, crontab line, or launchd job that this user can see",
            hint: "`axport init --schedule \(usual) \(file.asShellWord)` prints one"
        )
    }

    private var usual: ScheduleKind {
        #if os(macOS)
            .launchd
        #else
            FileManager.default.fileExists(atPath: "/run/systemd/system") ? .systemd : .cron
        #endif
    }

    private var folder: String { FilePath.folder(of: file) }
    private var fileName: String { file.split(separator: "/").last.map(String.init) ?? file }

    // MARK: systemd

    private var unitFolders: [(path: String, isOfUser: Bool)] {
        [("\(root)/etc/systemd/system", false)] + (home.map { [("\($0)/.config/systemd/user", true)] } ?? [])
    }

    /// Enabled timers whose service runs the file.
    private var timers: [String] {
        unitFolders.flatMap { folder in
            names(in: "\(folder.path)/timers.target.wants").filter { runsFile($0, in: folder.path) }.map { timer in
                "systemd starts it by \(timer)\(next(timer, isOfUser: folder.isOfUser))"
            }
        }
    }

    private func runsFile(_ timer: String, in folder: String) -> Bool {
        guard timer.hasSuffix(".timer") else { return false }
        let unit = timer.dropLast(".timer".count)
        if let at = unit.firstIndex(of: "@"), unit[..<at] == "axport" {
            return file == "/etc/axport/\(unit[unit.index(after: at)...]).axport.yaml"
        }
        return text(of: "\(folder)/\(unit).service").map(mentionsFile) ?? false
    }

    /// When the timer starts it, if systemd says so.
    private func next(_ timer: String, isOfUser: Bool) -> String {
        let words = ["systemctl"] + (isOfUser ? ["--user"] : [])
        let said = output(words + ["show", "--value", "--property=NextElapseUSecRealtime", timer])
        guard let moment = said.split(whereSeparator: \.isNewline).first, moment != "n/a" else { return "" }
        return ", next on \(moment)"
    }

    // MARK: cron and launchd

    private var cronLines: [String] {
        let folder = "\(root)/etc/cron.d"
        let files = ["\(root)/etc/crontab"] + names(in: folder).map { "\(folder)/\($0)" }
        let system = files.filter { text(of: $0).map(mentionsFile) ?? false }.map { "cron starts it by \($0)" }
        return mentionsFile(output(["crontab", "-l"])) ? system + ["cron starts it by this user's crontab"] : system
    }

    private var launchdJobs: [String] {
        let folders = ["\(root)/Library/LaunchDaemons"] + (home.map { ["\($0)/Library/LaunchAgents"] } ?? [])
        return folders.flatMap { folder in
            names(in: folder).filter { $0.hasSuffix(".plist") }.map { "\(folder)/\($0)" }
                .filter { text(of: $0).map(mentionsFile) ?? false }.map { "launchd starts it by \($0)" }
        }
    }

    /// Whether a line that is no comment runs axport with the file.
    private func mentionsFile(_ text: String) -> Bool {
        text.split(whereSeparator: \.isNewline).contains { line in
            !line.drop { $0 == " " || $0 == "\t" }.hasPrefix("#") && line.contains("axport")
                && (line.contains(file) || line.contains(folder) && line.contains(" \(fileName)"))
        }
    }

    private func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private func text(of path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Empty if the program is missing or fails.
    private func output(_ words: [String]) -> String {
        let program = ChildProgram(
            arguments: words,
            environment: ProcessInfo.processInfo.environment,
            keepsErrorsApart: true
        )
        guard let outcome = try? program.run(reading: "", within: .seconds(3)), outcome.end == .exited(0) else {
            return ""
        }
        return String(decoding: outcome.output, as: UTF8.self)
    }
}
