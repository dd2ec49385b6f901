import Records
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps a second process out. The kernel releases the lock when its owner dies, so a leftover file never blocks.
final class InventoryLock: Sendable {
    /// Nil once released.
    private let descriptor: Mutex<Int32?>

    static let suffix = ".lock"

    static func path(of inventory: String) -> String { FilePlace.look(inventory).path + suffix }

    init(_ place: FilePlace) throws(Failure) {
        let descriptor = try place.openPrivate(advice: Inventory.placeAdvice)
        guard Self.take(descriptor) else {
            let holder = Self.text(of: descriptor)
            closeDescriptor(descriptor)
            throw Failure(
                .locked,
                "the inventory is in use\(holder.isEmpty ? "" : " by \(holder)")",
                advice: "wait for that run to end, as `--wait 1h` does, or stop it"
            )
        }
        let holder = Array("process \(getpid()) since \(Timestamp.now)".utf8)
        ftruncate(descriptor, 0)
        _ = pwrite(descriptor, holder, holder.count, 0)
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// A process that checks for a run (``isHeld(_:)``) takes the lock for a moment. That must not stop a run.
    private static func take(_ descriptor: Int32) -> Bool {
        for pause in [0, 1, 5, 20, 100] as [UInt32] {
            usleep(pause * 1000)
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        }
        return false
    }

    var isHeld: Bool { descriptor.withLock { $0 != nil } }

    /// Whether a process has the lock. If none has, the check takes it for a moment: use it only if it matters.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { closeDescriptor(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    /// The process that has the lock, and since when; nil if none has.
    static func holder(_ path: String) -> String? {
        guard isHeld(path) else { return nil }
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { closeDescriptor(descriptor) }
        return text(of: descriptor)
    }

    /// May be called again.
    func release() {
        descriptor.withLock { descriptor in
            guard let held = descriptor else { return }
            // Closing alone would wait for a child process that started at the same moment and has a copy.
            flock(held, LOCK_UN)
            closeDescriptor(held)
            descriptor = nil
        }
    }

    private static func text(of descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 200)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
    }
}

/// close(2), by a name that a method called `close` does not hide.
func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
