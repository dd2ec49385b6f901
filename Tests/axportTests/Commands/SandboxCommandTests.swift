import Foundation
import Sandbox
import TestSupport
import Testing

@Suite struct SandboxCommandTests {
    @Test(arguments: [
        ("lag=15", "'lag=15': expected lag to be a value such as 0s or 15s or 10reads"),
        ("lag=15s,same=maybe", "'same=maybe': expected same to be one of error, success"),
        ("lagg=15s", "no switch 'lagg'; choose one of unknown, same, unassign"),
        ("lag=15s,", "no switch ''; choose one of unknown, same, unassign"),
    ])
    func aWrongSettingIsNamedWithItsValues(_ setting: String, _ message: String) async throws {
        try await withTemporaryFolder { folder in
            let run = try await Command(folder: folder)("sandbox", "--port", "0", "--activities", setting)
            #expect(run.status == 64)
            #expect(run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test func theHelpAndThePageNameEverySwitchOfActivities() async throws {
        try await withTemporaryFolder { folder in
            let help = try await Command(folder: folder)("help", "sandbox").output
            let page = try Repository.text("Sources/Sandbox/README.md")
            for named in SandboxSwitches.activitySwitches {
                #expect(help.contains("\n  \(named.name)=\(named.values[0])|"), "\(named.name)")
                #expect(page.contains("`\(named.name)"), "\(named.name)")
            }
        }
    }
}
