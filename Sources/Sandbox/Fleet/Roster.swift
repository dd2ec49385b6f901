/// The organization's device management services, and the share of devices of each.
struct Roster: Sendable {
    struct Entry: Sendable {
        let name: String
        let type: String
        var status = "ACTIVE"
        let weight: Int
    }

    let entries: [Entry]
    let totalWeight: Int
    /// Positions of the servers that have devices.
    let places: [Int]

    /// Five to eight servers. The first five include all kinds.
    init(seed: UInt64) {
        entries = Array(Self.known.prefix(5 + Int(Draw.hash(seed, .organization, 0) % 4)))
        totalWeight = entries.reduce(0) { $0 + $1.weight }
        places = entries.indices.filter { [entries] in entries[$0].weight > 0 }
    }

    func place(_ draw: Int) -> Int {
        var rest = draw
        for place in places {
            rest -= entries[place].weight
            if rest < 0 {
                return place
            }
        }
        return 0
    }

    private static let known = [
        Entry(name: "Jamf Pro \u{2013} Zürich \u{201C}HQ\u{201D}, Büro 1", type: "MDM", weight: 50),
        Entry(name: "Devices Added by Apple Configurator 2", type: "APPLE_CONFIGURATOR", weight: 8),
        Entry(name: "Apple Business \u{2014} built-in", type: "APPLE_MDM", weight: 12),
        Entry(name: "Neue Abteilung (leer) \u{1F9EA}", type: "MDM", weight: 0),
        Entry(name: "=OLD-MDM,\"decommissioned\"", type: "MDM", status: "INACTIVE", weight: 4),
        Entry(name: "  Kiosk & POS\tTill ", type: "MDM", weight: 9),
        Entry(name: "Intune \u{2067}مرحبا\u{2069} <eu>", type: "MDM", weight: 12),
        Entry(name: "學校 iPad 管理\nsecond line", type: "MDM", weight: 5),
    ]
}
