import Records

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file of certificate authorities, checked before the first request.
enum CertificateFile {
    static func check(_ path: String) throws(Failure) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw refused(path, FileManager.default.fileExists(atPath: path) ? "cannot be read" : "does not exist")
        }
        guard String(decoding: data, as: UTF8.self).contains("-----BEGIN CERTIFICATE-----") else {
            throw refused(path, "contains no PEM certificate")
        }
    }

    private static func refused(_ path: String, _ cause: String) -> Failure {
        Failure(
            .pipelineInvalid,
            "the certificate file \(path) \(cause)",
            advice: "ca_file and SSL_CERT_FILE take PEM certificates"
        )
    }
}
