import GRDB
import Records

/// Copies of an inventory for a database that keeps it, and the states that they had.
extension Inventory {
    /// Writes a copy of the present state beside the inventory. The caller removes it.
    ///
    /// - Parameters:
    ///   - former: the state that the database has now.
    ///   - stamp: the name of the state of this copy. Whether it is stored in the end may stay unknown.
    package func copy(after former: String?, as stamp: String) throws -> FilePlace {
        try pool.write { db in
            if let former { try Meta<String>.keptState.set(former, db) } else { try Meta<String>.keptState.clear(db) }
            try Meta<String>.nextState.set(stamp, db)
        }
        let place = try FilePlace(path)
        let copy = place.sibling(place.name + ".copy")
        // What a killed run has left here must not be mixed with the new copy.
        copy.remove()
        closeDescriptor(try copy.openPrivate(advice: Self.placeAdvice))
        do {
            let target = try DatabaseQueue(path: copy.path)
            try pool.backup(to: target)
            try target.close()
        } catch {
            copy.remove()
            throw Self.failure(of: error, path: path)
        }
        return copy
    }

    /// The stored states that a local inventory has, or is based on; empty if there is no inventory.
    package static func keptStates(at path: String) throws -> [String] {
        guard exists(at: path) else { return [] }
        do {
            return try readOnly(path).read { db in
                guard try db.tableExists("meta") else { return [] }
                return try [Meta<String>.keptState, .nextState].compactMap { try $0.get(db) }
            }
        } catch {
            throw failure(of: error, path: path)
        }
    }

    /// Refuses a fetched file that is no inventory of this organization, or of a newer version.
    package static func check(fetched: FilePlace, identity: String) throws(Failure) {
        // SQLite leaves these beside a file that it only read.
        defer { for suffix in besides { fetched.sibling(fetched.name + suffix).remove() } }
        _ = try examine(fetched.path, identity: identity)
    }

    /// Puts a fetched file in the place of an inventory that this process has locked, and nobody has open.
    static func replace(_ place: FilePlace, with fetched: FilePlace) throws(Failure) {
        for suffix in besides { place.sibling(place.name + suffix).remove() }
        guard fetched.rename(to: place) else { throw Descriptor.failure("replace", place.path) }
    }
}

extension Meta<String> {
    /// The state of this inventory that the database had when the latest copy was made.
    fileprivate static var keptState: Self { Self("kept_state") }
    /// The state of the latest copy.
    fileprivate static var nextState: Self { Self("next_state") }
}
