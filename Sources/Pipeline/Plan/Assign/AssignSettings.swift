import Records
import Stages

/// The section `assign`: which devices go to which device management service, within which limits.
package struct AssignSettings: Sendable {
    /// In the order of the file; the first that matches a device counts.
    package let rules: [AssignRule]
    /// Keeps the devices that no rule may touch; nil if there is no such condition.
    package let protect: Step<any Transformer>?
    package let limits: AssignLimits
    /// How long a device stays `unknown` before `not_landed` is its verdict.
    package let settle: Period
    /// How long `apply` watches an activity, and then Apple's lists.
    package let activityWait, listWait: Period
    /// What the verbs beside `assign` may plan.
    package let allow: [AssignPermission]

    static let settings = [
        SettingDoc(
            name: "rules",
            type: "list of rules",
            form: .list(.settings(AssignRule.spec.settings)),
            isRequired: false,
            meaning: "The rules. The first that matches a device counts."
        ),
        SettingDoc(
            name: "protect",
            type: Expression.typeName,
            form: Expression.form,
            isRequired: false,
            meaning: "Condition over the columns of the devices that no rule may touch."
        ),
        SettingDoc(
            name: "limits",
            type: "settings",
            form: .settings(AssignLimits.spec.settings),
            isRequired: false,
            meaning: AssignLimits.spec.doc
        ),
        SettingDoc(
            name: "settle",
            type: Period.typeName,
            form: Period.form,
            isRequired: false,
            meaning: "How long a device that was sent may be `unknown` before it is `not_landed`; default: 30m."
        ),
        SettingDoc(
            name: "activity_wait",
            type: Period.typeName,
            form: Period.form,
            isRequired: false,
            meaning: "How long `apply` watches an activity until Apple reports its end; default: 10m."
        ),
        SettingDoc(
            name: "list_wait",
            type: Period.typeName,
            form: Period.form,
            isRequired: false,
            meaning: "How long `apply` then waits for Apple's lists to show it; default: 5m."
        ),
        SettingDoc(
            name: "allow",
            type: [AssignPermission].typeName,
            form: [AssignPermission].form,
            isRequired: false,
            meaning: "What `axport unassign`, `axport migration`, and `axport release` may plan with this file."
        ),
    ]

    /// What is read if the file does not say it.
    static let usualExtract = ConfigNode.list(
        ["devices", "assignments"].map { .scalar($0, origin: "assign") },
        origin: "assign"
    )

    static var form: ValueForm { .settings(settings) }

    static let meaning = """
        Assigns devices to device management services, by rules. A file with this section has no `load`; the verbs of \
        `axport assign` read it. The first rule that matches a device counts, and a device that no rule matches is left \
        alone. A device that is already on the rule's service is never sent.
        """

    private static let usualActivityWait = Period(seconds: 10 * 60)
    private static let usualListWait = Period(seconds: 5 * 60)
    /// Shorter than this, an answer that Apple's lists do not show yet would count as lost.
    private static let usualSettling = Period(seconds: 30 * 60)

    /// Reads the section, which may be missing.
    ///
    /// - Parameter condition: builds and checks a condition over the columns of the devices.
    static func read(
        _ node: ConfigNode?,
        of sources: SourceList,
        files: Environment,
        condition: (ConfigNode, inout Problems) -> Step<any Transformer>?,
        problems: inout Problems
    ) -> AssignSettings? {
        guard let node, let parts = node.entries(settings.map(\.name), of: "assign", problems: &problems) else {
            return nil
        }
        var rules: [AssignRule] = []
        let items = parts["rules"].map { $0.isEmpty ? [] : $0.items } ?? []
        for item in items {
            guard let rule = AssignRule.read(item, files: files, condition: condition, problems: &problems) else {
                continue
            }
            if let other = rules.first(where: { $0.name == rule.name }) {
                let line = other.location.line
                problems.add(Diagnostic("the rule of line \(line) has the same name", at: rule.location))
            }
            rules.append(rule)
        }
        for rule in rules
        where sources.chosen.contains(where: { $0.platform == .school }) && rule.from.contains(.default) {
            problems.add(
                Diagnostic(
                    "'default' in 'from': Apple School Manager has no default services in its API",
                    hint: "write `from: [none]`, or name the service",
                    at: rule.location
                )
            )
        }
        var limits = AssignLimits()
        if let node = parts["limits"] {
            do {
                limits = try AssignLimits.spec.build(key: node, body: node)
                for problem in limits.problems { problems.add(Diagnostic(problem, at: node.location)) }
            } catch {
                problems.add(error.diagnostics)
            }
        }
        let allow = problems.read(parts["allow"], as: [AssignPermission].self) ?? []
        if items.isEmpty, parts["allow"]?.isEmpty ?? true {
            problems.add(Diagnostic("'assign' needs 'rules', or 'allow' for single deeds", at: node.location))
        }
        return AssignSettings(
            rules: rules,
            protect: parts["protect"].flatMap { condition($0, &problems) },
            limits: limits,
            settle: problems.read(parts["settle"], as: Period.self) ?? usualSettling,
            activityWait: problems.read(parts["activity_wait"], as: Period.self) ?? usualActivityWait,
            listWait: problems.read(parts["list_wait"], as: Period.self) ?? usualListWait,
            allow: allow
        )
    }
}

/// What a file may allow beside its rules. Each is planned by a verb of its own.
package enum AssignPermission: String, SettingValue, CaseIterable { case unassign, migration, release }
