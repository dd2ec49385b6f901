import Records
import Stages
import Synchronization
import Testing

@testable import Pipeline

@Suite(.timeLimit(.minutes(1))) struct TurnsTests {
    private let turns = Turns()
    private let events = Events()

    /// A load that ends when the test says so.
    private func load(_ name: String, _ places: Set<String>) -> Task<Void, any Error> {
        Task { [turns, events] in
            do {
                try await turns.take(places) { events.add("\(name) waits") }
            } catch {
                events.add("\(name) is canceled")
                throw error
            }
            events.add("\(name) begins")
            await events.wait(for: "end \(name)")
            turns.end(places)
        }
    }

    private func begin(_ name: String, _ places: Set<String>) async -> Task<Void, any Error> {
        let task = load(name, places)
        await events.wait { $0.contains { $0.hasPrefix(name) } }
        return task
    }

    @Test func thoseOfOnePlaceBeginInTheOrderInWhichTheyAsked() async throws {
        var tasks: [Task<Void, any Error>] = []
        for name in ["a", "b", "c", "d"] { tasks.append(await begin(name, ["t"])) }
        for name in ["a", "b", "c", "d"] {
            await events.wait(for: "\(name) begins")
            #expect(events.all.count { $0.hasSuffix(" begins") } == events.all.count { $0.hasPrefix("end ") } + 1)
            events.add("end \(name)")
        }
        for task in tasks { try await task.value }
        #expect(events.all.filter { $0.hasSuffix(" begins") } == ["a begins", "b begins", "c begins", "d begins"])
    }

    @Test func thoseOfDifferentPlacesDoNotWait() async throws {
        for name in ["a", "b"] { _ = await begin(name, [name]) }
        #expect(events.all == ["a begins", "b begins"])
        for name in ["a", "b"] { events.add("end \(name)") }
    }

    /// Nobody who wants few places overtakes one who waits for more, and two that cross never wait for each other.
    @Test func nobodyIsOvertaken() async throws {
        var tasks = [await begin("a", ["t"]), await begin("b", ["u", "t"]), await begin("c", ["u"])]
        #expect(events.all == ["a begins", "b waits", "c waits"])
        tasks.append(await begin("d", ["v"]))
        #expect(events.all.last == "d begins")
        for name in ["a", "b", "c", "d"] { events.add("end \(name)") }
        for task in tasks { try await task.value }
        let begun = events.all.filter { $0.hasSuffix(" begins") }
        #expect(begun == ["a begins", "d begins", "b begins", "c begins"])
    }

    @Test func oneThatIsCanceledLetsTheNextBegin() async throws {
        let tasks = [await begin("a", ["t"]), await begin("b", ["u", "t"]), await begin("c", ["u"])]
        tasks[1].cancel()
        await events.wait(for: "b is canceled")
        await events.wait(for: "c begins")
        for name in ["a", "c"] { events.add("end \(name)") }
        await #expect(throws: CancellationError.self) { try await tasks[1].value }
        for task in [tasks[0], tasks[2]] { try await task.value }
        try await turns.take(["t", "u"])
    }

    @Test func manyAtOnceNeverShareAPlaceAndAllComeToTheirTurn() async throws {
        let holders = Tally()
        let begun = Tally()
        try await withThrowingTaskGroup { group in
            for number in 0..<400 {
                let places: Set = ["\(number % 3)", "\(number % 5)", "\(number % 7)"]
                group.addTask { [turns] in
                    try await turns.take(places)
                    for place in places { #expect(holders.add(1, to: place) == 1) }
                    await Task.yield()
                    for place in places { holders.add(-1, to: place) }
                    begun.add(1)
                    turns.end(places)
                }
            }
            try await group.waitForAll()
        }
        #expect(begun.add(0) == 400)
    }

    /// Otherwise each of forty sources would send a server its wrong password.
    @Test(arguments: [true, false]) func aDestinationIsLookedAtOnceForAllSources(_ isAway: Bool) async throws {
        let known = KnownPlaces()
        let looks = Tally()
        let away = Examination(failing: Failure(.destinationFailed, "no way there", isOfPlace: true))
        await withTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    let found = await known.finding("load \(number % 2)", at: "server") {
                        #expect(looks.add(1, to: "now") == 1)
                        looks.add(1)
                        try? await Task.sleep(for: .milliseconds(20))
                        looks.add(-1, to: "now")
                        return isAway ? away : Examination()
                    }
                    #expect(found.failure?.message == (isAway ? "no way there" : nil))
                }
            }
        }
        #expect(looks.add(0) == (isAway ? 1 : 2))
    }
}

/// What happened, in its order.
private final class Events: Sendable {
    private let events = Mutex<[String]>([])

    var all: [String] { events.withLock { $0 } }

    func add(_ event: String) { events.withLock { $0.append(event) } }

    func wait(for event: String) async { await wait { $0.contains(event) } }

    func wait(until isThere: ([String]) -> Bool) async {
        while !isThere(all), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
    }
}

private final class Tally: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    @discardableResult func add(_ number: Int, to name: String = "") -> Int {
        counts.withLock { counts in
            counts[name, default: 0] += number
            return counts[name, default: 0]
        }
    }
}
