import Records

/// How a file is compressed: its name says so.
enum Compression: Sendable {
    case gzip, zstd

    init?(path: String) {
        if path.hasSuffix(".gz") {
            self = .gzip
        } else if path.hasSuffix(".zst") {
            self = .zstd
        } else {
            return nil
        }
    }

    func compressor() throws(Failure) -> any ByteCodec {
        switch self {
        case .gzip: try GzipCodec(.compress)
        case .zstd: try ZstdCompressor()
        }
    }

    func decompressor() throws(Failure) -> any ByteCodec {
        switch self {
        case .gzip: try GzipCodec(.decompress)
        case .zstd: try ZstdDecompressor()
        }
    }
}

/// Turns a stream of bytes into another one. Not shared between tasks.
protocol ByteCodec: AnyObject {
    /// - Parameter isLast: nothing follows these bytes.
    func convert(_ bytes: [UInt8], isLast: Bool) throws(Failure) -> [UInt8]
}

/// Compresses on the way to another sink.
///
/// Unchecked, because the codec is not Sendable. It holds, because nobody else has the codec, and a load session,
/// the only owner of a sink, is written to by one task at a time.
struct CompressedSink: ByteSink, @unchecked Sendable {
    private var sink: any ByteSink
    private let codec: any ByteCodec

    init(_ sink: any ByteSink, _ compression: Compression) throws {
        self.sink = sink
        codec = try compression.compressor()
    }

    func write(_ bytes: [UInt8]) throws { try sink.write(codec.convert(bytes, isLast: false)) }

    mutating func finish() throws {
        try sink.write(codec.convert([], isLast: true))
        try sink.finish()
    }

    var contents: Descriptor { sink.contents }
    var isChanged: Bool { sink.isChanged }
    mutating func commit() throws { try sink.commit() }
    mutating func rollback() { sink.rollback() }
}
