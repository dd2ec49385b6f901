import Foundation
import TestSupport
import Testing

/// Loads into folders that other users own or may write to: nothing of others is changed, and nothing of ours becomes
/// theirs, whatever they have put there.
@Suite(.enabled(if: Neighbor.canActAsOthers, "needs root, to make files of other users, and setpriv(1)"))
struct SharedFolderTests {
    @Test(arguments: [Neighbor.runner, 0]) func nothingChangesHands(user: uid_t) async throws {
        try await withTemporaryFolder { folder in
            let yard = try Yard(folder, runner: user)
            for situation in Situation.all(beside: user) { try yard.prepare(situation) }
            let before = try yard.belongings()
            let outcomes = try await yard.load()
            let after = try yard.belongings()
            #expect(outcomes.count >= 60, "\(outcomes.count)")
            // Where only this user and root may put a file, one of another user's was put there to be replaced.
            let replaced = Situation.all(beside: user).filter { $0.isOursAlone(user) }.map { "/\($0.name)/a.csv" }
            for (path, thing) in before where thing.owner != user || path.contains("/mine/") {
                if !replaced.contains(path) { #expect(after[path] == thing, "\(path) of \(thing.owner)") }
            }
            for situation in Situation.all(beside: user) {
                let problem = outcomes[situation.name] ?? "was not loaded"
                let isExpected = situation.isLoaded(by: user)
                #expect((problem == nil) == isExpected, "\(situation.name): \(problem ?? "loaded")")
                try yard.expectOurs(situation, isLoaded: problem == nil)
            }
            // A second night changes as little.
            _ = try await yard.load()
            let second = try yard.belongings()
            for (path, thing) in after { #expect(second[path] == thing, "\(path) in the second run") }
        }
    }
}
