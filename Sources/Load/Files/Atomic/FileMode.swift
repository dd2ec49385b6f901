import Records
import Stages

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The read and write permissions of a file.
struct FileMode: SettingValue, CustomStringConvertible {
    let bits: mode_t

    static var typeName: String { "octal mode" }
    /// Some YAML readers take it for a number.
    static var form: ValueForm { .anyOf([.pattern("^0?[0-7]{3}$"), .integer(minimum: 0)]) }
    var description: String { "0" + String(bits, radix: 8) }

    init(bits: mode_t) { self.bits = bits }

    init(from node: ConfigNode) throws(Diagnostic) {
        let text = try String(from: node)
        let isOctal = (3...4).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x37).contains($0) }
        guard isOctal, let bits = mode_t(text, radix: 8), bits <= 0o777 else {
            throw Diagnostic("expected a mode in octal such as 0640", at: node.location)
        }
        if bits & 0o002 != 0 {
            throw Diagnostic("mode \(text) would let every user change the file", at: node.location)
        }
        if bits & 0o600 != 0o600 {
            throw Diagnostic(
                "mode \(text) would deny access to the file's owner, the user who runs axport",
                at: node.location
            )
        }
        self.bits = bits
    }

    /// Changes the mode of a file if it differs.
    func set(on place: FilePlace, for name: String) throws {
        let file = Descriptor(number: place.open(O_RDONLY), name: name)
        guard file.number >= 0 else { throw file.failure("set the permissions of") }
        defer { close(file.number) }
        if let status = file.status, status.st_mode & 0o7777 == bits { return }
        guard fchmod(file.number, bits) == 0 else { throw file.failure("set the permissions of") }
    }
}
