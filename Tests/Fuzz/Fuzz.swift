import Foundation

/// libFuzzer, started by us because SwiftPM brings its own idea of `main`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ oneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Fuzzes the target that the environment's AXPORT_FUZZ names, with libFuzzer's own options.
@main
struct Fuzz {
    fileprivate static let target = FuzzTarget.named(ProcessInfo.processInfo.environment["AXPORT_FUZZ"] ?? "")

    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(
            runFuzzer(&count, &arguments) { start, count in
                Fuzz.target(UnsafeBufferPointer(start: start, count: count))
                return 0
            }
        )
    }
}
