/// What became of a device between two nights, or in one: the sandbox's record of what it did.
package struct NightChange: Sendable, Hashable {
    package enum What: String, Sendable {
        case added, released, vanished, returned, moved, edited, covered
    }

    package let night: Int
    package let serial: String
    package let what: What
    /// Names of servers.
    package let from, to: String?
}

extension Fleet {
    /// What became of all devices until this night.
    package var changes: [NightChange] { (0..<count).flatMap(changes) }

    /// In order.
    private func changes(at index: Int) -> [NightChange] {
        let nights = Set(ledger.changes(of: index).map(\.night))
        return stride(from: max(2, birthNight(of: index)), through: night, by: 1).flatMap { night -> [NightChange] in
            guard birthNight(of: index) == night || nights.contains(night) || event(at: index, night: night) != nil
            else { return [] }
            return changes(
                at: index,
                night: night,
                from: standing(at: index, night: night - 1),
                to: standing(at: index, night: night)
            )
        }
    }

    private func changes(at index: Int, night: Int, from before: Standing?, to after: Standing?) -> [NightChange] {
        func name(_ place: Int?) -> String? { place.map { roster.entries[$0].name } }
        func change(_ what: NightChange.What, from: Int? = nil, to: Int? = nil) -> NightChange {
            NightChange(night: night, serial: serial(at: index), what: what, from: name(from), to: name(to))
        }
        guard let after else { return [] }
        switch (before?.isListed ?? false, after.isListed) {
        case (false, false): return []
        case (false, true): return [change(before == nil ? .added : .returned, to: after.server)]
        case (true, false): return [change(after.presence == .gone ? .vanished : .released, from: before?.server)]
        case (true, true): break
        }
        guard let before else { return [] }
        let isEdited =
            (before.orderEdits, before.sourceEdits, before.migrationEdits)
            != (after.orderEdits, after.sourceEdits, after.migrationEdits)
        return [
            before.server == after.server ? nil : change(.moved, from: before.server, to: after.server),
            isEdited ? change(.edited) : nil, before.coverageEdits == after.coverageEdits ? nil : change(.covered),
        ].compactMap(\.self)
    }
}
