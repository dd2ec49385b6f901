import Records
import Stages

/// Where inventories and tokens live: what systemd gives a service comes before what a user has.
extension Environment {
    /// The folder of inventories that no pipeline puts elsewhere.
    package func inventoryFolder() throws(Failure) -> String {
        if let own = own("STATE_DIRECTORY") { return own }
        if let state = shared("XDG_STATE_HOME", else: "~/.local/state") { return state }
        throw Failure(
            .usage,
            "inventories have no place: none of STATE_DIRECTORY, XDG_STATE_HOME, and HOME is set",
            advice: "set HOME, or name a place with `inventory:` in the pipeline file"
        )
    }

    /// Where tokens are kept between runs; nil where no folder is known: they are then not kept.
    package var tokenFolder: String? { own("CACHE_DIRECTORY") ?? shared("XDG_CACHE_HOME", else: "~/.cache") }

    /// A folder that is for this service alone.
    private func own(_ variable: String) -> String? { value(of: variable).map { FilePlace.absolute($0) } }

    /// One that a user's programs share. A relative one counts as unset, as the XDG specification has it.
    private func shared(_ variable: String, else usual: String) -> String? {
        let named = variables[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
        return (named ?? PathBase(.working, home: variables["HOME"]).absolute(usual)).map {
            FilePlace.absolute("\($0)/axport")
        }
    }
}
