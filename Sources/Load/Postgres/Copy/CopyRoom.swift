import Records

/// Memory for the rows of a batch in COPY's binary format, reserved as a whole: most fields are a few bytes, and an array
/// that may have to grow costs more for each than the field itself.
///
/// Writing beyond its end traps.
struct CopyRoom {
    private let memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ memory: UnsafeMutableBufferPointer<UInt8>) { self.memory = UnsafeMutableRawBufferPointer(memory) }

    /// Numbers are big-endian.
    mutating func append(_ number: some FixedWidthInteger) {
        place(number, at: count)
        count += number.bitWidth / 8
    }

    /// A field with a number.
    mutating func append(field number: some FixedWidthInteger) {
        append(Int32(number.bitWidth / 8))
        append(number)
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        precondition(bytes.count <= memory.count - count)
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: UnsafeRawBufferPointer(bytes))
        count += bytes.count
    }

    mutating func removeLast(_ bytes: Int) { count -= bytes }

    /// Replaces what was written, or writes what comes next.
    func place(_ number: some FixedWidthInteger, at place: Int) {
        precondition(number.bitWidth / 8 <= memory.count - place)
        memory.storeBytes(of: number.bigEndian, toByteOffset: place, as: type(of: number.bigEndian))
    }
}
