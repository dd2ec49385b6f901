import Records
import Stages

/// The treatment of values that a column of the user's table cannot store.
enum UnfitValues: String, SettingValue, CaseIterable {
    case refuse, quarantine

    static let meaning = """
        What to do with values that do not fit a column of your table: too long for varchar(20), too large for an \
        integer, too many digits for numeric(8,2) or timestamptz(0), or a character that the encoding of the database \
        does not have. `refuse` fails the load. `quarantine` loads the rows without these values and lists the values \
        in `rejects`, up to \(mostQuarantined). Values are never truncated or rounded.
        """

    /// More of them mean a column of the wrong type. They stay in memory until the load ends.
    static let mostQuarantined = 10_000
}
