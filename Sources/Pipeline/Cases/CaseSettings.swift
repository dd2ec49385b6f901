import Records
import Stages

/// The settings of a case, as written.
struct CaseSettings: Sendable {
    let name: String
    let devices: CaseDevices
    let load: LoadName?
    let rows: CaseRows?
    let isExact: Bool
    let rejects: CaseRows?
    let moment: Moment?

    static let spec = StageSpec<CaseSettings>(
        "tests",
        """
        Cases for `axport test`: devices as Apple sends them, and the rows that one load makes of them. Nothing is asked \
        and nothing is written. A value of a row is written as in YAML: `true`, `64000000000`, `[a, b]`, a map for \
        JSON, `2026-02-28` or `2026-02-28T22:05:14Z` for dates, `null` or nothing for an empty value, `""` for empty \
        text. Identifiers need no quotes.
        """,
        example: """
            tests:
              - name: a padded IMEI
                devices: [{ serialNumber: C02ABC, imei: [" 356938035643809"], server_name: Jamf, coverage: [] }]
                load: devices.csv
                expect: [{ serial_number: C02ABC, imei1: 356938035643809 }]
                rejects: []
            """,
        settings: Setting("name", "Name of the case."),
        Setting("devices", "Devices, with Apple's names of their attributes."),
        Setting<LoadName?>.optional(
            "load",
            "The load to test: its table, its file or the end of its path, or its stage if no other load has that stage; default: the first."
        ),
        Setting<CaseRows?>.optional(
            "expect",
            """
            The rows that the load would write, in their order. Only the columns that a row names are compared. A row \
            that a stage filters is not in the list.
            """
        ),
        Setting("exact", "Whether all columns that a row of `expect` does not name must be empty.", default: false),
        Setting<CaseRows?>.optional(
            "rejects",
            "The values that are rejected, as rows of the dataset `rejects`; default: not compared."
        ),
        Setting<Moment?>.optional("at", "Date or date-time that counts as now; default: 2026-01-01."),
        build: CaseSettings.init
    )

    private init(
        name: String,
        devices: CaseDevices,
        load: LoadName?,
        rows: CaseRows?,
        isExact: Bool,
        rejects: CaseRows?,
        moment: Moment?
    ) {
        self.name = name
        self.devices = devices
        self.load = load
        self.rows = rows
        self.isExact = isExact
        self.rejects = rejects
        self.moment = moment
    }
}

/// Devices that are not read yet, so that every problem is reported.
struct CaseDevices: SettingValue {
    let nodes: [ConfigNode]

    static var typeName: String { "list of devices" }
    static var form: ValueForm { .list(.settings(CaseDevice.settings)) }

    init(from node: ConfigNode) { nodes = node.stages }
}

/// Expected rows that are not read yet: their columns are those of a load.
struct CaseRows: SettingValue {
    private let nodes: [ConfigNode]

    static var typeName: String { "list of rows" }
    static var form: ValueForm { .anyOf([.list(.named(.anything)), .empty]) }

    init(from node: ConfigNode) { nodes = node.stages }

    func read(_ schema: Schema, isExact: Bool, problems: inout Problems) -> [ExpectedRow] {
        nodes.compactMap { ExpectedRow($0, of: schema, isExact: isExact, problems: &problems) }
    }
}
