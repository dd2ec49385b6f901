import Foundation
import TestSupport
import Testing

/// A view of the file system in which a test may mount what it likes: a small disk, a folder that is read-only.
enum MountNamespace {
    /// How unshare(1) gets one: as root, or as root of a user namespace; nil if the system allows neither.
    private static let options: String? = ["-m", "-rm"].first { options in
        let mount = "mount -t tmpfs -o size=16k tmpfs /mnt"
        return (try? Program.run("/usr/bin/env", ["unshare", options, "sh", "-c", mount]))?.status == 0
    }

    static let isPermitted = options != nil
    static let reason: Comment = "needs unshare(1) and the right to mount: root, or user namespaces"

    /// Runs a shell script in the command's folder. In it, `axport NAME …` runs the program, and notes what it said and
    /// its exit code under that name; see ``Command/outcome(_:)``.
    static func run(_ script: String, _ command: Command) async throws {
        let prelude = """
            cd "$0"
            axport() {
                name=$1; shift; code=0
                "$AXPORT" "$@" > "$name.out" 2> "$name.err" || code=$?
                echo $code > "$name.code"
            }
            used() { du -sk "$1" | cut -f1; }

            """
        let environment = command.environment.merging(
            ["AXPORT": Command.program, "HOME": command.folder, "XDG_STATE_HOME": "", "XDG_CACHE_HOME": ""]
        ) { $1 }
        let run = try await Program.running(
            "/usr/bin/env",
            ["unshare", options ?? "-m", "sh", "-euc", prelude + script, command.folder],
            environment: environment
        )
        try #require(run.status == 0, "\(run.errors)")
    }
}

extension Command {
    func outcome(_ name: String) throws -> Program.Run {
        let code = try read("\(name).code").trimmingCharacters(in: .newlines)
        return Program.Run(
            status: try #require(Int32(code)),
            output: try read("\(name).out"),
            errors: try read("\(name).err")
        )
    }

    /// Whether a run said one thing that is wrong, and that one; its hint follows after a semicolon.
    func expectFailure(
        _ name: String,
        code: Int32,
        says message: String,
        sourceLocation: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let run = try outcome(name)
        #expect(run.status == code, "\(run.errors)", sourceLocation: sourceLocation)
        // The hint on the whole run comes last.
        let ofLoads = run.errors.split(separator: "\n").filter { !$0.hasPrefix("hint: `axport runs show ") }
        let errors = ofLoads.joined(separator: "\n").replacing("\nhint: ", with: "; ").split(separator: "\n").filter {
            $0.hasPrefix("error:")
        }
        #expect(errors == ["error: \(message)"], sourceLocation: sourceLocation)
    }

    func expectSuccess(_ name: String, sourceLocation: Testing.SourceLocation = #_sourceLocation) throws {
        let run = try outcome(name)
        #expect(run.status == 0, "\(run.errors)", sourceLocation: sourceLocation)
    }

    /// The lines of a file.
    func lines(_ name: String) throws -> [String] {
        try read(name).split(whereSeparator: \.isNewline).map(String.init)
    }
}
