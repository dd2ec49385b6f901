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

/// A server with Apple's API for devices and an invented organization, or several.
package enum Sandbox {
    /// Returns when the server accepts connections. Uses the account in the credentials folder, or creates one there,
    /// with `sandbox.env`.
    package static func start(
        _ options: SandboxOptions,
        credentialsFolder: String? = nil
    ) async throws -> RunningSandbox {
        let organization = SandboxOrganization(name: "", options: options)
        let folder = credentialsFolder.map(CredentialsFolder.init)
        guard let running = try await serve([organization], keeping: { _ in folder }).first else {
            throw CancellationError()
        }
        return running
    }

    /// Starts one server for several organizations, with the address of the first one's options. Their accounts are in
    /// folders of their names, and `tenants.csv` in the credentials folder has a row for each.
    package static func start(
        _ organizations: [SandboxOrganization],
        credentialsFolder: String
    ) async throws -> [RunningSandbox] {
        let folder = CredentialsFolder(credentialsFolder)
        let running = try await serve(organizations) { folder.part($0.name) }
        do {
            try folder.write(tableOf: running, organizations)
        } catch {
            await running.first?.stop()
            throw error
        }
        return running
    }

    /// - Parameter keeping: the folder of an organization's account.
    private static func serve(
        _ organizations: [SandboxOrganization],
        keeping: (SandboxOrganization) -> CredentialsFolder?
    ) async throws -> [RunningSandbox] {
        guard let options = organizations.first?.options else { return [] }
        let members = try organizations.enumerated().map { place, organization in
            let (own, folder) = (organization.options, keeping(organization))
            let credentials =
                try folder?.credentials(seed: own.seed, platform: own.platform)
                ?? SandboxCredentials(seed: own.seed, platform: own.platform)
            return (name: organization.name, state: SandboxState(own, credentials, place: place), folder: folder)
        }
        let directory = Directory(members.map { ($0.name, $0.state) })
        let (server, apiURL) = try await listen(directory, options)
        let running = members.map { RunningSandbox(name: $0.name, state: $0.state, apiURL: apiURL, server: server) }
        do {
            for (member, its) in zip(members, running) {
                try member.folder?.write(member.state.credentials, apiURL: apiURL, tokenURL: its.tokenURL)
            }
        } catch {
            await server.stop()
            throw error
        }
        return running
    }

    /// Returns when the server accepts connections, with its URL.
    private static func listen(
        _ directory: Directory,
        _ options: SandboxOptions
    ) async throws -> (SandboxService, apiURL: String) {
        let tls = try tls(options)
        let scheme = tls == nil ? "http" : "https"
        let (ports, port) = AsyncThrowingStream<Int, any Error>.makeStream()
        let connections = Connections()
        let responder = SandboxResponder(directory: directory, connections: connections, scheme: scheme)
        let application = try application(responder, options, tls) { bound in
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
        let service = SandboxService(group: group, server: server, connections: connections)
        return (service, "\(scheme)://\(host):\(bound)")
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
            guard let certificates = try? NIOSSLCertificate.fromPEMFile(certificateFile), !certificates.isEmpty else {
                throw SandboxError("cannot use \(certificateFile) for HTTPS: it is not a readable PEM certificate")
            }
            guard let key = try? NIOSSLPrivateKey(file: keyFile, format: .pem) else {
                throw SandboxError("cannot use \(keyFile) for HTTPS: it is not a readable PEM private key")
            }
            let configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificates.map { .certificate($0) },
                privateKey: .privateKey(key)
            )
            guard (try? NIOSSLContext(configuration: configuration)) != nil else {
                throw SandboxError("cannot use \(keyFile) for HTTPS: it is not the key of \(certificateFile)")
            }
            return configuration
        default: throw SandboxError("HTTPS takes both a certificate file and a key file")
        }
    }
}
