import AppleClient
import NIOCore
import NIOPosix
import Stages
import Synchronization

/// Answers requests with bytes written by hand, for what the sandbox does not do.
final class CannedServer: Sendable {
    enum Reply {
        /// The connection stays open.
        case answer(String)
        /// The second answer comes a moment later, without a request.
        case twice(String, String)
        /// The connection ends afterwards.
        case last(String)
        case bytes([UInt8])
        case silence
        case close
    }

    private let channel: any Channel
    private let heard: Heard

    fileprivate final class Heard: Sendable {
        let requests = Mutex<[String]>([])
    }

    var port: Int { channel.localAddress?.port ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }
    /// All that arrived, whole.
    var requests: [String] { heard.requests.withLock { $0 } }

    /// - Parameter reply: by the request, and which one it is on its connection, from 1.
    init(_ reply: @escaping @Sendable (_ request: String, _ number: Int) -> Reply) throws {
        let heard = Heard()
        self.heard = heard
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(heard, reply))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
    }

    /// Answers everything with the same bytes.
    convenience init(_ answer: String) throws { try self.init { _, _ in .last(answer) } }

    func stop() { channel.close(promise: nil) }

    /// An answer of this status with a length.
    static func http(_ status: String, _ body: String, headers: String = "") -> String {
        "HTTP/1.1 \(status)\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let heard: CannedServer.Heard
    private let reply: @Sendable (String, Int) -> CannedServer.Reply
    private var text = ""
    private var number = 0

    init(_ heard: CannedServer.Heard, _ reply: @escaping @Sendable (String, Int) -> CannedServer.Reply) {
        self.heard = heard
        self.reply = reply
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        text += String(buffer: unwrapInboundIn(data))
        guard let end = text.firstRange(of: "\r\n\r\n"), text[end.upperBound...].utf8.count >= bodyLength else {
            return
        }
        number += 1
        let request = text
        text = ""
        heard.requests.withLock { $0.append(request) }
        switch reply(request, number) {
        case .answer(let answer): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        case .twice(let answer, let unasked):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            let channel = context.channel
            channel.eventLoop.scheduleTask(in: .milliseconds(20)) {
                channel.writeAndFlush(ByteBuffer(string: unasked), promise: nil)
            }
        case .last(let answer):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            context.close(promise: nil)
        case .bytes(let bytes):
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
            context.close(promise: nil)
        case .silence: break
        case .close: context.close(promise: nil)
        }
    }

    private var bodyLength: Int {
        let line = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        return line.flatMap { Int($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) } ?? 0
    }
}

/// A client of a server written by hand; its tokens come from a sandbox.
func withClient(
    of server: CannedServer,
    attempts: Int = 1,
    _ test: (AppleClient) async throws -> Void
) async throws {
    defer { server.stop() }
    try await Account.with { account in
        var account = account
        account.settings.apiURL = server.url
        let client = try account.client(attempts: attempts)
        try await test(client)
        await client.close()
    }
}
