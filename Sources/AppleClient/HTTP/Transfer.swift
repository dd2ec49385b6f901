import CCurl
import Records
import Stages

/// One of libcurl's easy handles, and the answer it receives. Belongs to the loop's thread.
final class Transfer {
    let easy: UnsafeMutableRawPointer
    let caFile: String?
    private(set) var job: Job?
    private(set) var lot: Lot?
    /// When the request began.
    private(set) var began = ContinuousClock.now
    private(set) var progress = Progress()
    private let address: TransferAddress
    private let sockets: OpenSockets
    private var body: [UInt8] = []
    private var headers: UnsafeMutablePointer<curl_slist>?
    private var headerLines: [String] = []
    /// Nil before the first request.
    private var proxy: ProxyAddress??
    private let libraryText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// The progress of a request.
    struct Progress {
        /// Whether the request was sent, or bytes of its answer arrived, since the last look at the clock: reading it at
        /// every line of a header would cost more than the line.
        var hasMoved = false
        /// The look that last found it moved; nil before the first.
        var lastMove: ContinuousClock.Instant?
        var headerBytes = 0
        var excess: Excess?
        var sends = 0
        var unasked: Unasked?

        /// Whether the request was sent, or something answered.
        var isUnderWay: Bool { hasMoved || lastMove != nil }
    }

    /// Where bytes waited before the request was sent. An answer of theirs would belong to no request, or to an earlier one.
    enum Unasked { case atNewConnection, atKeptConnection }

    /// The part of an answer that is too large.
    enum Excess { case headers, body }

    /// A page of 1,000 devices takes about 1.5 MB.
    private static let mostBody = 64 << 20
    private static let mostHeaders = 256 << 10

    init?(_ settings: TransferSettings, _ sockets: OpenSockets) {
        guard let easy = curl_easy_init() else {
            libraryText.deallocate()
            return nil
        }
        self.easy = easy
        caFile = settings.caFile
        address = TransferAddress(of: easy)
        self.sockets = sockets
        settings.apply(to: easy)
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, libraryText)
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
        ccurl_set_bytes(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Transfer.of(context)?.take(bytes, size * count) ?? 0
        }
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        ccurl_set_bytes(easy, CURLOPT_HEADERFUNCTION) { _, size, count, context in
            Transfer.of(context)?.takeHeader(size * count) ?? 0
        }
        ccurl_set_pointer(easy, CURLOPT_PREREQDATA, context)
        ccurl_set_before(easy) { context, _, _, _, port in
            Transfer.of(context)?.mayBeSent(from: port) == true ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
        ccurl_set_pointer(easy, CURLOPT_SOCKOPTDATA, context)
        ccurl_set_opened(easy) { context, socket, _ in
            Transfer.of(context)?.sockets.add(socket)
            return CURL_SOCKOPT_OK
        }
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headers)
        libraryText.deallocate()
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Prepares the handle for a request.
    func begin(_ job: Job, of lot: Lot) {
        (self.job, self.lot) = (job, lot)
        began = .now
        progress = Progress()
        libraryText.pointee = 0
        address.set(job.request, through: job.proxy)
        setHeaders(job.request.headers)
        set(job.proxy)
        ccurl_set_number(easy, CURLOPT_TIMEOUT_MS, max(1, Int((min(job.seconds, 86_400) * 1000).rounded(.up))))
        guard let form = job.request.form else { return }
        // POST requests use a new connection: if a kept connection has died, nobody can tell whether the request
        // arrived.
        ccurl_set_number(easy, CURLOPT_FRESH_CONNECT, 1)
        ccurl_set_number(easy, CURLOPT_FORBID_REUSE, 1)
        ccurl_set_text(easy, CURLOPT_COPYPOSTFIELDS, form)
    }

    /// Resets the handle for another request.
    func end() {
        (job, lot) = (nil, nil)
        body = []
    }

    private func setHeaders(_ lines: [String]) {
        guard lines != headerLines else { return }
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines { list = curl_slist_append(list, line) }
        ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
        curl_slist_free_all(headers)
        (headers, headerLines) = (list, lines)
    }

