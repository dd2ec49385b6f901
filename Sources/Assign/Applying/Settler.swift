import Inventory
import Records
import Stages

/// Finds out what became of an activity's devices. COMPLETED proves nothing: only what Apple shows of the devices does.
struct Settler {
    let inventory: Inventory
    let api: any AppleAPI
    let activities: any ActivityAPI
    let waits: ApplyWaits
    let sizes: [String: Int]
    /// Whether the organization has an audit log; the account may still not read it.
    let hasAuditLog: Bool

    var whereabouts: Whereabouts { Whereabouts(api: api, sizes: sizes) }

    /// Watches an activity until Apple reports its end, then its devices until all have landed or time is over.
    func settle(_ activity: OpenActivity) async throws {
        let ended = try await watch(activity)
        let began = ended?.createdAt ?? activity.intendedAt
        var open = try await look(at: activity, activity.serials, since: began, within: 0)
        guard !open.isEmpty else { return }
        // Before Apple has finished, a device that has not moved yet proves nothing.
        let words = try await words(of: ended, open)
        for (serial, word) in words where !word.isSuccess {
            try inventory.settle([serial: word.text], of: activity.number, as: .notLanded, at: .now)
            open.remove(serial)
        }
        open = try await look(at: activity, open.sorted(), since: began, within: waits.lists)
        let age = Timestamp.now.seconds(since: activity.intendedAt)
        guard age >= waits.settling, ended?.hasEnded ?? true else { return }
        let late = Dictionary(uniqueKeysWithValues: open.map { ($0, words[$0]?.text ?? ended?.words) })
        try inventory.settle(late, of: activity.number, as: .notLanded, at: .now)
    }

    /// The activity's last known state; nil if Apple never gave it an ID, or has forgotten it.
    private func watch(_ open: OpenActivity) async throws -> Activity? {
        guard let id = open.id else { return nil }
        var last: Activity?
        for wait in [0] + ApplyWaits.steps(ApplyWaits.activitySteps, within: waits.activity) {
            try await Task.sleep(for: .seconds(wait))
            do {
                let activity = try Activity(
                    try await api.get(.path("/v1/orgDeviceActivities/\(PercentEncoding.encode(id))"))
                )
                try inventory.record(
                    activity: open.number,
                    id: id,
                    status: activity.status,
                    subStatus: activity.subStatus,
                    endedAt: activity.hasEnded ? activity.completedAt ?? .now : nil
                )
                last = activity
                if activity.hasEnded { return activity }
            } catch let error as APIError where error.says(missing: "orgDeviceActivities") {
                // Apple keeps activities for 30 days.
                return nil
            }
        }
        return last
    }

    /// Looks where the devices are until all have landed or time is over.
    ///
    /// - Returns: the devices that have not.
    private func look(at activity: OpenActivity, _ serials: [String], since began: Timestamp, within seconds: Double)
        async throws -> Set<
            String
        >
    {
        let proof = Proof(activity.intent, api: api, whereabouts)
        var open = Set(serials)
        func note(_ landed: [String]) throws {
            try inventory.settle(
                Dictionary(uniqueKeysWithValues: landed.map { ($0, nil) }),
                of: activity.number,
                as: .landed,
                at: .now
            )
            open.subtract(landed)
        }
        var hasLog = hasAuditLog
        for wait in ApplyWaits.steps(ApplyWaits.listSteps, within: seconds) where !open.isEmpty {
            try await Task.sleep(for: .seconds(wait))
            if hasLog {
                let heard = try await proof.heard(open.sorted(), since: began)
                hasLog = heard != nil
                try note(heard ?? [])
            }
            if !open.isEmpty { try note(try await proof.landed(open.sorted())) }
        }
        return open
    }

    private func words(of activity: Activity?, _ serials: Set<String>) async throws -> [String: ResultFile.Word] {
        guard let link = activity?.downloadLink else { return [:] }
        do throws(APIError) {
            return ResultFile(try await activities.result(at: link)).words.filter { serials.contains($0.key) }
        } catch {
            // The file is a hint only, and may be missing.
            if error.kind == .cancelled { throw error }
            return [:]
        }
    }
}
