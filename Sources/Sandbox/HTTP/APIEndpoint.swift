import Hummingbird

/// Everything below `/v1`. Checks the token, the rate and the faults, and then answers.
struct APIEndpoint {
    let state: SandboxState
    let isFirstOnConnection: Bool

    func answer(_ request: Request, base: String) async throws -> Answer {
        var write = SandboxWrite(
            method: request.method.rawValue,
            path: request.uri.path,
            isFirstOnConnection: isFirstOnConnection
        )
        let answer = try await answer(request, base, &write)
        if request.method != .get, request.method != .head { state.record(write, answer) }
        return answer
    }

    private func answer(_ request: Request, _ base: String, _ write: inout SandboxWrite) async throws -> Answer {
        let path = request.uri.path
        let route = Route(path: path, platform: state.options.platform)
        state.count { $0.requests[route.family, default: 0] += 1 }
        let faults = state.drawFaults()
        if state.options.latencyMilliseconds > 0 {
            try await Task.sleep(for: .milliseconds(state.options.latencyMilliseconds))
        }
        if suffers(.stall, faults) {
            try await Task.sleep(for: .seconds(state.options.stallSeconds))
        }
        if let refusal = refusal(request, faults) {
            if refusal.isOverLimit, state.options.throttle == .stall {
                try await Task.sleep(for: .seconds(state.options.stallSeconds))
            }
            return refusal
        }
        do {
            if request.headers[.accept] == nil {
                throw APIError.notAcceptable
            }
            if request.method == .post, case .activities = route {
                return try await create(request, base, faults, &write)
            }
            if request.method != .get {
                throw Self.refusedWrite(route, path, request.method.rawValue)
            }
            var call = call(request, base, faults)
            defer {
                for kind in call.suffered {
                    count(kind)
                }
            }
            return deliver(200, try call.answer(route), faults)
        } catch let error as APIError {
            return answer(error)
        }
    }

    private func call(_ request: Request, _ base: String, _ faults: Set<FaultKind>) -> Call {
        let text = request.uri.query ?? ""
        let query = Query(text)
        let filters = query.items.filter { $0.name.hasPrefix("filter[") }.map { "\($0.name)=\($0.value)" }
        let resource = request.uri.path + "?" + filters.joined(separator: "&")
        return Call(
            state: state,
            organization: state.organization(reading: resource, isFirstPage: query["cursor"] == nil),
            base: base,
            path: request.uri.path,
            query: query,
            rawQuery: text,
            faults: faults
        )
    }

    /// Creates an activity. With some faults the client does not learn of it.
    private func create(
        _ request: Request,
        _ base: String,
        _ faults: Set<FaultKind>,
        _ write: inout SandboxWrite
    ) async throws -> Answer {
        if let wait = state.change({ $0.admitPost() }) {
            state.count { $0.refused += 1 }
            var refusal = answer(.tooMany)
            refusal.retryAfter = RetryAfter.text(seconds: wait, state.switches.retryAfter)
            return refusal
        }
        let activity = try await ActivityEndpoint(state: state).accept(request, &write)
        if suffers(.lostToError, faults) { return answer(.server) }
        var answer = deliver(201, call(request, base, faults).created(activity), faults)
        if suffers(.lost, faults) { answer.delivery = .never }
        return answer
    }

    /// Why a request is refused before its path is read.
    private func refusal(_ request: Request, _ faults: Set<FaultKind>) -> Answer? {
        guard let token = SandboxResponder.token(of: request), state.tokens.isValid(token) else {
            return answer(.unauthorized)
        }
        if suffers(.expire, faults) {
            state.tokens.revoke(token)
            return answer(.unauthorized)
        }
        let (wait, isTooEarly) = state.admit()
        if isTooEarly {
            state.count { $0.tooEarly += 1 }
        }
        if let wait {
            state.count { $0.refused += 1 }
            return overLimit(wait: wait)
        }
        if suffers(.tooMany, faults) {
            return tooMany(wait: 1)
        }
        if suffers(.serverError, faults) {
            return answer(.server)
        }
        if suffers(.unavailable, faults) {
            var unavailable = answer(.unavailable)
            let isOdd = state.statistics.faults[.unavailable, default: 0] % 2 == 1
            unavailable.retryAfter = isOdd ? "1" : nil
            return unavailable
        }
        if suffers(.html, faults) {
            let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
            return Answer(status: 502, text: page, contentType: "text/html")
        }
        return nil
    }

    private func overLimit(wait: Int) -> Answer {
        var refusal: Answer
        switch state.options.throttle {
        case .refused: refusal = tooMany(wait: wait)
        case .silent:
            state.close(for: Throttle.silence)
            refusal = answer(.tooMany)
        case .stall, .reset:
            refusal = answer(.tooMany)
            refusal.delivery = .never
        }
        refusal.isOverLimit = true
        return refusal
    }

    private func tooMany(wait: Int) -> Answer {
        var refusal = answer(.tooMany)
        refusal.retryAfter = RetryAfter.text(seconds: wait, state.options.switches.retryAfter)
        if refusal.retryAfter != nil {
            state.promise(wait: wait)
        }
        return refusal
    }

    private func deliver(_ status: Int, _ body: [UInt8], _ faults: Set<FaultKind>) -> Answer {
        var answer = Answer(status: status, body: body)
        if suffers(.reset, faults) {
            answer.delivery = .reset
        } else if suffers(.truncate, faults) {
            answer.delivery = .truncated
        } else if suffers(.badJSON, faults) {
            answer.body = Array(body.prefix(body.count / 2))
        }
        return answer
    }

    private func answer(_ error: APIError) -> Answer {
        var draw = Draw(.random(in: .min ... .max), .error, 0)
        return Answer(status: error.status, body: error.document(id: UUIDText.draw(&draw)))
    }

    /// Whether a fault is due. A due fault is counted.
    private func suffers(_ kind: FaultKind, _ faults: Set<FaultKind>) -> Bool {
        guard faults.contains(kind) else { return false }
        count(kind)
        return true
    }

    private func count(_ kind: FaultKind) {
        state.count { $0.faults[kind, default: 0] += 1 }
    }

    /// The sandbox refuses all writes but the one that creates an activity.
    private static func refusedWrite(_ route: Route, _ path: String, _ method: String) -> APIError {
        if case .unknown = route {
            return .unknownPath
        }
        let operation = ["POST": "CREATE", "PATCH": "UPDATE", "PUT": "REPLACE"][method] ?? method
        let resource = path.split(separator: "/").dropFirst().first ?? ""
        return .forbidden("The resource '\(resource)' does not allow '\(operation)'.")
    }
}
