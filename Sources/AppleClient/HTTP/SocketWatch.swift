import CCurl

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The sockets that libcurl waits for, and its timer.
///
/// Belongs to the loop's thread. `curl_multi_perform` looks at every transfer in each turn, so its cost grows with
/// their number. This type tells libcurl which socket is ready instead.
final class SocketWatch {
    private let multi: UnsafeMutableRawPointer
    /// The first socket wakes the loop.
    private var sockets: [pollfd]
    private var places: [curl_socket_t: Int] = [:]
    private(set) var due: ContinuousClock.Instant?
    private let clock = ContinuousClock()

    /// - Parameter wake: a descriptor that becomes readable when orders arrive.
    init(_ multi: UnsafeMutableRawPointer, wake: Int32) {
        self.multi = multi
        sockets = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        let context = Unmanaged.passUnretained(self).toOpaque()
        ccurl_multi_set_sockets(
            multi,
            { _, socket, what, context, _ in
                SocketWatch.of(context)?.watch(socket, for: what)
                return 0
            },
            context
        )
        ccurl_multi_set_timer(
            multi,
            { _, milliseconds, context in
                SocketWatch.of(context)?.setTimer(milliseconds)
                return 0
            },
            context
        )
    }

    private static func of(_ context: UnsafeMutableRawPointer?) -> SocketWatch? {
        context.map { Unmanaged<SocketWatch>.fromOpaque($0).takeUnretainedValue() }
    }

    private func watch(_ socket: curl_socket_t, for what: Int32) {
        let place = places[socket]
        if what == CURL_POLL_REMOVE {
            guard let place else { return }
            places[socket] = nil
            let last = sockets.removeLast()
            if place < sockets.count {
                sockets[place] = last
                places[last.fd] = place
            }
            return
        }
        var events: Int32 = 0
        if what & CURL_POLL_IN != 0 { events |= Int32(POLLIN) }
        if what & CURL_POLL_OUT != 0 { events |= Int32(POLLOUT) }
        if let place {
            sockets[place].events = Int16(events)
        } else {
            places[socket] = sockets.count
            sockets.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
    }

    private func setTimer(_ milliseconds: Int) {
        due = milliseconds < 0 ? nil : clock.now + .milliseconds(milliseconds)
    }

    /// Calls libcurl if its timer has expired.
    ///
    /// - Returns: whether the timer had expired.
    func runDue() -> Bool {
        guard let due, due <= clock.now else { return false }
        self.due = nil
        var running: Int32 = 0
        curl_multi_socket_action(multi, curl_socket_t(CURL_SOCKET_BAD), 0, &running)
        return true
    }

    /// Waits at most this long for a ready socket, then lets libcurl use the ready ones.
    ///
    /// - Parameter afterEach: called before the next socket is used.
    func runReady(after milliseconds: Int32, _ afterEach: () -> Void) {
        guard poll(&sockets, nfds_t(sockets.count), milliseconds) > 0 else { return }
        if sockets[0].revents != 0 { emptyPipe() }
        let ready = sockets.dropFirst().filter { $0.revents != 0 }
        var running: Int32 = 0
        for socket in ready {
            // libcurl finds the error itself: it has to read the bytes before it first.
            let isBroken = Int32(socket.revents) & Int32(POLLERR | POLLHUP | POLLNVAL) != 0
            var mask: Int32 = 0
            for (event, bit) in [(Int32(POLLIN), CURL_CSELECT_IN), (Int32(POLLOUT), CURL_CSELECT_OUT)] {
                let isReady = Int32(socket.revents) & event != 0
                if isReady || (isBroken && Int32(socket.events) & event != 0) { mask |= bit }
            }
            curl_multi_socket_action(multi, socket.fd, mask, &running)
            afterEach()
        }
    }

    private func emptyPipe() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(sockets[0].fd, &bytes, bytes.count) == bytes.count {}
    }
}
