/// Named settings that build one value: all settings of a stage, or some that several stages share.
package struct SettingGroup<Value>: Sendable {
    let docs: [SettingDoc]
    /// Reads the value; nil if the settings have problems, which are reported.
    let read: @Sendable (SettingNodes, inout Problems) -> Value?

    package init<each Part: SettingValue>(
        settings: repeat Setting<each Part>,
        build: @escaping @Sendable (repeat each Part) throws(PlanError) -> Value
    ) {
        docs = settingDocs(repeat each settings)
        read = { (nodes, problems) in
            let parts = (repeat (each settings).read(nodes, &problems))
            do throws(PlanError) {
                try problems.end()
                return try build(repeat try found(each parts))
            } catch {
                problems = Problems(error.diagnostics)
                return nil
            }
        }
    }

    /// The value of another group and some additional settings.
    init<Shared, each Part: SettingValue>(
        shared: SettingGroup<Shared>,
        settings: repeat Setting<each Part>,
        build: @escaping @Sendable (Shared, repeat each Part) throws(PlanError) -> Value
    ) {
        docs = shared.docs + settingDocs(repeat each settings)
        read = { (nodes, problems) in
            let common = shared.read(nodes, &problems)
            let parts = (repeat (each settings).read(nodes, &problems))
            do throws(PlanError) {
                try problems.end()
                return try build(try found(common), repeat try found(each parts))
            } catch {
                problems = Problems(error.diagnostics)
                return nil
            }
        }
    }
}

private func settingDocs<each Part>(_ settings: repeat Setting<each Part>) -> [SettingDoc] {
    var docs: [SettingDoc] = []
    for setting in repeat each settings { docs.append(setting.doc) }
    return docs
}

/// If there are no problems, every setting has a value.
private func found<Value>(_ value: Value?) throws(PlanError) -> Value {
    guard let value else { throw PlanError([]) }
    return value
}
