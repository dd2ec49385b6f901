import Foundation
import Records
import Stages

/// Runs a program that a pipeline file names as the source of a value.
struct ProgramOutput {
    private static let longest = 30.0
    /// No key, password or URL is longer.
    private static let most = 1 << 20

    private var printed = Data()
    private var complaint = Data()

    static func read(_ arguments: [String], within seconds: Double = longest) -> ProgramOutputs.Output {
        guard let name = arguments.first, let path = path(of: name) else {
            return .failure(.init("was not found", hint: "install it, or write its full path"))
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = Array(arguments.dropFirst())
        process.standardInput = FileHandle.nullDevice
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        do {
            try process.run()
        } catch {
            return .failure(.init("cannot be started", hint: "check the permissions of \(path)"))
        }
        var read = ProgramOutput()
        let isDone = read.collect(output, errors, of: process, until: Date(timeIntervalSinceNow: seconds))
        // It leads a process group, which ends with it.
        if !isDone { kill(-process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return isDone ? read.text(status: process.terminationStatus) : .failure(late(seconds))
    }

    /// What it prints until it ends. A daemon that it leaves behind may keep the pipes open.
    ///
    /// - Returns: whether it ended in time, and printed no more than a value has.
    private mutating func collect(_ output: Pipe, _ errors: Pipe, of process: Process, until end: Date) -> Bool {
        let pipes = [output, errors].map(\.fileHandleForReading.fileDescriptor)
        var open = pipes
        while end.timeIntervalSinceNow > 0, printed.count <= Self.most, complaint.count <= Self.most {
            let hasEnded = !process.isRunning
            var waiting = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            let ready = poll(&waiting, nfds_t(waiting.count), hasEnded ? 0 : 50)
            if ready <= 0, hasEnded { return true }
            for pipe in waiting where pipe.revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = Foundation.read(pipe.fd, &buffer, buffer.count)
                if count <= 0 { open.removeAll { $0 == pipe.fd } }
                if pipe.fd == pipes[0] {
                    printed += buffer.prefix(max(count, 0))
                } else {
                    complaint += buffer.prefix(max(count, 0))
                }
            }
        }
        return false
    }

    private func text(status: Int32) -> ProgramOutputs.Output {
        guard status == 0 else {
            let said = String(decoding: complaint, as: UTF8.self).split(whereSeparator: \.isNewline).last
            return .failure(
                .init(
                    "ended with exit code \(status)" + (said.map { ": \($0.prefix(200))" } ?? ""),
                    hint: "run it by hand as the same user"
                )
            )
        }
        guard var text = String(data: printed, encoding: .utf8) else {
            return .failure(.init("printed something that is not UTF-8 text", hint: "run it by hand"))
        }
        if text.hasSuffix("\r\n") || text.hasSuffix("\n") { text.removeLast() }
        if text.allSatisfy(\.isWhitespace) {
            return .failure(.init("printed nothing", hint: "run it by hand as the same user"))
        }
        return .success(text)
    }

    private static func late(_ seconds: Double) -> Problem {
        .init(
            "did not end within \(Int(seconds)) seconds",
            hint: "check whether it asks for a password; it has no terminal here"
        )
    }

    /// As a shell finds it.
    private static func path(of name: String) -> String? {
        if name.contains("/") { return FileManager.default.isExecutableFile(atPath: name) ? name : nil }
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first(where: FileManager.default.isExecutableFile)
    }
}
