import Inventory
import Records
import Stages

/// Counts what is found about values, and keeps the refused ones in the inventory.
struct RejectBook {
    let inventory: Inventory
    let run: String
    private(set) var rejects: [Reason: Int] = [:]
    private(set) var warnings: [Warning: Int] = [:]
    /// How many rows the values were looked for in.
    var rows = 0

    init(inventory: Inventory, run: String) {
        self.inventory = inventory
        self.run = run
    }

    /// How many values were refused.
    var count: Int { rejects.values.reduce(0, +) }

    mutating func add(_ findings: Findings) throws {
        for reject in findings.rejects { rejects[reject.reason, default: 0] += 1 }
        warnings.merge(findings.warnings, uniquingKeysWith: +)
        // What a load of the rejects refuses stands in the list already; a list that grew while read would not end.
        try inventory.record(findings.rejects.filter { $0.dataset != Dataset.rejects.rawValue }, run: run)
    }

    /// Elements of Apple's lists that could not be read when they were last listed.
    mutating func addUnreadable() throws {
        var findings = Findings()
        findings.rejects = try inventory.unreadableElements
        try add(findings)
    }
}
