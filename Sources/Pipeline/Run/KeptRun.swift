import Inventory
import Keeping
import Records
import Stages

/// Runs on an inventory that a database keeps, so that any worker can run any organization.
extension Plan {
    func run(
        keptIn place: KeepingPlace,
        _ path: String,
        _ options: RunOptions,
        _ progress: RunProgress,
        _ connect: Connect,
        since began: ContinuousClock.Instant,
        _ report: inout RunReport
    ) async throws {
        switch try await lease(from: place, options, startedAt: report.startedAt, progress) {
        case .refused(let failure):
            report.isHeldElsewhere = true
            throw failure
        case .served(let words):
            report.notes.append("\(words), after this command began: nothing was left to do")
            report.end(progress, since: began, hiding: secrets)
        case .taken(let lease):
            let plan = under(lease)
            let kept: KeptInventory
            do {
                kept = try await KeptInventory(
                    at: path,
                    under: lease,
                    version: axportVersion,
                    patience: options.patience
                ) {
                    progress.wait(for: $0.message)
                }
            } catch {
                await lease.end(served: nil)
                throw error
            }
            report.notes += kept.notes
            report.begin(in: kept.inventory, keeping: options.forgetsNothing ? nil : retention)
            await plan.run(on: kept.inventory, options, progress: progress, connect: connect, since: began, &report)
            report.record(in: kept.inventory)
            await plan.store(kept, &report)
            await kept.close(served: [.locked, .interrupted].contains(report.code) ? nil : servedName)
        }
    }

    /// What one run of the organization serves.
    private var servedName: String { "\(name), source \(source.name)" }

    /// Waits for the lease, and for the database, if the options allow it.
    private func lease(
        from place: KeepingPlace,
        _ options: RunOptions,
        startedAt: Timestamp,
        _ progress: RunProgress
    ) async throws -> LeaseOffer {
        // What is asked for explicitly is done in any case.
        let mayBeServed =
            isOneOfSeveral && !options.full && !options.offline && options.limit == nil && options.acceptRemovals == nil
        let end = ContinuousClock.now + options.patience
        while true {
            var isHeld = false
            let age = Duration.microseconds(Timestamp.now.microseconds - startedAt.microseconds)
            var obstacle: Failure
            do {
                let answer = try await place.takeLease(
                    as: ThisProcess.name,
                    pipeline: servedName,
                    sinceBegin: mayBeServed ? age : nil
                )
                guard case .refused(let failure) = answer else { return answer }
                (isHeld, obstacle) = (true, failure)
            } catch {
                let failure = Failure(of: error)
                guard failure.isTransient else { throw Self.unreachable(failure) }
                obstacle = Self.unreachable(failure)
            }
            if isHeld, options.leavesHeld { return .refused(obstacle) }
            guard ContinuousClock.now < end else {
                if options.patience > .zero {
                    obstacle.message += "; waited \(Period(seconds: Int(options.patience.components.seconds)))"
                }
                if isHeld { return .refused(obstacle) }
                throw obstacle
            }
            progress.wait(for: obstacle.message)
            try await Task.sleep(until: min(.now + .seconds(2), end), clock: .continuous)
        }
    }

    /// Without the database, nobody knows whether somebody else runs the organization.
    private static func unreachable(_ failure: Failure) -> Failure {
        guard failure.code == .destinationFailed else { return failure }
        var told = failure
        told.message += "; Apple was not asked, and nothing was loaded"
        return told
    }

    /// Stores the last copy. What was loaded stays loaded, whatever happens here.
    private func store(_ kept: KeptInventory, _ report: inout RunReport) async {
        if report.code == .interrupted { return }
        do {
            _ = try await kept.store()
        } catch {
            let failure = Failure(of: error).hiding(secrets)
            if report.failure != nil { return report.notes.append("the inventory was not kept: \(failure)") }
            report.failure =
                failure.code == .locked
                ? failure
                : Failure(
                    .partial,
                    "the run's work is done, but its inventory was not kept: \(failure.message)",
                    advice: """
                        the local inventory \(kept.inventory.path) has everything; without it, the next run asks Apple \
                        again for what this one has read
                        """
                )
            report.record(in: kept.inventory)
        }
    }
}
