import Hummingbird

/// The host of the logs. It knows no tokens: its URLs are signed.
struct LogHost {
    let directory: Directory

    func answer(_ request: Request) -> Answer {
        let id = String(request.uri.path.dropFirst(LogLink.folder.count))
        let state = directory.organization(ofActivity: id)
        guard request.headers[.authorization] == nil else {
            state.countLeak()
            return refusal(400, "InvalidArgument", "Only one authorization mechanism is allowed")
        }
        guard request.method == .get else { return refusal(405, "MethodNotAllowed", "The method is not allowed") }
        let query = Query(request.uri.query ?? "")
        let link = LogLink(
            activity: id,
            authority: request.head.authority ?? "",
            expires: Moment(milliseconds: (query["Expires"].flatMap { Int64($0) } ?? 0) &* 1000),
            seed: state.options.seed
        )
        guard query["Signature"] == link.signature else {
            return refusal(403, "SignatureDoesNotMatch", "The signature does not match the request")
        }
        guard state.now < link.expires else { return refusal(403, "AccessDenied", "Request has expired") }
        guard let activity = state.activity(id), let log = ActivityLog(activity, state.organization.fleet.switches)
        else {
            return refusal(404, "NoSuchKey", "The specified key does not exist")
        }
        return Answer(status: 200, text: log.text, contentType: "application/octet-stream")
    }

    private func refusal(_ status: Int, _ code: String, _ message: String) -> Answer {
        let xml =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return Answer(status: status, text: xml, contentType: "application/xml")
    }
}
