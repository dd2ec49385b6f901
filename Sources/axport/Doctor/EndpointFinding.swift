import AppleClient
import Extract
import Records
import Stages

/// What the answer of an endpoint means for the stage that uses it.
struct EndpointFinding {
    /// Nil if the account may ask.
    let finding: Finding?

    init(_ endpoint: Endpoint, _ contact: Contact, of stage: String) {
        guard let error = contact.error ?? Self.unlisted(endpoint, contact) else {
            finding = nil
            return
        }
        // Apple knows the path and has nothing for this device.
        if error.kind == .notFound, error.missing != nil, endpoint.path.contains("{") {
            finding = nil
            return
        }
        let said = error.message.replacing(/\/v1\/[^ :]+/) { _ in endpoint.path }
        if endpoint.isDispensable {
            finding = .doubtful(stage, said, hint: "until this works, each run lists all devices instead")
        } else if error.kind == .forbidden {
            finding = .fails(stage, Failure(.credentialsRefused, said, advice: Self.advice(endpoint)))
        } else if error.isServerError, endpoint.path.contains(Endpoint.serial) {
            finding = .doubtful(stage, "\(said); this may be about one device only", hint: "run again later")
        } else {
            finding = .fails(stage, Failure(error.failure.code, said, advice: error.advice ?? "run again later"))
        }
    }

    /// An answer that is no list where the stage needs one.
    private static func unlisted(_ endpoint: Endpoint, _ contact: Contact) -> APIError? {
        guard endpoint.isList, case .answered(let body) = contact.end else { return nil }
        return Pager.error(in: body, at: endpoint.path)
    }

    private static func advice(_ endpoint: Endpoint) -> String {
        endpoint.permission.map { "give the API account a role with the permission \"\($0)\"" }
            ?? "give the API account a role that may read this; Apple's list of permissions has no name for it"
    }
}
