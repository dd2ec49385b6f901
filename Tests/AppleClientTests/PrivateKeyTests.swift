import Crypto
import Records
import TestSupport
import Testing

@testable import AppleClient

/// Every key is made by openssl, as a person would.
@Suite struct PrivateKeyTests {
    private func openssl(_ command: String) throws -> String {
        let run = try Program.run("/bin/sh", ["-c", command])
        #expect(run.status == 0, "\(run.errors)")
        return run.output
    }

    private let sec1 = "openssl ecparam -name prime256v1 -genkey -noout"

    @Test func acceptsSEC1AndPKCS8() throws {
        _ = try PrivateKey(pem: openssl(sec1))
        _ = try PrivateKey(pem: openssl("\(sec1) | openssl pkcs8 -topk8 -nocrypt"))
    }

    @Test func acceptsWindowsLineEndsAByteOrderMarkAndIndentation() throws {
        let key = try openssl(sec1)
        _ = try PrivateKey(pem: key.replacing("\n", with: "\r\n"))
        _ = try PrivateKey(pem: "\u{FEFF}" + key)
        _ = try PrivateKey(pem: "\n\n" + key.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
    }

    /// Secret stores keep keys like this.
    @Test(arguments: [1000, 20, 76]) func acceptsLinesOfAnyLength(length: Int) throws {
        for key in [try openssl(sec1), try openssl("\(sec1) | openssl pkcs8 -topk8 -nocrypt")] {
            let lines = key.split(separator: "\n").map(String.init)
            var body = lines.dropFirst().dropLast().joined()[...]
            var wrapped = [lines[0]]
            while !body.isEmpty {
                wrapped.append(String(body.prefix(length)))
                body = body.dropFirst(length)
            }
            _ = try PrivateKey(pem: (wrapped + [lines[lines.count - 1]]).joined(separator: "\n"))
        }
    }

    /// Variables, `.env` files and JSON often hold them like this.
    @Test(arguments: ["\\n", "\\r\\n", " ", "  "]) func acceptsOtherThingsInPlaceOfLineBreaks(mark: String) throws {
        for key in [
            try openssl(sec1), try openssl("\(sec1) | openssl pkcs8 -topk8 -nocrypt"),
            try openssl("openssl ecparam -name prime256v1 -genkey"),
        ] {
            let expected = try PrivateKey(pem: key)
            let read = try PrivateKey(pem: key.replacing("\n", with: mark))
            #expect(read.key.rawRepresentation == expected.key.rawRepresentation)
        }
    }

    @Test(arguments: ["/etc/axport/key.pem", "~/key.pem", "./key", "../k", "key.p8\n", "C:\\keys\\axport.PEM"])
    func aPathIsNoKey(path: String) {
        let failure = #expect(throws: Failure.self) { try PrivateKey(pem: path) }
        #expect(failure?.message == "the private key is a path, not a key")
        #expect(failure?.advice == "write ${file:PATH} with this path")
    }

    @Test(arguments: ["", "\n", "  \n\t\n"]) func anEmptyKeySaysSo(text: String) {
        let failure = #expect(throws: Failure.self) { try PrivateKey(pem: text, file: "/etc/axport/key.pem") }
        #expect(failure?.message == "the private key in /etc/axport/key.pem is empty")
    }

    @Test func messagesAndCommandsNameTheFile() throws {
        let text = try openssl("\(sec1) | openssl pkcs8 -topk8 -passout pass:x")
        let failure = #expect(throws: Failure.self) { try PrivateKey(pem: text, file: "/my keys/k.pem") }
        #expect(failure?.message == "the private key in /my keys/k.pem is encrypted")
        #expect(failure?.advice?.contains("openssl pkey -in '/my keys/k.pem' -out clear.pem") == true)
    }

    @Test func acceptsTheParametersThatOpensslWritesFirst() throws {
        _ = try PrivateKey(pem: openssl("openssl ecparam -name prime256v1 -genkey"))
    }

    @Test(arguments: [
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -passout pass:x", "is encrypted"),
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -aes128 -passout pass:x", "is encrypted"),
        ("openssl ecparam -name prime256v1 -genkey -noout | openssl ec -pubout", "is a public key"),
        ("openssl genrsa 2048 | openssl rsa -RSAPublicKey_out", "is a public key, not the private key"),
        (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout /dev/null -subj /CN=x",
            "is a certificate, not the private key"
        ),
        ("openssl genrsa 2048", "not an EC key on P-256"),
        ("openssl genrsa -traditional 2048", "an RSA key"),
        ("openssl ecparam -name secp384r1 -genkey -noout", "P-384"),
        ("openssl ecparam -name secp384r1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt", "P-384"),
        ("openssl ecparam -name secp256k1 -genkey -noout", "not on the curve P-256"),
        ("openssl ecparam -name secp256k1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt", "not on the curve P-256"),
        ("openssl genpkey -algorithm ed25519", "is an Ed25519 key, not an EC key on P-256"),
        ("openssl genpkey -algorithm x448", "is an X448 key, not an EC key on P-256"),
        ("openssl genpkey -algorithm ed25519 | sed '2s/^.//'", "damaged"),
        ("echo Here is the key:; openssl ecparam -name prime256v1 -genkey -noout", "text around"),
        ("openssl ecparam -name prime256v1 -genkey -noout; echo regards", "text around"),
        ("openssl ecparam -name prime256v1 -genkey -noout | head -3", "cut off"),
        ("openssl ecparam -name prime256v1 -genkey -noout | sed '2d'", "damaged"),
        (
            "openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8 -topk8 -nocrypt | sed '2d'", "damaged"
        ),
        ("echo nothing", "contains no PEM private key"),
    ])
    func otherKeysAreRefusedWithTheirCause(command: String, cause: String) throws {
        let text = try openssl(command)
        let failure = #expect(throws: Failure.self) { try PrivateKey(pem: text) }
        #expect(failure?.code == .credentialsRefused)
        #expect(failure?.message.contains(cause) == true, "\(failure?.description ?? "")")
        #expect(failure?.advice?.contains(/openssl|copy|use the private key of the API account/) == true)
        let secret = text.split(separator: "\n").first { $0.count > 60 && !$0.contains(" ") }
        #expect(secret.map { failure?.description.contains($0) } != true, "the key itself is in the message")
    }
}
