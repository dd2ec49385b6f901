import Foundation
import TestSupport

/// Users that nobody is.
enum Neighbor {
    static let runner: uid_t = 61_001
    static let other: uid_t = 61_002
    /// A group that both are in.
    static let group: gid_t = 61_010

    static let canActAsOthers =
        getuid() == 0
        && (try? Program.run("/usr/bin/env", ["setpriv", "--reuid", "\(runner)", "--clear-groups", "true"]))?.status
            == 0

    static func give(_ path: String, to user: uid_t, group: gid_t? = nil, mode: mode_t? = nil) throws {
        guard lchown(path, user, group ?? user) == 0 else { throw POSIXError(.EPERM) }
        if let mode, chmod(path, mode) != 0 { throw POSIXError(.EPERM) }
    }
}

/// A folder, and what stands in it at the place of a load.
struct Situation {
    enum Place: String, CaseIterable {
        case own, ownOpen, ownSticky, theirs, theirsOpen, theirsSticky, roots, rootsOpen, rootsSticky, shared
    }

    enum Thing: String, CaseIterable {
        case nothing, ownFile, theirFile, theirOpenFile, rootsFile, ownLink, theirLink, theirLinkToTheirs, rootsLink
        case ownDangling, theirDangling, theirHardLink, theirTemporary
    }

    let place: Place
    let thing: Thing
    var name: String { "\(place.rawValue)-\(thing.rawValue)" }

    static func all(beside user: uid_t) -> [Situation] {
        Place.allCases.flatMap { place in Thing.allCases.map { Situation(place: place, thing: $0) } }
    }

    func owner(_ user: uid_t) -> uid_t {
        switch place {
        case .own, .ownOpen, .ownSticky: user
        case .theirs, .theirsOpen, .theirsSticky: Neighbor.other
        case .roots, .rootsOpen, .rootsSticky, .shared: 0
        }
    }

    var mode: mode_t {
        switch place {
        case .own, .theirs, .roots: 0o755
        case .ownOpen, .theirsOpen, .rootsOpen: 0o777
        case .ownSticky, .theirsSticky, .rootsSticky: 0o1777
        case .shared: 0o2775
        }
    }

    func isOursAlone(_ user: uid_t) -> Bool { mode & 0o022 == 0 && [user, 0].contains(owner(user)) }

    /// What the rules say: a place that may be written, no link of theirs, and no file of another user's where anybody
    /// but this user and root may have put it.
    func isLoaded(by user: uid_t) -> Bool {
        let mayWrite = user == 0 || owner(user) == user || mode & 0o002 != 0 || place == .shared
        switch thing {
        case .nothing, .ownFile, .theirTemporary: return mayWrite
        case .theirFile, .theirOpenFile, .theirHardLink: return mayWrite && isOursAlone(user)
        case .rootsFile: return mayWrite && (user == 0 || isOursAlone(user))
        // They lead into a folder of the runner's own.
        case .ownLink, .rootsLink, .ownDangling: return true
        case .theirLink, .theirLinkToTheirs, .theirDangling: return false
        }
    }
}
