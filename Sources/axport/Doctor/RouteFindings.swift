import AppleClient
import Records
import Stages

/// The way to Apple's servers, step by step, as single requests showed it.
struct RouteFindings {
    let contacts: [Contact]

    var all: [Finding] { contacts.isEmpty ? [] : [proxy] + [name, connection, encryption].flatMap(\.self) + clock }

    private var proxy: Finding {
        guard let proxy = contacts.lazy.compactMap(\.proxy).first else {
            return .works("proxy", "none: requests go straight to \(contacts[0].host)")
        }
        return .works("proxy", "requests go through \(proxy)")
    }

    private var name: [Finding] {
        step(.name, "name resolution", of: contacts.filter { !$0.isNumeric }) { "\($0.joined(separator: ", ")) found" }
    }

    private var connection: [Finding] {
        step(.connection, "connection", of: contacts) { "\($0.joined(separator: ", ")) reached" }
    }

    private var encryption: [Finding] {
        step(.encryption, "TLS", of: contacts.filter(\.isEncrypted)) {
            "the certificate of \($0.joined(separator: ", ")) is trusted"
        }
    }

    private func step(
        _ step: ContactStep,
        _ subject: String,
        of contacts: [Contact],
        _ success: ([String]) -> String
    ) -> [Finding] {
        let failed = contacts.filter { $0.failedStep == step }.compactMap(\.error)
        if !failed.isEmpty { return failed.map { .fails(subject, $0.failure) } }
        var hosts: [String] = []
        for contact in contacts where (contact.failedStep ?? .answer) > step {
            let host = step == .encryption ? contact.host : contact.proxy ?? contact.host
            if !hosts.contains(host) { hosts.append(host) }
        }
        return hosts.isEmpty ? [] : [.works(subject, success(hosts))]
    }

    /// A clock that is off is the cause if Apple denies the token.
    private var clock: [Finding] {
        guard let contact = contacts.first(where: { $0.skew != nil }), let skew = contact.skew else { return [] }
        guard skew.isTooLarge else { return [.works("clock", "less than a minute off Apple's")] }
        if contacts.contains(where: \.isDenied) {
            return [
                .fails(
                    "clock",
                    Failure(
                        .credentialsRefused,
                        "\(skew), and Apple denies the token",
                        advice: ClockSkew.advice
                    )
                )
            ]
        }
        return [.doubtful("clock", "\(skew)", hint: ClockSkew.advice)]
    }
}

extension Contact {
    /// Whether the server is named by its address.
    fileprivate var isNumeric: Bool {
        let host = proxy ?? host
        return host.hasPrefix("[") || host.allSatisfy { $0.isNumber || ".:".contains($0) }
    }

    fileprivate var isDenied: Bool { error?.kind == .credentialsRefused }

    /// Whether ``RouteFindings`` say what is wrong.
    var isToldByRoute: Bool {
        if let failedStep { return failedStep < .answer }
        return isDenied && skew?.isTooLarge == true
    }
}
