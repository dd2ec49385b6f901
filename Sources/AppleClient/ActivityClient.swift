import Records
import Stages

/// Creates activities at Apple: the only request of axport that changes anything there. ``AppleClient`` cannot send it.
package struct ActivityClient: ActivityAPI {
    private let client: AppleClient
    private let secrets: Secrets

    /// The only path that is posted to.
    private static let path = "/v1/orgDeviceActivities"

    package init(_ client: AppleClient, secrets: Secrets) {
        self.client = client
        self.secrets = secrets
    }

    package func create(_ document: String) async -> ActivityReply {
        var hasRenewed = false
        while true {
            let token: Token
            do {
                token = try await client.tokens.current()
                _ = try await client.limiter.turn()
            } catch {
                // Nothing was sent.
                return .refused(error as? APIError ?? APIError(.cancelled, "interrupted"))
            }
            let answer: HTTPAnswer
            do {
                answer = try await client.post(document, to: Self.path, token)
            } catch let problem as NoAnswer {
                let error = problem.error(of: "POST \(Self.path)")
                return problem.kind == .unconnected ? .refused(error) : .unknown(error)
            } catch {
                return .unknown(APIError(.cancelled, "interrupted"))
            }
            let details = ForeignText(answer.details.joined(separator: "; "), hiding: secrets).description
            let said = "POST \(Self.path): HTTP \(answer.status)\(details.isEmpty ? "" : ", \(details)")"
            switch answer.status {
            case 200..<300: return .accepted(answer.body)
            case 401 where !hasRenewed:
                hasRenewed = true
                await client.tokens.discard(token)
            case 401: return .refused(.refusedToken("POST \(Self.path)"))
            case 403:
                let advice = "give the API account a role with the permission \(Self.permission)"
                return .refused(APIError(.forbidden, said, advice: advice))
            case 429: return .limited(APIError(.budgetSpent, said), seconds: answer.wait)
            case 300..<400: return .refused(answer.redirection(of: "POST \(Self.path)", hiding: secrets))
            case 422:
                return .refused(APIError(.badRequest, said, advice: "lower `chunk` under `assign: { limits: … }`"))
            case 400..<500: return .refused(APIError(.badRequest, said))
            default: return .unknown(APIError(.unavailable, said, isServerError: true))
            }
        }
    }

    /// As Apple's table of roles names it.
    private static let permission = "“Assign devices to device management services”"

    package func result(at link: String) async throws(APIError) -> [UInt8] {
        // The query of a signed link gives access to the file.
        let shown = "the result file at \(HTTPRequest.host(of: link))"
        do {
            let answer = try await client.fetch(link)
            guard answer.status == 200 else { throw APIError(.unavailable, "\(shown): HTTP \(answer.status)") }
            return answer.body
        } catch let error as APIError {
            throw error
        } catch let problem as NoAnswer {
            throw problem.error(of: shown)
        } catch {
            throw APIError(.cancelled, "interrupted")
        }
    }
}

extension AppleClient {
    /// Sends a JSON document on a connection of its own: a library may repeat a request whose kept connection died.
    fileprivate func post(_ document: String, to path: String, _ token: Token) async throws -> HTTPAnswer {
        count(1)
        let headers = [
            "Authorization: Bearer \(token.text)", "Accept: application/json", "Content-Type: application/json",
            "Expect:",
        ]
        let request = HTTPRequest(url: try url(of: .path(path)), headers: headers, form: document)
        return try await transport.send(request, timeLeft: await limiter.runTimeLeft)
    }

    /// Reads a file from another host, without the token.
    fileprivate func fetch(_ link: String) async throws -> HTTPAnswer {
        count(1)
        return try await transport.send(HTTPRequest(url: link, headers: []), timeLeft: await limiter.runTimeLeft)
    }
}
