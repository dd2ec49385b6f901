import CCurl

/// Why a TLS connection failed.
struct TLSProblem {
    private let result: CURLcode
    private let verifyResult: Int
    private let said: String
    private let caFile: String?
    private let wasTrusted: Bool

    init(_ result: CURLcode, _ transfer: Transfer, wasTrusted: Bool) {
        self.result = result
        verifyResult = transfer.verifyResult
        said = transfer.said.lowercased()
        caFile = transfer.caFile
        self.wasTrusted = wasTrusted
    }

    func noAnswer(_ route: Route) -> NoAnswer {
        if result == CURLE_SSL_CACERT_BADFILE {
            return NoAnswer(
                .permanent,
                "the certificate authorities \(caFile.map { "of \($0) " } ?? "")cannot be read",
                caFile == nil
                    ? "install the package ca-certificates, or name a PEM file with `ca_file` of the source"
                    : "ca_file and SSL_CERT_FILE take PEM certificates"
            )
        }
        if let (cause, advice) = certificateProblem {
            let change = wasTrusted ? " (it was trusted earlier in this run, so it has changed)" : ""
            return NoAnswer(.permanent, "TLS with \(route.host) failed: its certificate \(cause)\(change)", advice)
        }
        if let cause = protocolProblem {
            return NoAnswer(.permanent, "TLS with \(route.host) failed: \(cause)", Self.gatewayAdvice)
        }
        return NoAnswer(
            .dropped,
            "TLS with \(route.host) failed: the connection ended during the handshake",
            route.advice
        )
    }

    private static let authorityAdvice =
        "if a proxy inspects TLS, set its certificate authority with `ca_file` of the source or SSL_CERT_FILE"
    private static let clockAdvice = "check this machine's clock; if it is right, the server needs a new certificate"
    private static let gatewayAdvice = "check api_url, token_url and any proxy between this machine and Apple"

    /// The problem by OpenSSL's number (X509_V_ERR_…), which libcurl reports.
    private var certificateProblem: (cause: String, advice: String)? {
        switch verifyResult {
        case 9: ("is not valid yet", Self.clockAdvice)
        case 10: ("has expired", Self.clockAdvice)
        case 18: ("is self-signed", Self.authorityAdvice)
        case 2, 19, 20, 21: ("comes from an authority that this machine does not trust", Self.authorityAdvice)
        case 23: ("has been revoked", Self.gatewayAdvice)
        case 62, 64: ("is for another host", Self.gatewayAdvice)
        // libcurl checks the name itself. It then leaves the number as it was, or sets it: 0 or "unspecified".
        case 0, 1: result == CURLE_PEER_FAILED_VERIFICATION ? ("is for another host", Self.gatewayAdvice) : nil
        default: ("cannot be verified (OpenSSL code \(verifyResult))", Self.authorityAdvice)
        }
    }

    private var protocolProblem: String? {
        if said.contains("unsupported protocol") || said.contains("protocol version") {
            return "the server does not support TLS 1.2 or later"
        }
        if said.contains("wrong version number") || said.contains("packet length too long") {
            return "the server does not use TLS"
        }
        if said.contains("handshake failure") || said.contains("no shared cipher") {
            return "the server and axport have no cipher in common"
        }
        return nil
    }
}
