import Foundation
import Inventory
import Records
import TestSupport
import Testing

@Suite struct InventoryLockTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func refusal(identity: String = "acme") throws -> Failure {
        try #require(#expect(throws: Failure.self) { try openInventory(folder, identity: identity) })
    }

    @Test func theSecondOpenerIsToldWhoHoldsIt() throws {
        let first = try openInventory(folder)
        let failure = try refusal()
        #expect(failure.code == .locked)
        let holder = "the inventory is in use by process \(ProcessInfo.processInfo.processIdentifier) since 20"
        #expect(failure.message.hasPrefix(holder), "\(failure)")
        #expect(failure.advice == "wait for that run to end, as `--wait 1h` does, or stop it")
        first.close()
    }

    @Test func whoOnlyAsksWhetherItIsHeldEndsNoRun() throws {
        try openInventory(folder).close()
        let asking = open(folder.file("inventory.sqlite.lock"), O_RDONLY)
        #expect(flock(asking, LOCK_SH) == 0)
        Thread.detachNewThread {
            usleep(15_000)
            close(asking)
        }
        try openInventory(folder).close()
    }

    @Test func closingReleasesIt() throws {
        let first = try openInventory(folder)
        first.close()
        let second = try openInventory(folder)
        // The second one's lock is not the first one's to give.
        first.close()
        #expect(try refusal().code == .locked)
        second.close()
    }

    @Test func aRefusedFileIsNotHeld() throws {
        let inventory = try openInventory(folder)
        try inventory.list([device("C01")], at: firstNight)
        inventory.close()
        #expect(try refusal(identity: "other").code == .pipelineInvalid)
        #expect(try refusal(identity: "other").code == .pipelineInvalid)
        try openInventory(folder).close()
    }

    @Test func anInventoryThatWasDroppedIsNotHeld() throws {
        do { _ = try openInventory(folder) }
        try openInventory(folder).close()
    }

    @Test func theDeathOfItsHolderReleasesIt() throws {
        let script = """
            import fcntl, sys, time
            lock = open(sys.argv[1], "w")
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write("process 1 since long ago, and longer than the next holder will write")
            lock.flush()
            print("held", flush=True)
            time.sleep(60)
            """
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/env")
        holder.arguments = ["python3", "-c", script, folder.file("inventory.sqlite.lock")]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        #expect(output.fileHandleForReading.availableData.first == UInt8(ascii: "h"))
        #expect(try refusal().message.hasPrefix("the inventory is in use by process 1 since long ago"))

        kill(holder.processIdentifier, SIGKILL)
        holder.waitUntilExit()
        let inventory = try openInventory(folder)
        // What the dead one wrote is gone, not written over.
        #expect(try refusal().message.hasSuffix("Z"))
        inventory.close()
    }
}
