import CZstd
import Records

/// Zstandard (RFC 8878).
final class ZstdCompressor: ByteCodec {
    private let context: OpaquePointer

    init() throws(Failure) {
        guard let context = ZSTD_createCCtx() else {
            throw Failure(.destinationFailed, "zstd: no memory")
        }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    func convert(_ bytes: [UInt8], isLast: Bool) throws(Failure) -> [UInt8] {
        try drain(bytes) { output, input in
            let rest = ZSTD_compressStream2(context, &output, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
            return (rest, isLast ? rest == 0 : input.pos == input.size)
        }
    }
}

final class ZstdDecompressor: ByteCodec {
    private let context: OpaquePointer
    private var isAtEnd = false

    init() throws(Failure) {
        guard let context = ZSTD_createDCtx() else {
            throw Failure(.destinationFailed, "zstd: no memory")
        }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func convert(_ bytes: [UInt8], isLast: Bool) throws(Failure) -> [UInt8] {
        if isLast {
            guard isAtEnd else { throw Failure(.destinationFailed, "zstd: the data is cut off") }
            return []
        }
        return try drain(bytes) { output, input in
            let rest = ZSTD_decompressStream(context, &output, &input)
            isAtEnd = rest == 0
            return (rest, input.pos == input.size && output.pos < output.size)
        }
    }
}

/// Repeats a step until it is done, and collects its output.
private func drain(
    _ bytes: [UInt8],
    _ step: (inout ZSTD_outBuffer, inout ZSTD_inBuffer) -> (code: Int, isDone: Bool)
) throws(Failure) -> [UInt8] {
    var result: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    var problem: String?
    bytes.withUnsafeBytes { bytes in
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var isDone = false
        while !isDone, problem == nil {
            let count = piece.withUnsafeMutableBytes { piece in
                var output = ZSTD_outBuffer(dst: piece.baseAddress, size: piece.count, pos: 0)
                let (code, done) = step(&output, &input)
                isDone = done
                if ZSTD_isError(code) != 0 { problem = String(cString: ZSTD_getErrorName(code)) }
                return output.pos
            }
            result += piece[..<count]
        }
    }
    if let problem { throw Failure(.destinationFailed, "zstd: \(problem)") }
    return result
}
