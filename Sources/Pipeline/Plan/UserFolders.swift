import Stages

/// Where a user's inventories and tokens live.
extension Environment {
    /// Where the inventory of a source lives unless the pipeline names another place.
    package func defaultInventory(of source: String) -> String {
        "\(inventoryFolder)/\(source).sqlite"
    }

    package var inventoryFolder: String {
        let state = variables["XDG_STATE_HOME"] ?? expandingTilde("~/.local/state")
        return "\(state)/axport"
    }

    /// Where tokens are kept between runs; nil where no folder of this user is known: they are then not kept.
    package var tokenFolder: String? {
        let cache = variables["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        guard let folder = cache ?? variables["HOME"].map({ "\($0)/.cache" }) else { return nil }
        return "\(folder)/axport"
    }
}
