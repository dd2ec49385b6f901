import Records
import Stages

/// Apple's answer about a single device.
enum SingleDevice {
    case present(Resource)
    /// The device left the organization.
    case released(Resource)
    /// Apple has no such device.
    case gone

    /// - Throws: also if the answer is about no device or another one. Then nothing is known about this one.
    init(_ serial: String, _ api: any AppleAPI) async throws {
        let path = "/v1/orgDevices/\(PercentEncoding.encode(serial))"
        guard let body = try await Self.body(path, api) else {
            self = .gone
            return
        }
        let document = try? ResourceDocument(body, of: "orgDevices", about: serial)
        guard let device = document?.resources.first(where: { $0.id == serial }) else {
            throw APIError(.unavailable, "GET \(path): the answer does not contain this device")
        }
        self = try device.isReleased ? .released(device) : .present(device)
    }

    private static func body(_ path: String, _ api: any AppleAPI) async throws(APIError) -> [UInt8]? {
        do {
            return try await api.get(.path(path))
        } catch  where error.says(missing: "orgDevices") {
            return nil
        }
    }
}

extension Resource {
    fileprivate var isReleased: Bool {
        get throws {
            var isReleased = false
            try JSONReader().members(attributes) { member in
                if member.name == "releasedFromOrgDateTime" { isReleased = !member.isNull && !member.text.isEmpty }
            }
            return isReleased
        }
    }
}
