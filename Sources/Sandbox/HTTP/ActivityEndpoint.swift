import Hummingbird

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `POST /v1/orgDeviceActivities`: the only request that changes the organization.
struct ActivityEndpoint {
    let state: SandboxState

    /// Accepts an activity. Notes in `write` what the body asks for.
    func accept(_ request: Request, _ write: inout SandboxWrite) async throws -> SandboxActivity {
        guard request.headers[.contentType]?.hasPrefix("application/json") == true else {
            throw APIError.unsupportedMediaType
        }
        let body = try await request.body.collect(upTo: 16 * 1024 * 1024)
        let document = try? JSONDecoder().decode(ActivityDocument.self, from: Data(body.readableBytesView))
        write.serials = document?.serials ?? []
        let fleet = state.organization.fleet
        if fleet.switches.role == .noAssignment { throw APIError.forbiddenByRole("assigning devices to services") }
        guard let document else { throw APIError.malformedBody }
        let order = try ActivityOrder(document, for: fleet, at: state.now)
        if order.type == .release, fleet.switches.role == .noRelease {
            throw APIError.forbiddenByRole("releasing devices from the organization")
        }
        let activity = state.accept(order)
        write.activityID = activity.id
        return activity
    }
}
