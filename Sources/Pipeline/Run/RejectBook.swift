import Inventory
import Records
import Stages

/// Counts findings about values and stores the rejected values in the inventory.
struct RejectBook {
    let inventory: Inventory
    let run: String
    private(set) var rejects: [Reason: Int] = [:]
    private(set) var warnings: [Warning: Int] = [:]
    /// How many rows were searched.
    var rows = 0

    init(inventory: Inventory, run: String) {
        self.inventory = inventory
        self.run = run
    }

    /// How many values were rejected.
    var count: Int { rejects.values.reduce(0, +) }

    mutating func add(_ findings: Findings) throws {
        for reject in findings.rejects { rejects[reject.reason, default: 0] += 1 }
        warnings.merge(findings.warnings, uniquingKeysWith: +)
        // Rejects from loading the dataset `rejects` are not added to it: it would grow while it is read, without
        // end.
        try inventory.record(findings.rejects.filter { $0.dataset != Dataset.rejects.rawValue }, run: run)
    }

    /// Adds elements of Apple's lists that could not be read when they were last listed.
    mutating func addUnreadable() throws {
        var findings = Findings()
        findings.rejects = try inventory.unreadableElements
        try add(findings)
    }
}
