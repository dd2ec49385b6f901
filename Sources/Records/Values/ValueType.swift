/// The type of a column, independent of any database.
package enum ValueType: String, Sendable, CaseIterable {
    case text
    case integer
    case real
    case boolean
    /// A moment in UTC, printed as `2025-04-30T22:05:14.192Z`.
    case timestamp
    /// A calendar day in UTC, printed as `2025-04-30`.
    case date
    /// A canonical MAC address.
    case mac
    /// An ordered list of texts.
    case textList = "list of text"
    /// Any JSON value.
    case json
}
