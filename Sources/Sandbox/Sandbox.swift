import Hummingbird
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server with Apple's API for devices and an invented organization.
package enum Sandbox {
    /// Returns when the server accepts connections. Uses the account in the credentials folder, or creates one there,
    /// with `sandbox.env`.
    package static func start(
        _ options: SandboxOptions,
        credentialsFolder: String? = nil
    ) async throws -> RunningSandbox {
        let folder = credentialsFolder.map(CredentialsFolder.init)
        let credentials =
            try folder?.credentials(seed: options.seed, platform: options.platform)
            ?? SandboxCredentials(seed: options.seed, platform: options.platform)
        let state = SandboxState(options, credentials)
        let tls = try tls(options)
        let scheme = tls == nil ? "http" : "https"
        let (ports, port) = AsyncThrowingStream<Int, any Error>.makeStream()
        let application = try application(SandboxResponder(state: state, scheme: scheme), options, tls) { bound in
            port.yield(bound)
        }
        let group = ServiceGroup(services: [application], gracefulShutdownSignals: [], logger: application.logger)
        let server = Task {
            do {
                try await group.run()
                port.finish()
            } catch {
                port.finish(throwing: error)
                throw error
            }
        }
        let host = options.host.contains(":") ? "[\(options.host)]" : options.host
        guard let bound = try await firstPort(ports, options) else {
            server.cancel()
            throw CancellationError()
        }
        let running = RunningSandbox(state: state, apiURL: "\(scheme)://\(host):\(bound)", server: server, group: group)
        do {
            try folder?.write(credentials, apiURL: running.apiURL, tokenURL: running.tokenURL)
        } catch {
            await running.stop()
            throw error
        }
        return running
    }

    private static func firstPort(
        _ ports: AsyncThrowingStream<Int, any Error>,
        _ options: SandboxOptions
    ) async throws(SandboxError) -> Int? {
        do {
            return try await ports.first { _ in true }
        } catch {
            let reason = (error as? IOError).map { cause($0.errnoCode) } ?? "the system refuses it"
            throw SandboxError("cannot listen on \(options.host):\(options.port): \(reason)")
        }
    }

    private static func cause(_ error: CInt) -> String {
        switch error {
        case EADDRINUSE: "another program listens there; choose another port, or 0 for a free one"
        case EACCES: "a port below 1024 takes root's rights; choose a higher one"
        case EADDRNOTAVAIL: "this machine has no such address"
        case EMFILE, ENFILE: "too many files are open"
        default: "the system refuses it (error \(error))"
        }
    }

    private static func application(
        _ responder: SandboxResponder,
        _ options: SandboxOptions,
        _ tls: TLSConfiguration?,
        onRunning: @escaping @Sendable (Int) -> Void
    ) throws -> Application<SandboxResponder> {
        let configuration = ApplicationConfiguration(address: .hostname(options.host, port: options.port))
        let logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
        let whenRunning: @Sendable (any Channel) async -> Void = { onRunning($0.localAddress?.port ?? options.port) }
        guard let tls else {
            return Application(
                responder: responder,
                configuration: configuration,
                onServerRunning: whenRunning,
                logger: logger
            )
        }
        return Application(
            responder: responder,
            server: try .tls(tlsConfiguration: tls),
            configuration: configuration,
            onServerRunning: whenRunning,
            logger: logger
        )
    }

    private static func tls(_ options: SandboxOptions) throws(SandboxError) -> TLSConfiguration? {
        switch (options.tlsCertificateFile, options.tlsKeyFile) {
        case (nil, nil): return nil
        case (let certificateFile?, let keyFile?):
            do {
                let certificates = try NIOSSLCertificate.fromPEMFile(certificateFile)
                return .makeServerConfiguration(
                    certificateChain: certificates.map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
                )
            } catch {
                throw SandboxError("cannot use \(certificateFile) and \(keyFile) for HTTPS: \(error)")
            }
        default: throw SandboxError("HTTPS takes both a certificate file and a key file")
        }
    }
}
