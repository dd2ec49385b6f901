import Records
import Stages

/// An answer that reports a failure.
extension HTTPAnswer {
    /// The type in "There is no resource of type 'orgDevices' with id '…'", the form on Apple's page.
    var missingType: String? {
        let beginning = "There is no resource of type '"
        guard let detail = details.first(where: { $0.hasPrefix(beginning) }) else { return nil }
        return String(detail.dropFirst(beginning.count).prefix { $0 != "'" })
    }

    /// Details in Apple's error document.
    var details: [String] {
        var details: [String] = []
        let (document, list, entry) = (JSONReader(), JSONReader(), JSONReader())
        try? document.members(body) { member in
            guard member.name == "errors", case .array = member.kind else { return }
            try list.members(member.text) { error in
                try entry.members(error.text) { part in
                    if part.name == "detail", case .string = part.kind { details.append(part.string) }
                }
            }
        }
        return details
    }

    /// The error for a redirect.
    func redirection(of what: String, hiding secrets: Secrets) -> APIError {
        let target = redirect.map { " to \(ForeignText($0.prefix { $0 != "?" }, hiding: secrets))" } ?? ""
        return APIError(
            .unavailable,
            "\(what): HTTP \(status) redirects\(target)",
            advice: "check api_url, token_url and the proxy; axport follows no redirect, so that the token stays here"
        )
    }

    /// The error for an answer of the proxy itself.
    func proxyRefusal(of what: String) -> APIError {
        APIError(
            status == 407 ? .credentialsRefused : .unavailable,
            "\(what): \(proxy.map { "the proxy \($0)" } ?? "a proxy") denied the request (HTTP \(status))",
            advice: status == 407
                ? NoAnswer.passwordAdvice : "check `proxy` of the source and HTTPS_PROXY"
        )
    }
}
