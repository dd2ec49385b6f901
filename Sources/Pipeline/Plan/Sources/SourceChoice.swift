import Records
import Stages

/// The sources of a file that a command selects; without names and shard, all of them.
package struct SourceChoice: Sendable {
    package var names: [String]
    package var shard: Shard?

    package init(names: [String] = [], shard: Shard? = nil) {
        self.names = names
        self.shard = shard
    }

    package func takes(_ name: String) -> Bool {
        (names.isEmpty || names.contains(name)) && shard?.holds(name) != false
    }
}

/// One part of N, written `I/N`: the sources whose name has the hash I - 1 (64-bit FNV-1a, modulo N). The parts of
/// all machines together have every source once, whatever its position in the file and on whatever machine it is
/// read.
package struct Shard: Sendable, Hashable, CustomStringConvertible {
    let number: Int
    let count: Int

    /// Nil unless the text is `I/N` with I from 1 to N.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let number = parts[0], let count = parts[1], count > 0, (1...count).contains(number)
        else { return nil }
        self.number = number
        self.count = count
    }

    package var description: String { "\(number)/\(count)" }

    func holds(_ name: String) -> Bool { Self.hash(name) % UInt64(count) == UInt64(number - 1) }

    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
