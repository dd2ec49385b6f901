import Foundation
import Sandbox

struct Reply {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: String

    var json: JSON {
        get throws { try JSON(body) }
    }
}

/// Speaks to a sandbox over real HTTP.
struct SandboxClient {
    let sandbox: RunningSandbox
    /// PEM file of the authorities that it trusts.
    var certificates: String?

    func send(
        _ method: String = "GET",
        _ url: String,
        headers: [(String, String)],
        body: String? = nil,
        seconds: Int = 20
    ) async throws -> Reply {
        let exchange = await Exchange.send(
            method,
            url,
            headers: headers,
            body: body,
            seconds: seconds,
            certificates: certificates
        )
        guard exchange.hasEnded else { throw NoReply(url: url) }
        return Reply(
            status: exchange.status,
            headers: exchange.headers,
            body: String(decoding: exchange.body, as: UTF8.self)
        )
    }

    /// Asks the API with a token, either by path or by a whole URL.
    func get(_ target: String, token: String, seconds: Int = 20) async throws -> Reply {
        let url = target.hasPrefix("/") ? sandbox.apiURL + target : target
        let headers = [("Authorization", "Bearer \(token)"), ("Accept", "application/json")]
        return try await send("GET", url, headers: headers, seconds: seconds)
    }

    func askForToken(
        _ assertion: SignedAssertion,
        clientID: String? = nil,
        scope: String = "business.api",
        asQuery: Bool = false,
        path: String? = nil
    ) async throws -> Reply {
        let parameters = [
            ("grant_type", "client_credentials"), ("client_id", clientID ?? sandbox.clientID),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", try assertion.text(sandbox)), ("scope", scope),
        ]
        let form = parameters.map { "\($0)=\($1.replacing(":", with: "%3A"))" }.joined(separator: "&")
        let url = path.map { sandbox.apiURL + $0 } ?? sandbox.tokenURL
        let type = [("Content-Type", "application/x-www-form-urlencoded")]
        return asQuery
            ? try await send("POST", "\(url)?\(form)", headers: type)
            : try await send("POST", url, headers: type, body: form)
    }

    func token(scope: String = "business.api") async throws -> String {
        let reply = try await askForToken(SignedAssertion(), scope: scope)
        guard let token = try reply.json["access_token"]?.text else { throw UnexpectedReply(reply: reply) }
        return token
    }

    /// All pages of a listing, following `links.next`.
    func pages(_ path: String, token: String) async throws -> [JSON] {
        var pages: [JSON] = []
        var next: String? = path
        while let target = next {
            let reply = try await get(target, token: token)
            guard reply.status == 200 else { throw UnexpectedReply(reply: reply) }
            let page = try reply.json
            pages.append(page)
            next = page["links"]?["next"]?.text
        }
        return pages
    }

    /// The ids in a listing, in the order sent.
    func ids(_ path: String, token: String) async throws -> [String] {
        try await pages(path, token: token).flatMap { $0["data"]?.elements ?? [] }.compactMap { $0["id"]?.text }
    }
}

struct NoReply: Error {
    let url: String
}

struct UnexpectedReply: Error {
    let reply: Reply
}

/// Starts a sandbox, runs the body with a client and a token, and stops it.
func withSandbox(
    _ options: SandboxOptions = SandboxOptions(),
    _ body: (SandboxClient, _ token: String) async throws -> Void
) async throws {
    let sandbox = try await Sandbox.start(options)
    let client = SandboxClient(sandbox: sandbox)
    do {
        try await body(client, try await client.token(scope: "\(options.platform.rawValue).api"))
    } catch {
        await sandbox.stop()
        throw error
    }
    await sandbox.stop()
}

extension SandboxOptions {
    /// Options with some changes.
    static func with(_ change: (inout SandboxOptions) throws -> Void) rethrows -> SandboxOptions {
        var options = SandboxOptions()
        try change(&options)
        return options
    }
}
