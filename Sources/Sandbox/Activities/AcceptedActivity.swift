/// An activity that a client created: the truth about it.
package struct AcceptedActivity: Sendable {
    package let id: String
    package let type: ActivityType
    /// As sent, each once.
    package let serials: [String]
    /// The server that the request names.
    package let serverID: String?
    /// What happened to each device; empty until the devices change.
    package internal(set) var results: [DeviceResult] = []
    let order: ActivityOrder
    let life: ActivityLife
    /// As they were when it was created.
    let switches: ActivitySwitches

    package var createdAt: String { life.created.text }
    package var endsAt: String { life.end.text }

    /// Whether both were in progress at the same time.
    package func overlaps(_ other: AcceptedActivity) -> Bool {
        life.created < other.life.end && other.life.created < life.end
    }

    var isSettled: Bool { !results.isEmpty }

    /// As clients read it at a time.
    func shown(at now: Moment) -> SandboxActivity {
        let state = life.subStatus(at: now)
        let (status, subStatus) = state.map { ("IN_PROGRESS", $0) } ?? ending
        let hasEnd = state == nil && (status == "COMPLETED" || switches.end == .failed)
        let hasLog =
            hasEnd && switches.log != .none && switches.end != .withoutLog
            && now >= life.end.adding(seconds: switches.logAfter)
        return SandboxActivity(
            id: id,
            type: type,
            status: status,
            subStatus: subStatus,
            created: life.created,
            completed: hasEnd ? life.end : nil,
            log: hasLog ? rows : nil
        )
    }

    private var ending: (String, String) {
        switch switches.end {
        case .stopped: return ("STOPPED", "STOPPING")
        case .failed, .failedWithoutLog: return ("FAILED", "COMPLETED_WITH_FAILURE")
        case .withoutLog: return ("COMPLETED", "COMPLETED_POST_PROCESSING_FAILED")
        case .error: return ("COMPLETED", "COMPLETED_WITH_ERROR")
        case .usual: break
        }
        let failures = results.count { $0.word?.isSuccess == false }
        if failures == 0 { return ("COMPLETED", "COMPLETED_WITH_SUCCESS") }
        return ("COMPLETED", failures < results.count ? "COMPLETED_WITH_FAILURE" : "COMPLETED_WITH_ERROR")
    }

    private var rows: [LogRow] {
        results.compactMap { result in
            guard let word = result.word, switches.log != .failures || !word.isSuccess else { return nil }
            return LogRow(serial: result.serial, word: word)
        }
    }
}
