import Pipeline

/// How a MAC address is written; consumers insist on one way each.
package enum MACStyle: String, CaseIterable, SettingValue, CustomStringConvertible {
    /// `3c:22:fb:0a:0b:0c`, the canonical form.
    case colonLower = "colon_lower"
    case colonUpper = "colon_upper"
    case hyphenLower = "hyphen_lower"
    case hyphenUpper = "hyphen_upper"
    /// `3c22.fb0a.0b0c`
    case ciscoDot = "cisco_dot"
    case bareLower = "bare_lower"
    case bareUpper = "bare_upper"

    package var description: String { rawValue }

    var octetsPerGroup: Int {
        switch self {
        case .colonLower, .colonUpper, .hyphenLower, .hyphenUpper: 1
        case .ciscoDot: 2
        case .bareLower, .bareUpper: 6
        }
    }

    var separator: UInt8 {
        switch self {
        case .hyphenLower, .hyphenUpper: UInt8(ascii: "-")
        case .ciscoDot: UInt8(ascii: ".")
        case .colonLower, .colonUpper, .bareLower, .bareUpper: UInt8(ascii: ":")
        }
    }

    var isUppercase: Bool {
        switch self {
        case .colonUpper, .hyphenUpper, .bareUpper: true
        case .colonLower, .hyphenLower, .ciscoDot, .bareLower: false
        }
    }
}
