import Inventory
import Pipeline
import Records
import Stages
import TestSupport
import Testing

@testable import axport

/// Which runs go on side by side.
@Suite struct RunQueueTests {
    private let now = Timestamp(seconds: 1_793_000_000)

    private func plans(_ sources: [String], _ section: String = "", file: String = "t.yaml") throws -> PipelinePlans {
        let list = sources.map { "  - { name: \($0), platform: sandbox }" }.joined(separator: "\n")
        let planning = Composition.planning(startedAt: now, environment: .only(["HOME": "/nowhere"]))
        return try planning.plans(
            for: PipelineText(
                "sources:\n\(list)\n\(section)\nextract: [devices]\nload: [csv: { file: \"{source}.csv\" }]\n",
                file: file
            )
        )
    }

    private func queue(_ files: PipelinePlans..., jobs: String? = nil) -> RunQueue {
        RunQueue(files, jobs: jobs.flatMap { Jobs($0) }, isShortOfTime: false, at: now)
    }

    /// The sources that begin at first, and those that begin after the end of each run with one of these numbers.
    private func begun(_ queue: RunQueue, ending numbers: Int...) -> [[String]] {
        var queue = queue
        return ([nil] + numbers).map { number in
            if let number { queue.end(number) }
            var names: [String] = []
            while let entry = queue.next() { names.append(entry.plan.source.name) }
            return names
        }
    }

    private let ten = (0..<10).map { "s\($0)" }

    @Test func eightGoOnSideBySideUnlessSaidOtherwise() throws {
        #expect(begun(queue(try plans(ten)), ending: 3, 0) == [Array(ten.prefix(8)), ["s8"], ["s9"]])
        #expect(begun(queue(try plans(ten, "jobs: 3")), ending: 1) == [["s0", "s1", "s2"], ["s3"]])
        #expect(begun(queue(try plans(ten, "jobs: 3"), jobs: "5")) == [Array(ten.prefix(5))])
        let one = queue(try plans(ten), jobs: "1")
        #expect(begun(one, ending: 0) == [["s0"], ["s1"]])
        #expect(!one.areSideBySide)
    }

    /// A file that says how many of its sources go on side by side limits its own only.
    @Test func eachFileHasItsOwnLimit() throws {
        let queue = queue(try plans(["a", "b", "c"], "jobs: 1"), try plans(["d", "e", "f"], file: "u.yaml"))
        #expect(begun(queue, ending: 0) == [["a", "d", "e", "f"], ["b"]])
    }

    /// The second would find the inventory in use by this very process.
    @Test func runsOnOneInventoryFollowOneAnother() throws {
        let queue = queue(try plans(["a", "b"]), try plans(["b", "a", "c"], file: "u.yaml"))
        #expect(begun(queue, ending: 1, 0) == [["a", "b", "c"], ["b"], ["a"]])
        #expect(!self.queue(try plans(["a"]), try plans(["a"], file: "u.yaml")).areSideBySide)
    }

    @Test func thoseThatHaveWaitedLongestBeginFirst() throws {
        try withScratchInventories(["a": 300, "b": 100, "d": 200]) { folder in
            let files = try plans(["a", "b", "c", "d"], "inventory: \"\(folder)/{source}.sqlite\"")
            #expect(begun(queue(files, jobs: "2"), ending: 1, 2) == [["c", "b"], ["d"], ["a"]])
            #expect(begun(queue(files, jobs: "1")) == [["a"]])
        }
    }

    /// Inventories whose last complete run began so many seconds before.
    private func withScratchInventories(_ served: [String: Int64], _ body: (String) throws -> Void) throws {
        let folder = try ScratchFolder()
        for (name, seconds) in served {
            let plan = try #require(try plans([name]).plans.first)
            let inventory = try Inventory(path: "\(folder.path)/\(name).sqlite", identity: plan.source.identity)
            try inventory.endRound(at: Timestamp(seconds: 1_792_000_000 + seconds))
            inventory.close()
        }
        try body(folder.path)
    }

    @Test(arguments: ["0", "-1", "101", "two", "1.5"]) func whatIsNoNumberOfJobsIsRefused(_ number: String) throws {
        #expect(Jobs(number) == nil)
        #expect {
            try plans(["a", "b"], "jobs: \(number)")
        } throws: {
            ($0 as? PlanError)?.diagnostics.map(\.message) == ["'jobs' must be a whole number from 1 to 100"]
        }
    }

    @Test func theBoardHoldsAsManyLinesAsTheScreen() {
        let texts = (1...30).map { "s\($0): devices  100" }
        let screen = Screen(columns: 80, rows: 24)
        let lines = ProgressBoard.lines(texts, total: "3 of 40 ended; 30 running, 7 waiting", on: screen)
        #expect(lines.count == 23)
        #expect(lines[21] == "… and 9 more")
        #expect(lines.last == "3 of 40 ended; 30 running, 7 waiting")
        #expect(ProgressBoard.lines(Array(texts.prefix(2)), total: nil, on: screen) == Array(texts.prefix(2)))
        #expect(ProgressBoard.lines([], total: "0 of 2 ended", on: screen).isEmpty)
        let narrow = ProgressBoard.lines([String(repeating: "x", count: 100)], total: nil, on: Screen(columns: 40))
        #expect(narrow.allSatisfy { $0.count < 40 })
    }
}
