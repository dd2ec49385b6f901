import Foundation
import TestSupport
import Testing

/// One folder for each situation, files of all users that links lead to, and a pipeline that loads into all of them.
struct Yard {
    private let folder: String
    private let runner: uid_t

    struct Belonging: Equatable {
        let owner: uid_t
        let group: gid_t
        let mode: mode_t
        let inode: ino_t
        let contents: String
    }

    init(_ folder: String, runner: uid_t) throws {
        self.folder = folder
        self.runner = runner
        try Neighbor.give(folder, to: 0, mode: 0o755)
        for (name, user) in [("home", runner), ("mine", runner), ("targets", runner), ("theirs", Neighbor.other)] {
            try make(name, of: user, mode: 0o755)
        }
        // The tests may have been built where only root may look.
        try FileManager.default.copyItem(atPath: Command.program, toPath: "\(folder)/axport")
    }

    private func make(_ name: String, of user: uid_t, group: gid_t? = nil, mode: mode_t) throws {
        try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
        try Neighbor.give("\(folder)/\(name)", to: user, group: group, mode: mode)
    }

    private func write(_ path: String, of user: uid_t, mode: mode_t) throws {
        try Data("of \(user)\n".utf8).write(to: URL(filePath: path))
        try Neighbor.give(path, to: user, mode: mode)
    }

    private func link(_ path: String, of user: uid_t, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        try Neighbor.give(path, to: user)
    }

    func prepare(_ situation: Situation) throws {
        let group = situation.place == .shared ? Neighbor.group : nil
        try make(situation.name, of: situation.owner(runner), group: group, mode: situation.mode)
        let path = "\(folder)/\(situation.name)/a.csv"
        let target = "\(folder)/targets/\(situation.name).csv"
        let mine = "\(folder)/mine/\(situation.name)"
        let theirs = "\(folder)/theirs/\(situation.name)"
        try write(mine, of: runner, mode: 0o600)
        try write(theirs, of: Neighbor.other, mode: 0o666)
        switch situation.thing {
        case .nothing: break
        case .ownFile: try write(path, of: runner, mode: 0o640)
        case .theirFile: try write(path, of: Neighbor.other, mode: 0o644)
        case .theirOpenFile: try write(path, of: Neighbor.other, mode: 0o666)
        case .rootsFile: try write(path, of: 0, mode: 0o644)
        case .ownLink: try link(path, of: runner, to: target)
        case .rootsLink: try link(path, of: 0, to: target)
        case .ownDangling: try link(path, of: runner, to: target)
        case .theirLink: try link(path, of: Neighbor.other, to: mine)
        case .theirLinkToTheirs: try link(path, of: Neighbor.other, to: theirs)
        case .theirDangling: try link(path, of: Neighbor.other, to: "\(folder)/mine/new-\(situation.name)")
        case .theirHardLink: try FileManager.default.linkItem(atPath: theirs, toPath: path)
        case .theirTemporary: try write("\(folder)/\(situation.name)/.a.csv.axport", of: Neighbor.other, mode: 0o666)
        }
        if [.ownLink, .rootsLink].contains(situation.thing) { try write(target, of: runner, mode: 0o640) }
    }

    /// Loads into each of them with a separate load; returns failures by name.
    func load() async throws -> [String: String?] {
        let situations = Situation.all(beside: runner)
        let loads = situations.map { "  - csv: { file: '\(folder)/\($0.name)/a.csv', columns: [serial_number] }" }
        let text = """
            source: { platform: sandbox, devices: 5 }
            inventory: home/inventory.sqlite
            extract: [devices]
            load:
            \(loads.joined(separator: "\n"))
            """
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/home/t.axport.yaml"))
        let run = try await Program.running(
            "/usr/bin/env",
            [
                "setpriv", "--reuid", "\(runner)", "--regid", "\(runner)", "--groups", "\(Neighbor.group)", "sh", "-c",
                "umask 022; cd \"$0\" && exec ./axport run --json home/t.axport.yaml", folder,
            ],
            environment: ["HOME": "\(folder)/home", "XDG_STATE_HOME": "", "XDG_CACHE_HOME": "", "TMPDIR": "/tmp"]
        )
        let loaded = try run.loads
        try #require(loaded.count == situations.count, "\(run.errors)")
        return Dictionary(
            uniqueKeysWithValues: zip(situations, loaded).map { situation, load in
                (situation.name, (load["error"] as? String))
            }
        )
    }

    /// Everything outside the runner's home, by path.
    func belongings() throws -> [String: Belonging] {
        var found: [String: Belonging] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder) where !name.hasPrefix("home") {
            let path = "\(folder)/\(name)"
            var status = stat()
            try #require(lstat(path, &status) == 0)
            let contents =
                switch status.st_mode & S_IFMT {
                case S_IFREG where name != "axport": try String(contentsOfFile: path, encoding: .utf8)
                case S_IFLNK: try FileManager.default.destinationOfSymbolicLink(atPath: path)
                default: ""
                }
            found["/\(name)"] = Belonging(
                owner: status.st_uid,
                group: status.st_gid,
                mode: status.st_mode,
                inode: status.st_ino,
                contents: contents
            )
        }
        return found
    }

    /// What was loaded is the runner's, and no other may change it; nothing else with rows in it lies about.
    func expectOurs(_ situation: Situation, isLoaded: Bool) throws {
        var status = stat()
        let written = "\(folder)/\(situation.name)/a.csv"
        // Where the kernel protects links in shared folders, not even root may follow that of another user.
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: written)) ?? written
        if isLoaded {
            try #require(stat(path, &status) == 0)
            #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix("serial_number\r\n"))
            // Where only root may have put a file of another user's, it stays that user's.
            let isKept = runner == 0 && [.theirFile, .theirOpenFile, .theirHardLink].contains(situation.thing)
            #expect(status.st_uid == (isKept ? Neighbor.other : runner), "\(situation.name)")
            if situation.thing != .theirOpenFile, situation.thing != .theirHardLink {
                #expect(status.st_mode & 0o022 == 0, "\(situation.name)")
            }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(situation.name)")
        #expect(Set(names).subtracting(["a.csv", ".a.csv.axport"]).isEmpty, "\(situation.name): \(names)")
    }
}
