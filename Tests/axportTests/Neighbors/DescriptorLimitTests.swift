import Foundation
import TestSupport
import Testing

/// How many files may be open at once.
@Suite struct DescriptorLimitTests {
    private func shell(_ script: String) async throws -> Program.Run {
        try await withTemporaryFolder { folder in
            let command = Command(folder: folder)
            try command.write(
                """
                source: { platform: sandbox, devices: 20 }
                inventory: inv.sqlite
                extract: [devices, coverage]
                load: [csv: { file: out.csv }, sqlite: { file: out.sqlite }]
                """,
                to: "t.axport.yaml"
            )
            let prelude = "cd \"$0\"; export HOME=\"$0\"; axport() { timeout 60 \(Command.program) \"$@\"; }\n"
            return try await Program.running("/bin/bash", ["-c", prelude + script, folder])
        }
    }

    @Test func tooFewAreSaidAtOnce() async throws {
        let run = try await shell(
            """
            for limit in 8 12 16 20 24 32 40 48 56 62; do
                for verb in "run t.axport.yaml" "preview t.axport.yaml" "sandbox --port 0" "demo"; do
                    (ulimit -n $limit; axport $verb 2> err; echo "$? $(wc -l < err)" >> codes)
                    sed "s/only $limit files/only N files/" err >> said
                done
            done
            sort codes | uniq -c | tr -s ' '; grep -c 'error: only N files may be open at once' said; ls -A | grep -v 'codes\\|said\\|err\\|t.axport.yaml'
            """
        )
        #expect(run.output == " 40 73 2\n40\n", "\(run.output) \(run.errors)")
    }

    @Test func enoughAreEnough() async throws {
        let run = try await shell(
            "for limit in 64 80 100; do (ulimit -n $limit; axport run --full t.axport.yaml; echo $?); done"
        )
        #expect(run.output == "0\n0\n0\n", "\(run.errors)")
    }

    /// Only the soft limit is low, as it is on many systems.
    @Test func whatMayBeRaisedIsRaised() async throws {
        let run = try await shell("ulimit -Sn 20; axport run t.axport.yaml; echo $?")
        #expect(run.output == "0\n", "\(run.errors)")
    }

    @Test func theAdviceHelps() async throws {
        let run = try await shell(
            """
            (ulimit -n 20; axport run t.axport.yaml; echo $?)
            ulimit -n 1024; axport run t.axport.yaml; echo $?
            """
        )
        #expect(run.errors.contains("raise the limit with `ulimit -n 1024`"))
        #expect(run.output == "73\n0\n", "\(run.errors)")
    }

    /// Those that a process inherits are taken.
    @Test func thoseThatAreOpenAlreadyCount() async throws {
        let run = try await shell(
            """
            ulimit -n 64
            for number in $(seq 20 50); do eval "exec $number< /dev/null"; done
            axport run t.axport.yaml; echo $?
            """
        )
        #expect(run.output == "73\n")
        #expect(run.errors.hasPrefix("error: only 64 files may be open at once, and axport needs "), "\(run.errors)")
    }
}
