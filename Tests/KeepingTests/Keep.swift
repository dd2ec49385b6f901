import Inventory
import PostgreSQL
import Records
import Stages
import TestSupport
import Testing

@testable import Keeping

/// A database that keeps inventories, and workers that have nothing but a folder of their own.
struct Keep {
    let server: PostgresServer
    let database: String
    /// The workers' folders.
    let home: ScratchFolder

    init() async throws { try self.init(server: try await PostgresServer.shared()) }

    init(server: PostgresServer) throws {
        self.server = server
        database = try server.freshDatabase()
        home = try ScratchFolder()
    }

    func place(user: String = "postgres", term: Duration = .seconds(60)) throws -> KeepingPlace {
        let name = String(database.split(separator: "/").last ?? "")
        let node = try ConfigNode.parse(server.url(name, user: user), file: "t", environment: .only([:]))
        return KeepingPlace(
            url: try PostgresURL(from: node),
            organization: "acme's",
            term: term,
            pause: .seconds(600),
            secrets: Secrets()
        )
    }

    func lease(_ holder: String = "worker", user: String = "postgres", term: Duration = .seconds(60)) async throws
        -> HeldLease
    {
        let offer = try await place(user: user, term: term).takeLease(as: holder, pipeline: "p", sinceBegin: nil)
        guard case .taken(let lease) = offer else { throw Unexpected(description: "\(offer)") }
        return lease
    }

    /// An open inventory in a worker's folder, as the database has it.
    func open(_ worker: String, _ lease: HeldLease) async throws -> KeptInventory {
        try await KeptInventory(
            at: home.file("\(worker)/inventory.sqlite"),
            under: lease,
            version: "0",
            patience: .zero,
            onWait: { _ in }
        )
    }

    /// The files of a worker.
    func files(_ worker: String) -> [String] {
        home.names.filter { $0.hasPrefix("\(worker)/") }.map { String($0.dropFirst(worker.count + 1)) }
    }

    func query(_ sql: String) throws -> [[String?]] { try server.query(sql, database: database) }
}

struct Unexpected: Error { let description: String }

/// The failure of some work.
func failure(_ work: () async throws -> Void) async throws -> Failure {
    do {
        try await work()
    } catch {
        return Failure(of: error)
    }
    throw Unexpected(description: "it did not fail")
}

extension Inventory {
    /// A complete listing of devices whose records are about as long as Apple's.
    func list(_ count: Int, changed: Set<Int> = [], at seconds: Int64) throws {
        let now = Timestamp(seconds: 1_767_225_600 + seconds)
        let listing = try beginListing(at: now)
        let devices = (0..<count).map { number in
            let color = changed.contains(number) ? "RED" : "BLUE"
            let rest = (0..<100).map { "\((number * 7919 + $0 * $0 * 104_729) % 100_003)" }.joined(separator: " ")
            return Resource(
                type: "orgDevices",
                id: "C0\(number * 7919 % 10_007 + 10_000)",
                attributes: Array(#"{"color":"\#(color)","note":"\#(rest)"}"#.utf8)
            )
        }
        _ = try record(devices, in: listing, next: nil, at: now)
        _ = try complete(listing, at: now)
    }
}
