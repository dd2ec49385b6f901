import Hummingbird

/// Sends each request to the token endpoint or to the API.
struct SandboxResponder: HTTPResponder {
    let state: SandboxState
    let scheme: String

    func respond(to request: Request, context: SandboxContext) async throws -> Response {
        let response = try await answer(request, context)
        return request.method == .head ? response.createHeadResponse() : response
    }

    private func answer(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let isFirst = state.connections.remember(context.channel)
        let path = request.uri.path
        if TokenEndpoint.paths.contains(path) {
            return try await TokenEndpoint(state: state).answer(request).response(context)
        }
        if path == TruthAnswer.path, request.method == .get {
            return TruthAnswer(state: state).answer.response(context)
        }
        if path.hasPrefix(LogLink.folder) {
            return LogHost(state: state).answer(request).response(context)
        }
        // Links name the client's host, so that they also work through port forwarding.
        let base = "\(scheme)://\(request.head.authority ?? state.options.host)"
        let answer = try await APIEndpoint(state: state, isFirstOnConnection: isFirst).answer(request, base: base)
        if case .never = answer.delivery { try await BrokenBody.reset(context.channel) }
        return answer.response(context)
    }
}
