/// The home folder of the user who runs axport; none where HOME is not set.
package struct HomeFolder: Sendable, Hashable {
    private let path: String?

    package init(_ path: String?) { self.path = path }

    /// `~` and `~/…` are the home folder.
    package func expandingTilde(_ path: String) -> String {
        guard let home = self.path, path == "~" || path.hasPrefix("~/") else { return path }
        return home + path.dropFirst()
    }
}
