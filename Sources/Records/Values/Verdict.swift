/// Why a value is canonical, missing, or rejected (Rules/README.md).
public enum Reason: String, Sendable, CaseIterable {
    case ok
    case missing
    case placeholder
    case type
    case format
    case length
    case checksum
    case range
    case overflow
    case scientificNotation = "scientific_notation"
    case lossyNumber = "lossy_number"
    case esnNotMEID = "esn_not_meid"
    case truncatedPrecision = "truncated_precision"
    case eui64
    case multicast
    case fractionalBytes = "fractional_bytes"
    case multipleValues = "multiple_values"
    case invalidText = "invalid_text"
    case partial
    case unreadable
    case doesNotFit = "does_not_fit"
    case repeatedKey = "repeated_key"
    // Warnings, if the pipeline counts them as errors.
    case checkDigitAdded = "check_digit_added"
    case checkDigitRemoved = "check_digit_removed"
    case imeisvReduced = "imeisv_reduced"
    case numericInput = "numeric_input"
    case decimalConverted = "decimal_converted"
    case eidPrefixNot89 = "eid_prefix_not_89"
    case locallyAdministered = "locally_administered"
    case binaryUnit = "binary_unit"

    package var meaning: String {
        switch self {
        case .ok: "canonical"
        case .missing: "there is no value"
        case .placeholder: "a stand-in such as N/A or all zeros, not a value"
        case .type: "not the kind of JSON value that belongs here"
        case .format: "not written in any accepted form"
        case .length: "has the wrong number of digits"
        case .checksum: "its check digits do not match"
        case .range: "a part of it is out of range"
        case .overflow: "too large to store"
        case .scientificNotation: "was converted to a floating-point number on the way"
        case .lossyNumber: "came as a number that may have lost digits"
        case .esnNotMEID: "is an ESN, not an MEID"
        case .truncatedPrecision: "lost its last digits in a spreadsheet"
        case .eui64: "is a 64-bit address"
        case .multicast: "is a group address, which no interface has"
        case .fractionalBytes: "is not a whole number of bytes"
        case .multipleValues: "is one of several values where one is expected"
        case .invalidText: "is not valid Unicode text: it contains U+0000, or U+FFFD in place of a lost character"
        case .partial: "some values of the list were rejected"
        case .unreadable: "is an element of Apple's list that cannot be read"
        case .doesNotFit:
            "does not fit the column: too long, too large, too precise, or with a character that the database lacks"
        case .repeatedKey: "has the same ID as another record of the device, which was loaded"
        case .checkDigitAdded: "came without its check digit"
        case .checkDigitRemoved: "came with a check digit"
        case .imeisvReduced: "is an IMEISV"
        case .numericInput: "came as a JSON number"
        case .decimalConverted: "came in decimal form"
        case .eidPrefixNot89: "does not begin with 89"
        case .locallyAdministered: "is a private address, not that of the hardware"
        case .binaryUnit: "has a binary unit (powers of 1024)"
        }
    }
}

/// A remark about an accepted value.
public enum Warning: String, Sendable, CaseIterable {
    case checkDigitAdded = "check_digit_added"
    case checkDigitRemoved = "check_digit_removed"
    case imeisvReduced = "imeisv_reduced"
    case numericInput = "numeric_input"
    case decimalConverted = "decimal_converted"
    case eidPrefixNot89 = "eid_prefix_not_89"
    case locallyAdministered = "locally_administered"
    case binaryUnit = "binary_unit"
    case regionNotParsed = "region_not_parsed"
    case offsetConverted = "offset_converted"
    case zoneAssumedUTC = "zone_assumed_utc"
    case dateOnly = "date_only"

    /// Why a value is rejected if warnings count as errors; nil if the warning never counts as one.
    package var reason: Reason? {
        switch self {
        case .checkDigitAdded: .checkDigitAdded
        case .checkDigitRemoved: .checkDigitRemoved
        case .imeisvReduced: .imeisvReduced
        case .numericInput: .numericInput
        case .decimalConverted: .decimalConverted
        case .eidPrefixNot89: .eidPrefixNot89
        case .locallyAdministered: .locallyAdministered
        case .binaryUnit: .binaryUnit
        case .regionNotParsed, .offsetConverted, .zoneAssumedUTC, .dateOnly: nil
        }
    }

    package var meaning: String {
        switch self {
        case .regionNotParsed: "has no known region"
        case .offsetConverted: "was converted to UTC"
        case .zoneAssumedUTC: "has no time zone and counts as UTC"
        case .dateOnly: "is a day without a time"
        default: reason?.meaning ?? rawValue
        }
    }
}

/// The result of a normalizer: a canonical value, no value, or a reason to reject it. Public, because the compiler
/// inlines only public code into other modules. Without inlining, verdicts take a quarter of the time to normalize a
/// device.
public struct Verdict<Value: Sendable>: Sendable {
    public let value: Value?
    public let reason: Reason
    public let warnings: [Warning]

    @inlinable
    public init(value: Value?, reason: Reason, warnings: [Warning]) {
        self.value = value
        self.reason = reason
        self.warnings = warnings
    }

    /// A missing value is valid; a rejected one is not.
    @inlinable public var isValid: Bool { reason == .ok || reason == .missing }

    @inlinable
    public static func canonical(_ value: Value, _ warnings: [Warning] = []) -> Verdict {
        Verdict(value: value, reason: .ok, warnings: warnings)
    }
    @inlinable
    public static func refused(_ reason: Reason) -> Verdict {
        Verdict(value: nil, reason: reason, warnings: [])
    }
    /// A list without its rejected values.
    @inlinable
    public static func partial(_ value: Value, _ warnings: [Warning]) -> Verdict {
        Verdict(value: value, reason: .partial, warnings: warnings)
    }
    @inlinable public static var missing: Verdict { Verdict(value: nil, reason: .missing, warnings: []) }
}
