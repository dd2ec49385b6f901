#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Files for this user only, such as an inventory: anybody who can write to them decides what is loaded.
extension FilePlace {
    /// Opens a file of this user, or creates it with mode 0600. Access of others is removed.
    ///
    /// - Throws: for a link, for anything but a file, and for a file that another user owns, can write to, or has a
    ///   hard link to.
    package func openPrivate(advice: String) throws(Failure) -> Int32 {
        let number = open(O_RDWR | O_CREAT, mode: 0o600)
        guard number >= 0 else {
            // Before `status` sets errno.
            let problem = Descriptor.problem
            if let status, status.isLink { throw notPrivate(Self.isLink, advice) }
            throw notPrivate("cannot be opened: \(problem)", advice)
        }
        if let reason = Self.whyNotPrivate(number) {
            close(number)
            throw notPrivate(reason, advice)
        }
        return number
    }

    /// Refuses the same files, but neither opens nor changes one. There may be none.
    package func requireOwn(advice: String) throws(Failure) {
        guard let status, let reason = status.isLink ? Self.isLink : status.whyNotOwn else { return }
        throw notPrivate(reason, advice)
    }

    private static let isLink = "is a link, and axport does not follow links here"

    private func notPrivate(_ reason: String, _ advice: String) -> Failure {
        Failure(.destinationFailed, "\(path) \(reason)", advice: advice)
    }

    private static func whyNotPrivate(_ number: Int32) -> String? {
        let file = Descriptor(number: number, name: "")
        guard var status = file.status else { return "cannot be inspected: \(Descriptor.problem)" }
        if let reason = status.whyNotOwn { return reason }
        guard status.st_mode & 0o077 != 0 else { return nil }
        fchmod(number, 0o600)
        status = file.status ?? status
        // Some file systems have no modes.
        return status.st_mode & 0o022 == 0 ? nil : "can be changed by other users, and its mode cannot be set"
    }

    /// Whether only this user owns an open file and nobody else can read it or write to it.
    package static func isPrivate(_ number: Int32) -> Bool {
        guard let status = Descriptor(number: number, name: "").status else { return false }
        return status.isRegular && status.st_uid == geteuid() && status.st_nlink == 1 && status.st_mode & 0o077 == 0
    }
}

extension stat {
    fileprivate var isLink: Bool { st_mode & S_IFMT == S_IFLNK }

    /// Why this is no file of this user alone; nil if it is one, whatever its mode.
    fileprivate var whyNotOwn: String? {
        guard isRegular else { return "is not a regular file" }
        guard st_uid == geteuid() else { return "belongs to another user (\(st_uid))" }
        return st_nlink > 1 ? "is a hard link" : nil
    }
}

extension FilePlace.Sight {
    /// Why a file cannot be trusted: another user owns it or can change it. Root may use anybody's file, and
    /// everybody may use root's; nil also if there is no file.
    package var whyNotBelieved: String? {
        guard let status else { return nil }
        let us = geteuid()
        guard [us, 0].contains(status.st_uid) || us == 0 else { return "belongs to another user (\(status.st_uid))" }
        return status.st_mode & 0o022 == 0 || status.st_uid == us ? nil : "can be changed by other users"
    }
}
