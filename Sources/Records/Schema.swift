/// One column. Its name, type, origin, and meaning are declared only here.
package struct Field: Sendable, Hashable {
    package enum Role: Sendable, Hashable {
        case plain
        /// A code that must stay exact: never a number, even if it looks like one.
        case identifier
        /// A time at which axport looked. A difference in it alone is not a change.
        case bookkeeping
        /// Input for transforms; loads do not write it unless a pipeline names it.
        case hidden
    }
    /// How often a value changes although Apple sends the same.
    package enum Pace: Sendable, Hashable, Comparable {
        case never
        /// It is computed from the time of the run.
        case perhapsDaily
        case daily
        case everyRun
    }
    package var name: String
    package var type: ValueType
    /// Apple's name of the attribute; empty if axport computes the value.
    package let path: String
    /// Other names of the attribute that Apple has used.
    package let aliases: [String]
    package let role: Role
    package let pace: Pace
    package var meaning: String

    package init(
        _ name: String,
        _ type: ValueType,
        from path: String = "",
        aliases: [String] = [],
        as role: Role = .plain,
        changing pace: Pace = .never,
        _ meaning: String
    ) {
        self.name = name
        self.type = type
        self.path = path
        self.aliases = aliases
        self.role = role
        self.pace = pace
        self.meaning = meaning
    }
}

/// The columns of a stream of rows, in order.
package struct Schema: Sendable, Hashable {
    package var name: String
    /// The dataset that the rows come from; nil for those of a table.
    package private(set) var dataset: Dataset?
    package var meaning: String
    /// The columns that identify a row; empty if the rows have no key.
    package var key: [String]
    package var fields: [Field]
    /// Whether the user chose the order of the columns.
    package var hasChosenOrder = false
    /// Whether the rows give devices access to something, so that an empty or much smaller set locks people out.
    package var isAllowlist = false
    /// The column that names what an allowlist admits; nil if it was not kept.
    package var admitted: String?
    /// How much of it is known, while a pipeline file with problems is read.
    package var extent = Extent.whole
    /// Whether rows of other organizations go to the same destination; the column ``sourceColumn`` tells them apart.
    package var isOneOfSeveral = false

    package init(_ name: String, _ meaning: String, key: [String], _ fields: [Field]) {
        self.name = name
        self.meaning = meaning
        self.key = key
        self.fields = fields
    }

    package init(_ dataset: Dataset, _ meaning: String, key: [String], _ fields: [Field]) {
        self.init(dataset.rawValue, meaning, key: key, fields)
        self.dataset = dataset
    }

    /// The column that tells the rows of several organizations apart.
    package static let sourceColumn = "source"

    /// The same rows with the column of the organization's name before the others and first in the key.
    package var withSource: Schema {
        let source = Field(Self.sourceColumn, .text, as: .identifier, "Name of the source that the row comes from.")
        var schema = Schema(name, meaning, key: key.isEmpty ? [] : [Self.sourceColumn] + key, [source] + fields)
        schema.dataset = dataset
        schema.extent = extent
        schema.isOneOfSeveral = true
        return schema
    }

    package enum Extent: Sendable, Hashable, Comparable {
        case whole
        /// Types and key are guesses.
        case names
        /// There may be other columns.
        case part
    }

    package func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

    /// Whether it certainly does not have the column.
    package func lacks(_ name: String) -> Bool { extent < .part && index(of: name) == nil }

    /// Whether its rows certainly have no key, or one of the key's columns is missing.
    package var lacksKey: Bool { extent == .whole && keyIndexes == nil }

    /// Positions of the columns that a load writes if its pipeline names none.
    package var visible: [Int] { fields.indices.filter { fields[$0].role != .hidden } }

    /// Positions of the key columns; nil if one of them is missing.
    package var keyIndexes: [Int]? {
        guard !key.isEmpty else { return nil }
        let indexes = key.compactMap(index(of:))
        return indexes.count == key.count ? indexes : nil
    }
}
