/// A product that an organization may own.
struct Model: Sendable {
    enum Radio { case none, single, dual }

    let family: String
    let type: String
    let name: String
    let capacities: [String]
    let colors: [String]
    let radio: Radio
    let ethernetPorts: Int

    /// Models weighted by how often organizations own them.
    static let all: [Model] = phones + phones + phones + tablets + tablets + macs + macs + others

    private static let phones = [
        Model("iPhone", "iPhone14,5", "iPhone 13", ["128GB", "256GB"], ["MIDNIGHT", "STARLIGHT"], .dual),
        Model("iPhone", "iPhone14,6", "iPhone SE (3rd generation)", ["64GB"], ["MIDNIGHT", "RED"], .dual),
        Model("iPhone", "iPhone12,1", "iPhone 11", ["64GB", "128GB"], ["BLACK", "WHITE"], .single),
        Model("iPhone", "iPhone16,1", "iPhone 15 Pro", ["128GB", "1TB"], ["BLUE TITANIUM"], .dual),
        Model("iPhone", "iPhone17,3", "iPhone 16", ["128GB", "512GB"], ["ULTRAMARINE", "BLACK"], .dual),
        Model("iPhone", "iPhone18,1", "iPhone 17 Pro", ["256GB", "2TB"], ["DEEP BLUE", "SILVER"], .dual),
    ]

    private static let tablets = [
        Model("iPad", "iPad13,18", "iPad (10th generation)", ["64GB", "256GB"], ["BLUE", "YELLOW", ""]),
        Model("iPad", "iPad13,19", "iPad (10th generation), Wi-Fi + Cellular", ["64GB"], ["PINK"], .single),
        Model("iPad", "iPad14,2", "iPad mini (6th generation)", ["64GB", "256GB"], ["SPACE_GRAY", "PURPLE"], .single),
        Model("iPad", "iPad14,8", "iPad Air 11-inch (M2)", ["128GB", "1TB"], ["SPACE GRAY", "STARLIGHT"]),
        Model("iPad", "iPad16,4", "iPad Pro 11-inch (M4)", ["256GB", "2TB"], ["SPACE BLACK", "SILVER"], .single),
    ]

    private static let macs = [
        Model("Mac", "iMac16,2", "iMac 21.5\"", ["750GB", "1TB"], ["SILVER", ""], ports: 1),
        Model("Mac", "Mac16,3", "iMac (24-inch, 2024, Four ports)", ["512GB"], ["GREEN", "ORANGE"], ports: 1),
        Model("Mac", "Mac17,8", "MacBook Pro (16-inch, M5 Pro)", ["1TB", "2TB"], ["SPACE BLACK", "SILVER"]),
        Model("Mac", "Mac14,2", "MacBook Air (M2, 2022)", ["256GB", "512GB"], ["MIDNIGHT", "SPACE GRAY"]),
        Model("Mac", "Mac16,10", "Mac mini (2024)", ["256GB", "1TB"], ["SILVER"], ports: 1),
        Model("Mac", "MacPro7,1", "Mac Pro (2019)", ["4TB", "8TB"], ["SILVER"], ports: 2),
    ]

    private static let others = [
        Model("AppleTV", "AppleTV14,1", "Apple TV 4K (3rd generation)", ["128GB"], ["BLACK"], ports: 1),
        Model("AppleTV", "AppleTV11,1", "Apple TV 4K (2nd generation)", ["32GB", "64GB"], ["BLACK"], ports: 1),
        Model("Watch", "Watch7,5", "Apple Watch Ultra 2", ["64GB"], ["TITANIUM"], .single),
        Model("Watch", "Watch7,1", "Apple Watch Series 9, 41mm", ["64GB"], ["MIDNIGHT", "SILVER"]),
        Model("Vision", "RealityDevice14,1", "Apple Vision Pro", ["256GB", "512GB", "1TB"], ["SILVER"]),
    ]

    private init(
        _ family: String,
        _ type: String,
        _ name: String,
        _ capacities: [String],
        _ colors: [String],
        _ radio: Radio = .none,
        ports: Int = 0
    ) {
        self.family = family
        self.type = type
        self.name = name
        self.capacities = capacities
        self.colors = colors
        self.radio = radio
        ethernetPorts = ports
    }
}
