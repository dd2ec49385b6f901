import Records

/// Numbers, booleans, timestamps and dates in the form of every destination.
enum CellText {
    /// Appends the cell; nothing for a null. `bytes` are those of its batch.
    static func append(_ cell: Cell, from bytes: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        switch cell {
        case .null: break
        case .text(let text): output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[text.range]))
        case .integer(let number): append(number, to: &output)
        case .real(let number): output.append(contentsOf: "\(number)".utf8)
        case .boolean(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
        case .timestamp(let microseconds): Timestamp(microseconds: microseconds).append(to: &output)
        case .date(let days): CalendarDay(daysSince1970: Int(days)).append(to: &output)
        }
    }

    private static func append(_ number: Int64, to output: inout [UInt8]) {
        if number < 0 { output.append(UInt8(ascii: "-")) }
        let start = output.count
        var rest = number.magnitude
        repeat {
            output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        output[start...].reverse()
    }
}
