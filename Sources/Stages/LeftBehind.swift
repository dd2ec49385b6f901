import Records

/// Files that earlier runs wrote when relative paths started at the working directory. They are left behind if the
/// folder of the pipeline file, where relative paths start now, does not have them.
package struct LeftBehind: Sendable, Hashable {
    /// The files at the path in the working directory; of several versions, the latest is the last.
    package let files: [String]
    /// Files that belong to them.
    private let companions: [String]
    /// Where the path leads now; may contain placeholders.
    private let place: String
    /// Whether nothing exists there yet.
    private let isFree: Bool

    /// Nil if there are no files.
    package init?(_ files: [String], companions: [String] = [], place: String, isFree: Bool = true) {
        guard !files.isEmpty else { return nil }
        self.files = files
        self.companions = companions
        self.place = place
        self.isFree = isFree
    }

    package var message: String {
        """
        \(place) \(isFree ? "is not there" : "is new"), but \(files.last ?? "") is there: relative paths used to be relative \
        to the working directory, and are now relative to the folder of the pipeline file
        """
    }

    package var hint: String {
        "to keep the old place, write `base: .` into the pipeline file; for the new one, \(moving)"
    }

    private static let mostNames = 12

    private var moving: String {
        let all = files + companions
        let (from, to) = (Set(all.map(Self.folder)), Self.folder(of: place))
        guard isFree, all.count <= Self.mostNames, from.count == 1, !to.contains("{") else {
            return "move \(files.count == 1 ? files[0] : "these files") to \(to)/"
                + (isFree ? "" : ", in place of what is there")
        }
        let words = all.map(\.asShellWord).joined(separator: " ")
        return "run: mkdir -p \(to.asShellWord) && mv \(words) \("\(to)/".asShellWord)"
    }

    private static func folder(of path: String) -> String {
        path.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    }
}

extension LeftBehind {
    /// A warning at the setting with the path.
    package func warning(at location: SourceLocation) -> Diagnostic {
        Diagnostic(message, hint: hint, at: location, severity: .warning)
    }
}
