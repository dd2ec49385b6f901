/// The forms in which others may repeat a secret: unchanged, on one line, escaped, percent-encoded.
struct SecretForms {
    let all: Set<[UInt8]>

    init(of secret: String) {
        let lines = secret.split(whereSeparator: \.isNewline)
        let escaped = secret.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        var plain: Set = [secret, secret.controlsVisible, escaped]
        if lines.count > 1 {
            for separator in ["", " ", "\n", "\r\n", "\\n", "\\r\\n"] {
                plain.insert(lines.joined(separator: separator))
            }
        } else if let line = lines.first {
            plain.insert(String(line))
        }
        all = Set(plain.flatMap { [Array($0.utf8), Array(PercentEncoding.encode($0).utf8)] })
    }
}
