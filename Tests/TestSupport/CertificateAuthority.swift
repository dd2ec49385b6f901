import Foundation

/// An authority of a test's own, made by openssl.
package struct CertificateAuthority: Sendable {
    /// Its certificate.
    package let file: String
    private let folder: String

    package init(in folder: String, name: String) throws {
        self.folder = folder
        file = "\(folder)/\(name).pem"
        try Self.run(
            """
            cd '\(folder)' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
            -keyout \(name).key -out \(name).pem -days 2 -subj /CN=\(name)
            """
        )
    }

    /// Signs a server's certificate, which is valid for this many days.
    package func sign(host: String, days: Int = 2) throws -> (certificate: String, key: String) {
        let server = "\(folder)/\(UUID().uuidString)"
        try Self.run(
            """
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout '\(server).key' \
            -out '\(server).csr' -subj '/CN=\(host)' && printf 'subjectAltName=DNS:\(host)' >'\(server).ext' && \
            openssl x509 -req -in '\(server).csr' -CA '\(file)' -CAkey '\(file.dropLast(4)).key' -CAcreateserial \
            -days \(days) -extfile '\(server).ext' -out '\(server).pem'
            """
        )
        return ("\(server).pem", "\(server).key")
    }

    private static func run(_ script: String) throws {
        let run = try Program.run("/bin/sh", ["-c", script])
        guard run.status == 0 else { throw PostgresServerError("openssl: \(run.errors)") }
    }
}
