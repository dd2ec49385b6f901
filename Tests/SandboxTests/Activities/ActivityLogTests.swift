import Foundation
import Sandbox
import Testing

@Suite struct ActivityLogTests {
    /// The log of an activity that assigned two devices, one of them in vain, and its attributes.
    private func log(
        _ settings: String = "",
        _ switches: [String] = []
    ) async throws -> (text: String, serials: [String], activity: JSON) {
        var result: (String, [String], JSON)?
        try await withActivities(settings, try .with { $0.switches = try SandboxSwitches(parsing: switches) }) {
            client,
            token in
            let fleet = client.sandbox.fleet
            let serials = [fleet.onServer(0)[0].serial, fleet.unassigned[0].serial]
            let activity = try await client.carryOut(.assign(serials, to: fleet.servers[0].id), token: token)
            let url = try #require(activity["downloadUrl"]?.text)
            result = (try await client.send("GET", url, headers: []).body, serials, activity)
        }
        return try #require(result)
    }

    @Test func theLogHasAFrameAndARowForEachDevice() async throws {
        let (text, serials, _) = try await log()
        let lines = text.components(separatedBy: "\r\n")
        #expect(lines[0] == "OPERATION,ASSIGN_DEVICES")
        #expect(lines[1].hasPrefix("ACTIVITY_ID,"))
        #expect(
            lines.dropFirst(2) == [
                "STARTED AT,2026-11-01T02:00:00.000Z", "ENDED AT,2026-11-01T02:00:11.788Z", "STATUS,COMPLETED",
                "SUB_STATUS,COMPLETED_WITH_FAILURE", "", "serial_number,operation_status,operation_substatus,timestamp",
                "\(serials[0]),ISSUE,OPERATION_NOT_ALLOWED,2026-11-01T02:00:11.788Z",
                "\(serials[1]),SUCCESS,UPDATED,2026-11-01T02:00:11.788Z", "",
            ]
        )
    }

    @Test func theFrameCanBeMissing() async throws {
        let (text, _, _) = try await log("", ["activity-log=plain"])
        #expect(text.hasPrefix("serial_number,operation_status,"))
    }

    @Test func theLogCanHaveFailuresOnly() async throws {
        let (text, serials, _) = try await log("log=failures")
        #expect(text.contains("\(serials[0]),ISSUE,OPERATION_NOT_ALLOWED"))
        #expect(!text.contains(serials[1]))
    }

    @Test func anOddLogIsStillAnAnswer() async throws {
        let (text, serials, _) = try await log("log=odd")
        #expect(text.hasPrefix("\u{FEFF}OPERATION,ASSIGN_DEVICES"))
        #expect(text.contains(#""timestamp","Operation_Status","operation_substatus","device, model","SERIAL_NUMBER""#))
        #expect(text.contains(#""ISSUE","DEVICE_IS_BUSY","iMac 21.5""","\#(serials[0])""#))
        #expect(!text.contains(serials[1]), "a row is missing")
    }

    @Test func theLogCanBeLateOrAbsent() async throws {
        for (settings, hasLog) in [("log-after=20s", true), ("log=none", false)] {
            try await withActivities(settings) { client, token in
                let fleet = client.sandbox.fleet
                let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
                let id = try await client.accepted(order, token: token)
                await client.sandbox.pass(seconds: 25)
                let first = try await client.activity(id, token: token)
                #expect(first["status"]?.text == "COMPLETED")
                #expect(first["downloadUrl"] == nil)
                await client.sandbox.pass(seconds: 10)
                #expect((try await client.activity(id, token: token)["downloadUrl"] != nil) == hasLog)
            }
        }
    }

    @Test func theLinkNamesAnotherHostAndAFile() async throws {
        let (_, _, activity) = try await log()
        let url = try #require(activity["downloadUrl"]?.text)
        #expect(url.hasPrefix("http://localhost:"))
        #expect(url.contains("%22ABM-ActivityLog_Nov-1-2026_02-00-11.csv%22"))
        #expect(url.contains("&Expires="))
        #expect(url.contains("&Signature="))
    }

    @Test func aLinkExpiresAndTheNextReadHasAFreshOne() async throws {
        try await withActivities("link=1m") { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            let id = try await client.accepted(order, token: token)
            await client.sandbox.pass(seconds: 20)
            let url = try #require(try await client.activity(id, token: token)["downloadUrl"]?.text)
            #expect(try await client.send("GET", url, headers: []).status == 200)
            await client.sandbox.pass(seconds: 61)
            let expired = try await client.send("GET", url, headers: [])
            #expect(expired.status == 403)
            #expect(expired.body.contains("Request has expired"))
            let fresh = try #require(try await client.activity(id, token: token)["downloadUrl"]?.text)
            #expect(fresh != url)
            #expect(try await client.send("GET", fresh, headers: []).status == 200)
        }
    }

    @Test func onlyTheSignedLinkIsAnsweredAndNoTokenIsAccepted() async throws {
        try await withActivities { client, token in
            let fleet = client.sandbox.fleet
            let order = Order.assign([fleet.unassigned[0].serial], to: fleet.servers[0].id)
            let url = try #require(try await client.carryOut(order, token: token)["downloadUrl"]?.text)
            for wrong in [
                url.replacing("localhost", with: "127.0.0.1"), url.replacing("Expires=1", with: "Expires=2"),
                url.replacing("Signature=", with: "Signature=0"), String(url.prefix { $0 != "?" }),
                url.replacing("/activity-logs/", with: "/activity-logs/0"),
            ] {
                #expect(try await client.send("GET", wrong, headers: []).status == 403, "\(wrong)")
            }
            #expect(client.sandbox.leaks == 0)
            let leaked = try await client.send("GET", url, headers: [("Authorization", "Bearer \(token)")])
            #expect(leaked.status == 400)
            #expect(client.sandbox.leaks == 1)
            #expect(try await client.send("DELETE", url, headers: []).status == 405)
        }
    }
}
