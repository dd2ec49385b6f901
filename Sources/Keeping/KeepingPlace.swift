import PostgreSQL
import Records
import Stages

/// Where one organization's inventory is kept between runs, and how.
package struct KeepingPlace: Sendable {
    let url: PostgresURL
    /// The organization, as its inventory names it.
    let organization: String
    /// How long a lease lasts after it was last renewed.
    package let term: Duration
    /// The time between two copies during a run.
    package let pause: Duration
    let secrets: Secrets

    package init(url: PostgresURL, organization: String, term: Duration, pause: Duration, secrets: Secrets) {
        self.url = url
        self.organization = organization
        self.term = term
        self.pause = pause
        self.secrets = secrets
    }

    /// Longest wait for one answer of the server.
    private static let patience = Duration.seconds(60)

    /// Works in the database, on a connection that ends with the work: a lease must not depend on one connection.
    func inDatabase<Result: Sendable>(
        _ work: @Sendable (PostgresHandle) throws -> Result
    ) async throws -> Result {
        let connection = PostgresConnection()
        do {
            _ = try await connection.connect(url, hiding: secrets, within: .seconds(12))
            let result = try await connection.run { database in
                database.patience = Self.patience
                return try work(database)
            }
            await connection.close()
            return result
        } catch {
            await connection.close()
            throw Self.failure(of: error)
        }
    }

    /// The words of a load name its own setting, `url`.
    private static func failure(of error: any Error) -> any Error {
        switch error {
        case let error as PostgresError:
            Failure(
                .destinationFailed,
                "inventory.keep_in: \(error.message)",
                advice: error.hint,
                isTransient: error.isTransient
            )
        case let failure as Failure where failure.code == .destinationFailed:
            failure.rewritten { $0.replacing("`url`", with: "`keep_in`") }.named("inventory.keep_in")
        default: error
        }
    }
}

extension Failure {
    fileprivate func named(_ place: String) -> Failure {
        var failure = self
        failure.message = "\(place): \(message)"
        return failure
    }
}
