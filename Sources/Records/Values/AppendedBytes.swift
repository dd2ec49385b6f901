extension [UInt8] {
    /// Appends this many bytes at once, which costs a fraction of appending one after another.
    ///
    /// - Parameter write: sets each of the bytes.
    @inlinable
    package mutating func append(count: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Void) {
        append(addingCapacity: count) { span in
            span.withUnsafeMutableBufferPointer { room, used in
                guard let start = room.baseAddress else { return }
                write(start + used)
                used += count
            }
        }
    }
}
