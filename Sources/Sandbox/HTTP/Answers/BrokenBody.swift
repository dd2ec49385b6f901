import Hummingbird
import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A body that ends after its first half: the connection breaks.
enum BrokenBody {
    enum Ending { case reset, close }

    static func body(_ whole: ByteBuffer, _ ending: Ending, on channel: any Channel) -> ResponseBody {
        ResponseBody(contentLength: whole.readableBytes) { writer in
            var rest = whole
            if let half = rest.readSlice(length: rest.readableBytes / 2) {
                try await writer.write(half)
            }
            // The first half must be sent before the connection ends.
            try await Task.sleep(for: .milliseconds(30))
            if ending == .reset { try await reset(channel) } else { try await channel.close() }
        }
    }

    static func reset(_ channel: any Channel) async throws {
        if let socket = channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try await channel.close()
    }
}
