import Records
import Stages

/// The folders of inventories and tokens: systemd's folders for a service come before the user's.
extension Environment {
    /// The default folder of inventories.
    package func inventoryFolder() throws(Failure) -> String {
        if let own = own("STATE_DIRECTORY") { return own }
        if let state = shared("XDG_STATE_HOME", else: "~/.local/state") { return state }
        throw Failure(
            .usage,
            "inventories have no place: none of STATE_DIRECTORY, XDG_STATE_HOME, and HOME is set",
            advice: "set HOME, or name a place with `inventory:` in the pipeline file"
        )
    }

    /// The folder of saved tokens; nil if no folder is known. Then no tokens are saved.
    package var tokenFolder: String? { own("CACHE_DIRECTORY") ?? shared("XDG_CACHE_HOME", else: "~/.cache") }

    /// A folder for this service alone.
    private func own(_ variable: String) -> String? { value(of: variable).map { FilePlace.absolute($0) } }

    /// A folder that a user's programs share. A relative one counts as unset, as in the XDG specification.
    private func shared(_ variable: String, else usual: String) -> String? {
        let named = variables[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (named ?? PathBase(.working, home: variables["HOME"]).absolute(usual)).map {
            FilePlace.absolute("\($0)/axport")
        }
    }
}
