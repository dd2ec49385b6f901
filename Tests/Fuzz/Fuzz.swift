import Foundation
import Records
import Transform

/// What libFuzzer calls, once for each input. The environment's AXPORT_FUZZ names the target.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    target(UnsafeBufferPointer(start: start, count: count))
    return 0
}

private let target = FuzzTarget.named(ProcessInfo.processInfo.environment["AXPORT_FUZZ"] ?? "")
