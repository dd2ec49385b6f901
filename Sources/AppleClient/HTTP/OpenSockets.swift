import CCurl

/// The sockets of a loop's connections by their local ports: before libcurl sends a request, it tells only the port.
///
/// Belongs to the loop's thread.
final class OpenSockets {
    private var opened: [curl_socket_t] = []
    private var places: [Int32: curl_socket_t] = [:]

    /// Adds a new socket, which has no port yet.
    func add(_ socket: curl_socket_t) {
        // The number of one that was closed before it had a port.
        opened.removeAll { $0 == socket }
        opened.append(socket)
    }

    /// Whether bytes wait at the connection from this local port.
    func hasUnread(from port: Int32) -> Bool {
        guard let socket = socket(from: port) else { return false }
        return ccurl_has_unread(socket) != 0
    }

    /// The number of a closed socket may be that of another one by now.
    private func socket(from port: Int32) -> curl_socket_t? {
        if let known = places[port], ccurl_local_port(known) == port { return known }
        places[port] = opened.last { ccurl_local_port($0) == port }
        opened.removeAll { $0 == places[port] }
        return places[port]
    }
}
