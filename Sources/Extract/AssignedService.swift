import Records
import Stages

/// The service of a single device, according to Apple.
package enum AssignedService {
    package static func path(of serial: String) -> String {
        "/v1/orgDevices/\(PercentEncoding.encode(serial))/relationships/assignedServer"
    }

    /// The ID of the service; nil for a device without one.
    ///
    /// - Parameter serial: the device that was asked about.
    package static func read(
        _ answer: Result<[UInt8], APIError>,
        of serial: String
    ) -> Result<String?, APIError> {
        switch answer {
        case .failure(let error) where error.says(missing: "assignedServer", "mdmServers"): return .success(nil)
        case .failure(let error): return .failure(error)
        case .success(let body):
            do {
                return .success(try ServerLinkage(body, of: serial).server)
            } catch let error as OtherDevice {
                return .failure(APIError(.unavailable, error.description))
            } catch {
                let what = "the answer about the service of a device neither names one nor says that there is none"
                return .failure(APIError(.unavailable, what))
            }
        }
    }
}

/// Apple's answer about the service of one device.
private struct ServerLinkage {
    /// Nil for a device without a service. Apple has sent an empty id, null as `data`, and links without `data` for
    /// it (AppleClient/README.md section 8).
    let server: String?

    init(_ body: [UInt8], of serial: String) throws {
        let reader = JSONReader()
        var names: Set<String> = []
        var isNull = false
        var resource: [UInt8]?
        try reader.members(body) { member in
            names.insert(member.name)
            if try member.belongs(toOtherThan: serial) { throw OtherDevice() }
            if try member.holdsErrors { throw JSONError(description: "it has `errors`") }
            guard member.name == "data" else { return }
            isNull = member.isNull
            if case .object = member.kind { resource = Array(member.text) }
        }
        var id: String?
        try reader.members(resource ?? Array("{}".utf8)) { member in
            if member.name == "id", case .string = member.kind { id = member.string }
        }
        let isWithout = isNull || (names.contains("links") && names.isDisjoint(with: ["data", "errors"]))
        guard id != nil || isWithout else {
            throw JSONError(description: "it neither names a service nor says that there is none")
        }
        server = id?.isEmpty == true ? nil : id
    }
}
