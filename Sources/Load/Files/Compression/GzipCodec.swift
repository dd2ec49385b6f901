import CZlib
import Records

/// Compresses and decompresses gzip (RFC 1952). The header has no time and no name, so that equal contents give equal
/// files.
final class GzipCodec: ByteCodec {
    enum Direction { case compress, decompress }

    private var stream = z_stream()
    private let direction: Direction
    private var isAtEnd = false

    private static let windowBits: Int32 = 15
    /// Added to the window's bits: selects the gzip format instead of zlib's.
    private static let gzip: Int32 = 16

    /// - Parameter isWrapped: false for data without gzip's header, as in a ZIP archive.
    init(_ direction: Direction, isWrapped: Bool = true) throws(Failure) {
        self.direction = direction
        let size = Int32(MemoryLayout<z_stream>.size)
        let bits = isWrapped ? Self.windowBits + Self.gzip : -Self.windowBits
        let code =
            switch direction {
            case .compress: deflateInit2_(&stream, 6, Z_DEFLATED, bits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
            case .decompress: inflateInit2_(&stream, bits, ZLIB_VERSION, size)
            }
        guard code == Z_OK else { throw Failure(.destinationFailed, "gzip: zlib does not start (\(code))") }
    }

    deinit {
        switch direction {
        case .compress: deflateEnd(&stream)
        case .decompress: inflateEnd(&stream)
        }
    }

    func convert(_ bytes: [UInt8], isLast: Bool) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var input = bytes
        var code = Z_OK
        input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            repeat {
                let count = piece.withUnsafeMutableBufferPointer { piece in
                    stream.next_out = piece.baseAddress
                    stream.avail_out = UInt32(piece.count)
                    code = step(isLast)
                    return piece.count - Int(stream.avail_out)
                }
                output += piece[..<count]
            } while code == Z_OK && stream.avail_out == 0
        }
        isAtEnd = isAtEnd || code == Z_STREAM_END
        // Z_BUF_ERROR: there was nothing to do.
        let isCut = isLast && direction == .decompress && !isAtEnd
        guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(code), !isCut else {
            throw Failure(.destinationFailed, "gzip: the data is damaged or cut off")
        }
        return output
    }

    private func step(_ isLast: Bool) -> Int32 {
        switch direction {
        case .compress: deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
        case .decompress: isAtEnd ? Z_BUF_ERROR : inflate(&stream, Z_NO_FLUSH)
        }
    }
}
