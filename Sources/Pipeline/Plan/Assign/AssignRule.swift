import Records
import Stages

/// A rule of the section `assign`: which devices go from where to which service.
package struct AssignRule: Sendable {
    package let name: String
    package let location: SourceLocation
    /// Keeps the devices of the rule; nil if the rule names serial numbers only.
    package let condition: Step<any Transformer>?
    /// Devices of the rule; nil if a condition alone chooses them.
    package let serials: SerialList?
    package let from: [AssignOrigin]
    /// The name or the ID of a service.
    package let to: String
    /// How long a serial number that the organization does not have may wait.
    package let expectWithin: Period?
    /// Deadline of a migration; nil for a plain assignment.
    package let migrateBy: Timestamp?

    package static let spec = StageSpec<Parts>(
        "rule",
        "Which devices go to which service.",
        example: """
            { name: school iPads, where: "product_family = 'iPad'", from: [none, default], to: Jamf School }
            """,
        settings: Setting("name", "Name of the rule, for plans and logs."),
        Setting<Expression?>.optional("where", "Condition over the columns of a device."),
        Setting<PathSetting?>.optional(
            "serials",
            """
            File of serial numbers: a CSV with the column `serial_number`, or one a line. A serial number that the \
            organization does not have yet waits. With `where` too, both must be true.
            """
        ),
        Setting(
            "from",
            """
            Where the devices may be: `none` (on no service), `default` (on the default of their product family, added \
            at most 14 days ago; Apple Business Manager only), or names or IDs of services.
            """,
            default: [AssignOrigin.none]
        ),
        Setting("to", "The service to assign them to: its name or its ID."),
        Setting<Period?>.optional(
            "expect_within",
            "How long a serial number of `serials` may wait before it is reported as overdue."
        ),
        Setting<Moment?>.optional(
            "migrate_by",
            "Moves devices by a migration with this deadline, at most 90 days ahead, such as 2027-01-20T17:00:00Z."
        ),
        build: Parts.init
    )

    package struct Parts: Sendable {
        let name: String
        let condition: Expression?
        let serials: PathSetting?
        let from: [AssignOrigin]
        let to: String
        let expectWithin: Period?
        let migrateBy: Moment?
    }

    static func read(
        _ node: ConfigNode,
        files: Environment,
        condition: (ConfigNode, inout Problems) -> Step<any Transformer>?,
        problems: inout Problems
    ) -> AssignRule? {
        let parts: Parts
        do {
            parts = try spec.build(key: node, body: node)
        } catch {
            problems.add(error.diagnostics)
            return nil
        }
        func refuse(_ message: String, _ hint: String? = nil) {
            problems.add(Diagnostic("rule '\(parts.name)': \(message)", hint: hint, at: node.location))
        }
        if parts.condition == nil, parts.serials == nil { refuse("it needs 'where', 'serials', or both") }
        if parts.name.isEmpty { refuse("its name is empty") }
        if parts.to.isEmpty { refuse("'to' is empty", "write the name of a service") }
        if parts.to == AssignOrigin.none.description {
            refuse("rules assign to a service, and '\(parts.to)' is none", "`axport unassign` takes devices off theirs")
        }
        if parts.from.isEmpty { refuse("'from' is empty", "write `from: [none]`") }
        if parts.expectWithin != nil, parts.serials == nil {
            refuse("only serial numbers of a list can be expected", "add 'serials', or remove 'expect_within'")
        }
        return AssignRule(
            name: parts.name,
            location: node.location,
            condition: parts.condition.flatMap { condition($0.node, &problems) },
            serials: parts.serials.flatMap { list($0.path, files, refuse) },
            from: parts.from,
            to: parts.to,
            expectWithin: parts.expectWithin,
            migrateBy: parts.migrateBy?.timestamp
        )
    }

    /// Nil if it cannot be read.
    private static func list(
        _ path: String,
        _ files: Environment,
        _ refuse: (_ message: String, _ hint: String?) -> Void
    ) -> SerialList? {
        do throws(Problem) {
            return try SerialList(try files.readFile(path).get().text, path: path)
        } catch {
            refuse(error.message.hasPrefix(path) ? error.message : "\(path): \(error.message)", error.hint)
            return nil
        }
    }
}
