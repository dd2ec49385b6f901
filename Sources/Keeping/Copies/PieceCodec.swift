import CZstd
import Inventory
import Records

/// Compresses pieces of a file, each for itself.
struct PieceCodec: ~Copyable {
    /// One page of an inventory that is kept from its beginning: of a fleet in which one device in a hundred changed, few
    /// pages change.
    static let size = Inventory.keptPageSize
    private static let level: Int32 = 3

    private let compressor: OpaquePointer
    private let decompressor: OpaquePointer
    private var buffer: [UInt8]

    init() throws(Failure) {
        guard let compressor = ZSTD_createCCtx() else { throw Failure(.destinationFailed, "zstd: no memory") }
        guard let decompressor = ZSTD_createDCtx() else {
            ZSTD_freeCCtx(compressor)
            throw Failure(.destinationFailed, "zstd: no memory")
        }
        self.compressor = compressor
        self.decompressor = decompressor
        buffer = [UInt8](repeating: 0, count: max(ZSTD_compressBound(Self.size), Self.size))
    }

    deinit {
        ZSTD_freeCCtx(compressor)
        ZSTD_freeDCtx(decompressor)
    }

    /// Nil if the piece is too long.
    mutating func compressed(_ piece: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let count = piece.withUnsafeBytes { piece in
            buffer.withUnsafeMutableBytes { buffer in
                ZSTD_compressCCtx(
                    compressor,
                    buffer.baseAddress,
                    buffer.count,
                    piece.baseAddress,
                    piece.count,
                    Self.level
                )
            }
        }
        return ZSTD_isError(count) != 0 ? nil : buffer[..<count]
    }

    /// Nil if the bytes are no compressed piece.
    mutating func original(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        let count = bytes.withUnsafeBytes { bytes in
            buffer.withUnsafeMutableBytes { buffer in
                ZSTD_decompressDCtx(decompressor, buffer.baseAddress, Self.size, bytes.baseAddress, bytes.count)
            }
        }
        return ZSTD_isError(count) != 0 ? nil : buffer[..<count]
    }
}
