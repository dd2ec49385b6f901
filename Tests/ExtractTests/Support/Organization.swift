import Pipeline
import Stages
import Synchronization

@testable import Extract

/// What Apple answers for an organization of 3,000 devices, written by hand: a listing takes three pages.
final class Organization: Sendable {
    struct State {
        var devices: [String] = (0..<3000).map { "C\(10_000 + $0)" }
        var colors: [String: String] = [:]
        var servers: [String: String] = [:]
        var released: Set<String> = []
        var events: [String] = []
        var auditError: APIError?
        /// What Apple answers for single devices.
        var deviceError: APIError?
        var linkages: [String: String] = [:]
    }
    let state = Mutex(State())

    var api: CannedAPI {
        CannedAPI { [self] (path, cursor) throws(APIError) in
            let state = state.withLock { $0 }
            switch path.split(separator: "/").dropFirst().map(String.init) {
            case ["orgDevices"]: return Self.page(state.devices.map { Self.device($0, state) }, cursor)
            case ["mdmServers"]:
                let services = ["S1", "S2"].map { #"{"type":"mdmServers","id":"\#($0)","attributes":{}}"# }
                return Self.page(services, cursor)
            case ["auditEvents"]:
                if let error = state.auditError { throw error }
                return Self.page(state.events, cursor, size: 2)
            case let parts where parts.first == "mdmServers":
                let members = state.devices.filter { state.servers[$0, default: "S1"] == parts[1] }
                return Self.page(members.map { #"{"type":"orgDevices","id":"\#($0)"}"# }, cursor)
            case let parts where parts.count == 2:
                if let error = state.deviceError { throw error }
                guard state.devices.contains(parts[1]) || state.released.contains(parts[1]) else {
                    throw APIError(.notFound, "HTTP 404", missing: "orgDevices")
                }
                return #"{"data":\#(Self.device(parts[1], state))}"#
            case let parts:
                if let linkage = state.linkages[parts[1]] {
                    guard !linkage.isEmpty else { throw APIError(.unavailable, "HTTP 500", isServerError: true) }
                    return linkage
                }
                return #"{"data":{"type":"mdmServers","id":"\#(state.servers[parts[1], default: "S1"])"}}"#
            }
        }
    }

    private static func device(_ serial: String, _ state: State) -> String {
        let released = state.released.contains(serial) ? #""2026-01-02T00:00:00Z""# : "null"
        let color = state.colors[serial, default: "RED"]
        return
            #"{"type":"orgDevices","id":"\#(serial)","attributes":{"color":"\#(color)","releasedFromOrgDateTime":\#(released)}}"#
    }

    private static func page(_ rows: [String], _ cursor: String?, size: Int = 1000) -> String {
        let start = cursor.flatMap(Int.init) ?? 0
        let end = min(rows.count, start + size)
        let paging = end < rows.count ? #","meta":{"paging":{"nextCursor":"\#(end)"}}"# : ""
        return #"{"data":[\#(rows[start..<end].joined(separator: ","))]\#(paging)}"#
    }
}
