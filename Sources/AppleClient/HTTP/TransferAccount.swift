import CCurl
import Records
import Stages

/// The message about a failed transfer for `--log-level debug`.
extension Transfer {
    /// libcurl's message, and the place.
    func account(of result: CURLcode, _ job: Job) -> String {
        let text = said.isEmpty ? String(cString: curl_easy_strerror(result)) : said
        let system = systemError == 0 ? "" : ", errno \(systemError)"
        let verified = verifyResult == 0 ? "" : ", X509 \(verifyResult)"
        return "\(place(of: job)): \(text) (libcurl \(result.rawValue)\(system)\(verified))"
    }

    func accountOfStall(_ job: Job) -> String { "\(place(of: job)): ended after \(job.idle) s without a byte" }

    /// The place without the query: a cursor means nothing to people.
    private func place(of job: Job) -> String {
        let method = job.request.form == nil ? "GET" : "POST"
        let address = ccurl_text(easy, CURLINFO_PRIMARY_IP).map { String(cString: $0) } ?? ""
        let port = ccurl_number(easy, CURLINFO_PRIMARY_PORT)
        let peer = address.isEmpty ? "" : " at \(address) port \(port)"
        let proxy = job.proxy.map { " through the proxy \($0.shown)" } ?? ""
        let seconds = ((ContinuousClock.now - began).inSeconds * 1000).rounded() / 1000
        return "\(method) \(job.request.url.prefix { $0 != "?" })\(peer)\(proxy), after \(seconds) s"
    }
}
