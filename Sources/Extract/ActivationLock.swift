import Inventory
import Records
import Stages

/// Asks whether Activation Lock is on, one request per device, if the answer can have changed.
struct ActivationLock: DeviceInquiry {
    let policy: RefreshPolicy

    static let facet = Facet.activationLock
    /// As Apple's page documents (AppleClient/README.md section 7).
    static let serverErrorsAreAnswers = true

    static let spec = StageSpec<any Extractor>(
        "activation_lock",
        "Reads whether Activation Lock is on, one request per device, in the same order as `coverage`.",
        example: "activation_lock: { max_age: 7d, max_requests: 2000 }",
        shared: RefreshPolicy.group,
        build: ActivationLock.init
    )

    var adds: [Field] { Schema.fields(addedBy: Self.spec.name) }

    static let tries: Int? = 2

    func path(of serial: String) -> String { "/v1/orgDevices/\(PercentEncoding.encode(serial))/activationLockStatus" }

    func endpoints(on platform: Platform, at now: Timestamp) -> [Endpoint] {
        [Endpoint("/v1/orgDevices/\(Endpoint.serial)/activationLockStatus")]
    }

    func answer(in body: [UInt8], of serial: String) -> DeviceAnswer? {
        do {
            let document = try ResourceDocument(body, of: "activationLockStatus", about: serial, needsIDs: false)
            if let status = document.resources.first {
                // Apple documents the serial number as its id.
                guard ["", serial].contains(status.id) else { throw OtherDevice() }
                return .known(status.attributes)
            }
        } catch let error as OtherDevice {
            return .unknown(error.description)
        } catch {}
        return .unknown("the answer has no Activation Lock status")
    }

    func answer(for serial: String, _ api: any AppleAPI) async throws -> DeviceAnswer {
        let body = try await api.get(.path(path(of: serial)), tries: Self.tries)
        return answer(in: body, of: serial) ?? .unknown("no answer")
    }
}
