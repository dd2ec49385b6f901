import Inventory
import Records
import Stages

/// An open inventory whose copy is kept in a database, with the lease to use it.
package struct KeptInventory: Sendable {
    package let inventory: Inventory
    package let lease: HeldLease
    /// What a person should know about where it came from.
    package let notes: [String]
    private let copies: CopyStore
    private let regularCopies: Task<Void, Never>

    /// Puts the newest copy in place and opens it.
    ///
    /// - Parameters:
    ///   - patience: how long to wait for a process on this machine that uses the inventory.
    ///   - onWait: called once, with that process.
    package init(
        at path: String,
        under lease: HeldLease,
        version: String,
        patience: Duration,
        onWait: (Failure) -> Void
    ) async throws {
        let fetched = try await lease.fetchNewer(than: path)
        defer { fetched?.file.remove() }
        inventory = try await Inventory.open(
            path,
            identity: lease.place.organization,
            patience: patience,
            replacing: fetched?.file,
            permission: { try lease.require() },
            onWait: onWait
        )
        self.lease = lease
        notes = lease.notes + [fetched?.note].compactMap { $0 }
        let copies = CopyStore(of: inventory, under: lease, version: version)
        self.copies = copies
        regularCopies = Task {
            while true {
                do { try await Task.sleep(for: lease.place.pause) } catch { return }
                // The last copy tells what is wrong.
                _ = try? await copies.store()
            }
        }
    }

    /// Stores the last copy. The inventory stays open.
    package func store() async throws -> CopyCost {
        regularCopies.cancel()
        await regularCopies.value
        return try await copies.store()
    }

    /// Closes the inventory and gives the lease back.
    ///
    /// - Parameter pipeline: the one that needs no other run of the organization now; nil if it does.
    package func close(served pipeline: String?) async {
        regularCopies.cancel()
        await regularCopies.value
        inventory.close()
        await lease.end(served: pipeline)
    }
}

extension HeldLease {
    /// Fetches the stored copy, unless the local inventory has the same state or a later one of its own.
    fileprivate func fetchNewer(than path: String) async throws -> (file: FilePlace, note: String?)? {
        try Inventory.makeFolder(of: path)
        let place = try FilePlace(path)
        let file = place.sibling(place.name + ".fetched")
        // A damaged inventory has no known state: the copy takes its place.
        let known = (try? Inventory.keptStates(at: path)) ?? []
        let isReplaced = Inventory.exists(at: path)
        do {
            guard let note = try await fetch(unlessIn: known, to: file) else { return nil }
            try Inventory.check(fetched: file, identity: self.place.organization)
            return (file, isReplaced ? note : nil)
        } catch {
            file.remove()
            throw Failure(of: error).rewritten { text in
                text.replacing("inventory \(file.path)", with: "the copy of the inventory in the database of keep_in")
                    .replacing(", or delete the file; the next run then reads everything", with: " on this machine")
            }
        }
    }
}
