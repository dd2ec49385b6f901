import Load
import Records
import Stages
import Testing

/// What every loader promises, whatever it writes to.
@Suite struct LoaderContractTests {
    @Test func everyLoaderIsUnderContract() {
        #expect(Loaders.all.map(\.name) == Destination.names + ["report"])
    }

    @Test(arguments: Destination.names) func emptyInputIsALoad(name: String) async throws {
        let destination = try await Destination.named(name)
        let counts = try await destination.loader.load(.pairs)
        #expect(counts == LoadCounts())
        #expect(try destination.read() == [])
    }

    @Test(arguments: Destination.names) func nullAndEmptyTextDiffer(name: String) async throws {
        let destination = try await Destination.named(name)
        try await destination.loader.load(.pairs, Batch([["1", nil], ["2", ""]]))
        #expect(try destination.read() == [["1", destination.tellsNulls ? nil : ""], ["2", ""]])
    }

    @Test(arguments: Destination.names) func awkwardTextComesBack(name: String) async throws {
        let destination = try await Destination.named(name)
        let rows = awkwardTexts.enumerated().map { [TestValue.text("\(100 + $0)"), .text($1)] }
        try await destination.loader.load(.pairs, Batch(rows))
        let found = try #require(try destination.read())
        #expect(found.map(\.last) == awkwardTexts)
    }

    @Test(arguments: Destination.names) func sameKeyTwiceIsNeverMerged(name: String) async throws {
        let destination = try await Destination.named(name)
        let batch = Batch([["1", "one"], ["2", "two"], ["1", "other"]])
        if destination.hasKeys {
            let refusal = try await failure { try await destination.loader.load(.pairs, batch) }
            #expect(refusal.code == .badData)
            #expect(refusal.message.contains("repeat their key (id): 1"))
            #expect(try destination.read() == nil)
        } else {
            try await destination.loader.load(.pairs, batch)
            #expect(try destination.read()?.count == 3)
        }
    }

    @Test(arguments: Destination.names) func aMissingKeyIsNamedBeforeRepeatedOnes(name: String) async throws {
        let destination = try await Destination.named(name)
        guard destination.hasKeys else { return }
        // A table without rows refuses the first bad one.
        try await destination.loader.load(.pairs, Batch([["0", "none"]]))
        let rows = (1...5).flatMap { [[.text("\($0)"), "one"], [.text("\($0)"), "other"]] } as [[TestValue]]
        let refusal = try await failure { try await destination.loader.load(.pairs, Batch(rows + [[.null, "none"]])) }
        #expect(refusal.message.contains("1 row for"))
        #expect(refusal.message.contains("has no id"))
    }

    @Test(arguments: Destination.names) func rollbackLeavesNothing(name: String) async throws {
        let destination = try await Destination.named(name)
        try await destination.loader.abandon(.pairs, Batch([["1", "one"]]))
        #expect(try destination.read() == nil)
        #expect(destination.folder.names.isEmpty)
    }

    @Test(arguments: Destination.names) func rollbackLeavesWhatWasThere(name: String) async throws {
        let destination = try await Destination.named(name)
        try await destination.loader.load(.pairs, Batch([["1", "one"]]))
        let names = destination.folder.names
        let before = try destination.fingerprint()
        try await destination.loader.abandon(.pairs, Batch([["1", "other"], ["2", "two"]]))
        #expect(try destination.read() == [["1", "one"]])
        #expect(try destination.fingerprint() == before)
        #expect(destination.folder.names == names)
    }

    @Test(arguments: Destination.names) func aRehearsalOfAFirstLoadLeavesNothing(name: String) async throws {
        let destination = try await Destination.named(name)
        let counts = try await destination.loader.rehearse(.pairs, Batch([["1", "one"]]), in: context)
        #expect(counts.written == 1)
        #expect(counts.updated == 0)
        #expect(try destination.read() == nil)
        #expect(destination.folder.names.isEmpty)
    }

    @Test(arguments: Destination.names) func aRehearsalSaysWhatTheLoadThenDoes(name: String) async throws {
        let destination = try await Destination.named(name)
        try await destination.loader.load(.pairs, Batch([["1", "one"], ["2", "two"], ["3", "three"]]))
        let written = destination.written ?? destination.fingerprint
        let (names, before) = (destination.folder.names, try written())
        let next = Batch([["1", "one"], ["2", "zwei"], ["3", "drei"], ["4", "vier"]])
        let foreseen = try await destination.loader.rehearse(.pairs, next, in: context)
        #expect(try written() == before)
        #expect(destination.folder.names == names)
        #expect(foreseen.changedColumns == (destination.hasKeys ? ["note": 2] : [:]))
        #expect(foreseen.changedFiles.isEmpty == destination.hasKeys)
        #expect(try await destination.loader.load(.pairs, next) == foreseen.ofRows)
    }

    @Test(arguments: Destination.names) func nothingIsVisibleBeforeTheCommit(name: String) async throws {
        let destination = try await Destination.named(name)
        try await destination.loader.load(.pairs, Batch([["1", "one"]]))
        var session = try await destination.loader.open(.pairs, context)
        try await session.write(Batch((2...2000).map { [.text("\($0)"), "new"] } + [["1", "one"]]))
        #expect(try destination.read() == [["1", "one"]])
        #expect(try await session.commit().written >= 1999)
        #expect(try destination.read()?.count == 2000)
    }

    @Test(arguments: Destination.names) func runningTwiceWritesNothing(name: String) async throws {
        let destination = try await Destination.named(name)
        let batch = Batch([["1", "one"], ["2", nil], ["3", ""]])
        #expect(try await destination.loader.load(.pairs, batch) == LoadCounts(written: 3))
        let before = try destination.fingerprint()
        #expect(try await destination.loader.load(.pairs, batch) == LoadCounts(unchanged: 3))
        #expect(try destination.fingerprint() == before)
    }

    @Test(arguments: Destination.names) func twoLoadsOfOneRunDoNotWaitForEachOther(name: String) async throws {
        let destination = try await Destination.named(name)
        guard destination.hasKeys else { return }
        var first = try await destination.loader.open(.pairs, context)
        var second = try await destination.loader.open(.pairs, context)
        try await first.write(Batch([["1", "one"]]))
        try await second.write(Batch([["2", "two"]]))
        #expect(try await first.commit().written == 1)
        #expect(try await second.commit().written == 1)
        #expect(try destination.read() == [["1", "one"], ["2", "two"]])
    }
}
