/// An error document of the API.
struct APIError: Error {
    let status: Int
    let code: String
    let title: String
    let detail: String
    var parameter: String?
    /// The place in the body.
    var pointer: String?

    static let unauthorized = APIError(
        status: 401,
        code: "NOT_AUTHORIZED",
        title: "Authentication credentials are missing or invalid.",
        detail: "Provide a properly configured and signed bearer token, and make sure that it has not expired."
    )

    static let notAcceptable = APIError(
        status: 406,
        code: "NOT_ACCEPTABLE",
        title: "The requested media type is not available",
        detail: "Send the header 'Accept: application/json'."
    )

    static let tooMany = APIError(
        status: 429,
        code: "RATE_LIMIT_EXCEEDED",
        title: "The request rate limit has been reached.",
        detail: "We've received too many requests for this API. Please wait and try again."
    )

    static let server = APIError(
        status: 500,
        code: "UNEXPECTED_ERROR",
        title: "An unexpected error occurred.",
        detail: "An unexpected error occurred on the server side."
    )

    static let unavailable = APIError(
        status: 503,
        code: "SERVICE_UNAVAILABLE",
        title: "The service is temporarily unavailable.",
        detail: "The server is currently unable to handle the request."
    )

    static let unknownPath = APIError(
        status: 404,
        code: "NOT_FOUND",
        title: "The specified resource doesn't exist",
        detail: "The path provided does not match a defined resource type."
    )

    static func missing(_ type: String, _ id: String) -> APIError {
        APIError(
            status: 404,
            code: "NOT_FOUND",
            title: "The specified resource doesn't exist",
            detail: "There is no resource of type '\(type)' with id '\(id)'"
        )
    }

    static func forbidden(_ detail: String) -> APIError {
        APIError(status: 403, code: "FORBIDDEN_ERROR", title: "The given operation is not allowed", detail: detail)
    }

    static func parameter(_ name: String, _ kind: String, _ detail: String) -> APIError {
        APIError(
            status: 400,
            code: "PARAMETER_ERROR.\(kind)",
            title: kind == "REQUIRED" ? "A required parameter is missing" : "A parameter has an invalid value",
            detail: detail,
            parameter: name
        )
    }

    static let unsupportedMediaType = APIError(
        status: 415,
        code: "UNSUPPORTED_MEDIA_TYPE",
        title: "The content type is not supported",
        detail: "Send the header 'Content-Type: application/json'."
    )

    static let malformedBody = APIError(
        status: 400,
        code: "ENTITY_INVALID",
        title: "The request body is not valid",
        detail: "The body is not a JSON document of the expected form."
    )

    static func forbiddenByRole(_ what: String) -> APIError {
        .forbidden("The API account's role does not permit \(what).")
    }

    /// A member of the body that Apple refuses.
    static func entity(_ kind: String, _ pointer: String, _ detail: String) -> APIError {
        var error = APIError(
            status: 409,
            code: "ENTITY_ERROR.\(kind)",
            title: "The provided entity includes an invalid or a missing member",
            detail: detail
        )
        error.pointer = pointer
        return error
    }

    static func tooManyDevices(_ most: Int) -> APIError {
        APIError(
            status: 422,
            code: "ENTITY_UNPROCESSABLE",
            title: "The request entity cannot be processed",
            detail: "An activity can have at most \(most) devices"
        )
    }

    func document(id: String) -> [UInt8] {
        var members = [
            SandboxAttribute("id", .text(id)),
            SandboxAttribute("status", .text("\(status)")),
            SandboxAttribute("code", .text(code)),
            SandboxAttribute("title", .text(title)),
            SandboxAttribute("detail", .text(detail)),
        ]
        if let parameter {
            members.append(SandboxAttribute("source", .object([SandboxAttribute("parameter", .text(parameter))])))
        }
        if let pointer {
            members.append(SandboxAttribute("source", .object([SandboxAttribute("pointer", .text(pointer))])))
        }
        var json = JSONText()
        json.object([SandboxAttribute("errors", .array([.object(members)]))])
        return json.bytes
    }
}
