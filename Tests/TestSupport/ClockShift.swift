import Foundation

/// Another time of day for a program that a test starts (`Benchmarks/nights/clock.c`).
package enum ClockShift {
    package static func environment(seconds: Int) throws -> [String: String] {
        ["LD_PRELOAD": try library.get(), "AXPORT_CLOCK_AHEAD": String(seconds)]
    }

    private static let library = Result {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let library = FileManager.default.temporaryDirectory
            .appendingPathComponent("clock-\(ProcessInfo.processInfo.processIdentifier).so").path
        let source = top.appendingPathComponent("Benchmarks/nights/clock.c").path
        let run = try Program.run("/usr/bin/env", ["cc", "-shared", "-fPIC", "-O2", "-o", library, source])
        guard run.status == 0 else { throw Problem(description: run.errors) }
        return library
    }

    private struct Problem: Error, CustomStringConvertible { let description: String }
}
