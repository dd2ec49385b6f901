import Inventory

extension StageCounts {
    /// What a person should know of a stage beside its numbers.
    package var remarks: [String] {
        var remarks = notes
        let asked = AskReason.allCases.compactMap { reason in reasons[reason].map { "\($0) \(reason.rawValue)" } }
        if !asked.isEmpty { remarks.append("asked for \(asked.joined(separator: ", "))") }
        if heldBack > 0 { remarks.append("\(heldBack) devices wait for the next run") }
        return remarks
    }
}
