import NIOCore
import NIOPosix

/// Answers every request with the same bytes, for what the sandbox does not do.
final class CannedServer: Sendable {
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    init(_ answer: String) throws {
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answering(answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
    }

    func stop() { channel.close(promise: nil) }
}

private final class Answering: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let answer: String
    private var heard = ""

    init(answer: String) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        heard += String(buffer: unwrapInboundIn(data))
        guard heard.contains("\r\n\r\n") else { return }
        heard = ""
        context.write(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        context.flush()
        context.close(promise: nil)
    }
}