    /// Always set: otherwise libcurl would take a proxy from the environment.
    private func set(_ proxy: ProxyAddress?) {
        if self.proxy == .some(proxy) { return }
        self.proxy = proxy
        ccurl_set_text(easy, CURLOPT_PROXY, proxy.map { "http://\($0.shown)" } ?? "")
        ccurl_set_text(easy, CURLOPT_PROXYUSERNAME, proxy?.name)
        ccurl_set_text(easy, CURLOPT_PROXYPASSWORD, proxy?.name == nil ? nil : proxy?.password)
    }

    /// libcurl repeats a request by itself if a kept connection dies before the first byte. We decide that ourselves. And
    /// libcurl up to 8.0 takes bytes that came unasked for the answer, such as the 408 of a gateway to an idle connection.
    private func mayBeSent(from port: Int32) -> Bool {
        let isNew = ccurl_number(easy, CURLINFO_NUM_CONNECTS) > 0
        // After a handshake, TLS itself sends session tickets.
        if !(isNew && job?.request.scheme == "https"), sockets.hasUnread(from: port) {
            progress.unasked = isNew ? .atNewConnection : .atKeptConnection
            return false
        }
        progress.sends += 1
        progress.hasMoved = true
        return progress.sends == 1
    }

    private func take(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        progress.hasMoved = true
        guard body.count + count <= Self.mostBody else {
            progress.excess = .body
            return 0
        }
        if body.isEmpty {
            // The length is that of the compressed body; the decompressed body is longer.
            let length = ccurl_offset(easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
            body.reserveCapacity(min(max(count, Int(clamping: length)), Self.mostBody) + JSONReader.room)
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func takeHeader(_ count: Int) -> Int {
        progress.hasMoved = true
        progress.headerBytes += count
        guard progress.headerBytes <= Self.mostHeaders else {
            progress.excess = .headers
            return 0
        }
        return count
    }

    /// How long nothing has moved, as far as repeated calls can tell; zero before the request is sent.
    func stillness(at now: ContinuousClock.Instant) -> Duration {
        if progress.hasMoved { (progress.lastMove, progress.hasMoved) = (now, false) }
        return progress.lastMove.map { now - $0 } ?? .zero
    }

    // MARK: libcurl on a finished transfer

    /// The received answer. The caller owns its bytes.
    func answer(through proxy: ProxyAddress?) -> HTTPAnswer {
        defer { body = [] }
        let status = ccurl_number(easy, CURLINFO_RESPONSE_CODE)
        // Only failures and answers to forms need the headers.
        guard let request = job?.request, status != 200 || request.form != nil else {
            return HTTPAnswer(status: status, proxy: proxy?.shown, body: body)
        }
        return HTTPAnswer(
            status: status,
            retryAfter: header("Retry-After"),
            date: header("Date"),
            redirect: header("Location").flatMap { TransferAddress.resolve($0, against: request.url) },
            proxy: proxy?.shown,
            body: body
        )
    }

    /// The proxy's status for CONNECT; 0 without a proxy.
    var proxyStatus: Int { ccurl_number(easy, CURLINFO_HTTP_CONNECTCODE) }
    var systemError: Int32 { Int32(truncatingIfNeeded: ccurl_number(easy, CURLINFO_OS_ERRNO)) }
    /// OpenSSL's X509_V_ERR code.
    var verifyResult: Int { ccurl_number(easy, CURLINFO_SSL_VERIFYRESULT) }
    /// libcurl's message. Do not show it to users: it can quote sent data, and it changes between versions.
    var said: String { String(cString: libraryText) }

    private func header(_ name: String) -> String? {
        var found: UnsafeMutablePointer<curl_header>?
        guard curl_easy_header(easy, name, 0, UInt32(CURLH_HEADER), -1, &found) == CURLHE_OK, let found,
            let value = found.pointee.value
        else { return nil }
        return String(cString: value)
    }
}
