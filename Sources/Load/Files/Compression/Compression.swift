import Records

/// The compression of a file, by its name.
enum Compression: Sendable, CaseIterable {
    case gzip, zstd

    init?(path: String) {
        guard let compression = Self.allCases.first(where: { path.hasSuffix($0.ending) }) else { return nil }
        self = compression
    }

    var ending: String {
        switch self {
        case .gzip: ".gz"
        case .zstd: ".zst"
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

/// Converts a stream of bytes. Not shared between tasks.
protocol ByteCodec: AnyObject {
    /// - Parameter isLast: whether these are the last bytes.
    func convert(_ bytes: [UInt8], isLast: Bool) throws(Failure) -> [UInt8]
}

/// Compresses bytes for another sink.
///
/// Unchecked, because the codec is not Sendable. This is safe: nobody else has the codec, and only one task at a time
/// writes to a load session, which is the only owner of a sink.
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
