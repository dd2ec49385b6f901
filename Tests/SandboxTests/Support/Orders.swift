import Foundation
import Sandbox

/// An activity as a client asks for it.
struct Order {
    var type: String
    var serials: [String]
    var server: String?
    var deadline: String?

    var body: String {
        let devices = serials.map { #"{"type":"orgDevices","id":"\#($0)"}"# }.joined(separator: ",")
        let metadata = deadline.map { #","activityTypeMetadata":{"mdmMigrationDeadlineDateTime":"\#($0)"}"# } ?? ""
        let target = server.map { #""mdmServer":{"data":{"type":"mdmServers","id":"\#($0)"}},"# } ?? ""
        return #"{"data":{"type":"orgDeviceActivities","attributes":{"activityType":"\#(type)"\#(metadata)},"#
            + #""relationships":{\#(target)"devices":{"data":[\#(devices)]}}}}"#
    }

    static func assign(_ serials: [String], to server: String) -> Order {
        Order(type: "ASSIGN_DEVICES", serials: serials, server: server)
    }
}

extension SandboxClient {
    func post(_ order: Order, token: String) async throws -> Reply {
        try await post(body: order.body, token: token)
    }

    func post(body: String, token: String) async throws -> Reply {
        let headers = [
            ("Authorization", "Bearer \(token)"), ("Accept", "application/json"), ("Content-Type", "application/json"),
        ]
        return try await send("POST", "\(sandbox.apiURL)/v1/orgDeviceActivities", headers: headers, body: body)
    }

    /// Posts an order that must be accepted, lets it end, and returns the activity's attributes.
    func carryOut(_ order: Order, token: String) async throws -> JSON {
        let id = try await accepted(order, token: token)
        await sandbox.pass(seconds: 3600)
        return try await activity(id, token: token)
    }

    /// The id of an activity that must be accepted.
    func accepted(_ order: Order, token: String) async throws -> String {
        let reply = try await post(order, token: token)
        guard reply.status == 201, let id = try reply.json["data"]?["id"]?.text else {
            throw UnexpectedReply(reply: reply)
        }
        return id
    }

    func activity(_ id: String, token: String) async throws -> JSON {
        let reply = try await get("/v1/orgDeviceActivities/\(id)", token: token)
        guard reply.status == 200, let attributes = try reply.json["data"]?["attributes"] else {
            throw UnexpectedReply(reply: reply)
        }
        return attributes
    }

    /// The lines of an activity's log after its header, each with its first three cells.
    func log(_ attributes: JSON) async throws -> [[String]] {
        guard let url = attributes["downloadUrl"]?.text else { return [] }
        let reply = try await send("GET", url, headers: [])
        guard reply.status == 200 else { throw UnexpectedReply(reply: reply) }
        let lines = reply.body.components(separatedBy: "\r\n")
        let rows = lines.drop { !$0.hasPrefix("serial_number,") }.dropFirst()
        return rows.filter { !$0.isEmpty }.map { Array($0.components(separatedBy: ",").prefix(3)) }
    }

    /// The id of the assigned server as the API shows it.
    func assignedServer(_ serial: String, token: String) async throws -> String? {
        try await get("/v1/orgDevices/\(serial)/relationships/assignedServer", token: token).json["data"]?["id"]?.text
    }
}

/// A sandbox whose clock stands still unless a test moves it.
func withActivities(
    _ settings: String = "",
    _ options: SandboxOptions = .with { $0.devices = 300 },
    _ body: (SandboxClient, _ token: String) async throws -> Void
) async throws {
    var options = options
    try options.switches.setActivities(parsing: ["speed=0"] + (settings.isEmpty ? [] : [settings]))
    try await withSandbox(options, body)
}

extension Fleet {
    /// Listed devices on no server.
    var unassigned: [SandboxDevice] { all.filter { $0.isListed && $0.serverID == nil } }

    /// Listed devices on a server, by its place among the servers: 0 is an MDM server, 1 Apple Configurator, 2 the
    /// built-in management, 3 an MDM server without devices, 4 an inactive one.
    func onServer(_ place: Int) -> [SandboxDevice] {
        let id = servers[place].id
        return all.filter { $0.isListed && $0.serverID == id }
    }

    func device(_ serial: String) -> SandboxDevice? {
        index(ofSerial: serial).flatMap(device(at:))
    }

    /// A serial number of the right form that the organization lacks.
    var strangers: [String] { (0..<3).map { serial(at: count + 1000 + $0) } }
}

extension SandboxDevice {
    var isMigrationCapable: Bool { value("isMdmMigrationCapable") == .boolean(true) }
}
