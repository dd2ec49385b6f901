import Records

/// Why a value is rejected, in a sentence about that value: "its check digit is 2, and the other 14 digits call for 1".
package struct Explanation {
    /// What the value should be.
    package enum Kind: Sendable {
        case imei, meid, eid, mac, storage, moment

        /// - Parameter name: of a rule of `axport normalize`, or of a transform.
        package init?(named name: String) {
            switch name {
            case "imei", "imei_list": self = .imei
            case "meid": self = .meid
            case "eid": self = .eid
            case "mac", "mac_format", "mac_addresses": self = .mac
            case "storage", "storage_bytes": self = .storage
            case "datetime", "date", "date_format", "dates": self = .moment
            default: return nil
            }
        }
    }

    private let reason: Reason
    private let kind: Kind?
    private let type: ValueType
    private let found: FoundValue

    /// - Parameter type: the type of the column or rule.
    package init(_ reason: Reason, of found: FoundValue, as kind: Kind?, type: ValueType = .text) {
        self.reason = reason
        self.kind = type == .timestamp ? .moment : kind
        self.type = type
        self.found = found
    }

    package var sentence: String {
        switch reason {
        case .type: "expected \(type.expectation), got \(found.noun)"
        case .lossyNumber: "it came as \(found.noun), and a number loses leading zeros and its last digits"
        case .numericInput: "it came as \(found.noun), not as text"
        case .multipleValues: "expected one value, got \(found.noun), and nothing says which is right"
        default: sentenceOfKind ?? reason.sentence
        }
    }

    private var sentenceOfKind: String? {
        let digits = FoundDigits(found.text)
        switch kind {
        case .imei: return digits.problem(reason, of: "an IMEI", length: 15)
        case .eid: return digits.problemOfEID(reason)
        case .meid: return digits.problemOfMEID(reason)
        case .mac: return digits.problemOfMAC(reason)
        case .storage:
            return reason == .format ? "'\(found.text)' is not a number with a unit, such as 256GB" : nil
        case .moment:
            return reason == .format ? "'\(found.text)' is not a time, such as 2026-05-31T08:30:00Z" : nil
        case nil: return nil
        }
    }
}

extension Reason {
    /// Its meaning as a sentence about the value.
    fileprivate var sentence: String {
        switch self {
        case .checksum, .partial, .range, .missing: meaning
        case .ok, .placeholder, .type, .format, .overflow: "it is \(meaning)"
        default: "it \(meaning)"
        }
    }
}

extension ValueType {
    fileprivate var expectation: String {
        switch self {
        case .text, .mac: "text"
        case .textList: "a list of texts"
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .real: "a number"
        case .timestamp, .date: "a time as text"
        case .json: "JSON"
        }
    }
}
