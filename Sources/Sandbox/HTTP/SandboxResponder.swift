import Hummingbird

/// Sends each request to the token endpoint or to the API.
struct SandboxResponder: HTTPResponder {
    let directory: Directory
    let connections: Connections
    let scheme: String

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        let response = try await answer(request, context)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let isFirst = connections.remember(context.channel)
        let path = request.uri.path
        if TokenEndpoint.paths.contains(path) {
            return try await TokenEndpoint(directory: directory).answer(request).response(context)
        }
        if path == TruthAnswer.path, request.method == .get {
            let name = Query(request.uri.query ?? "")["organization"]
            return TruthAnswer.answer(about: name, in: directory).response(context)
        }
        if path.hasPrefix(LogLink.folder) {
            return LogHost(directory: directory).answer(request).response(context)
        }
        let state = directory.organization(ofToken: Self.token(of: request))
        // Links name the client's host, so that they also work through port forwarding.
        let base = "\(scheme)://\(request.head.authority ?? state.options.host)"
        let answer = try await APIEndpoint(state: state, isFirstOnConnection: isFirst).answer(request, base: base)
        if case .never = answer.delivery { try await BrokenBody.reset(context.channel) }
        return answer.response(context)
    }

    static func token(of request: Request) -> String? {
        request.headers[.authorization].flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
    }
}
