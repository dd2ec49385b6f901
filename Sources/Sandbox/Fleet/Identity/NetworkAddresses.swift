/// MAC addresses of a device: in Apple's form, except for a small share.
struct NetworkAddresses {
    let wifi: String?
    let bluetooth: String?
    let ethernet: [String]

    init(_ model: Model, draw: inout Draw) {
        let prefix = draw.pick(Self.prefixes)
        let number = draw.below(1 << 22) * 4
        var next = 0
        func address(_ draw: inout Draw) -> String {
            next += 1
            let tail = number + next - 1
            guard draw.chance(0.04) else {
                let pairs = Self.pairs
                return "\(prefix):\(pairs[tail >> 16 & 255]):\(pairs[tail >> 8 & 255]):\(pairs[tail & 255])"
            }
            return Self.odd(Self.octets(prefix, tail), draw: &draw)
        }
        wifi = draw.chance(0.97) ? address(&draw) : nil
        bluetooth = draw.chance(0.96) ? address(&draw) : nil
        ethernet = (0..<model.ethernetPorts).map { _ in address(&draw) }
    }

    private static let prefixes = [
        "F0:18:98", "3C:22:FB", "A4:83:E7", "00:1B:63", "88:66:5A", "DC:A9:04", "0C:E4:41", "AC:BC:32",
    ]

    private static let pairs = (0..<256).map { byte in
        String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
    }

    private static func octets(_ prefix: String, _ number: Int) -> [String] {
        prefix.split(separator: ":").map(String.init) + [
            pairs[number >> 16 & 255], pairs[number >> 8 & 255], pairs[number & 255],
        ]
    }

    private static func odd(_ octets: [String], draw: inout Draw) -> String {
        let bare = octets.joined()
        return switch draw.below(13) {
        case 0, 1: octets.joined(separator: ":").lowercased()
        case 2: octets.joined(separator: "-")
        case 3, 4: bare
        case 5: "\(bare.prefix(4)).\(bare.dropFirst(4).prefix(4)).\(bare.suffix(4))".lowercased()
        case 6: "01:" + octets.dropFirst().joined(separator: ":")
        case 7: "02:" + octets.dropFirst().joined(separator: ":")
        case 8: "00:00:00:00:00:00"
        case 9: "02:00:00:00:00:00"
        case 10: octets.prefix(3).joined(separator: ":") + ":FF:FE:" + octets.suffix(3).joined(separator: ":")
        case 11: octets.map { $0.hasPrefix("0") ? String($0.dropFirst()) : $0 }.joined(separator: ":").lowercased()
        default: octets.prefix(5).joined(separator: ":")
        }
    }
}
