/// What can be written for a setting. The schema for editors is generated from it, so it accepts everything that the
/// setting's reader accepts. References and commands, which are possible in place of any text, are not part of it.
package indirect enum ValueForm: Sendable, Hashable {
    /// Any text. YAML reads some texts as numbers, true, or null.
    case text
    /// The name of a column: any text, but editors suggest those that every pipeline can have.
    case column
    case words([String])
    case boolean
    case integer(minimum: Int? = nil)
    case number
    /// Text that matches a regular expression.
    case pattern(String)
    /// Nothing after the colon.
    case empty
    /// A list. One value may stand for a list of one.
    case list(ValueForm, acceptsOne: Bool = true, minimum: Int = 0)
    /// A map of any names to values.
    case named(ValueForm)
    case settings([SettingDoc])
    /// Settings of which some are required if another one has one of these values.
    case account([SettingDoc], requires: [String], setting: String, values: [String])
    /// A map with exactly one of these names.
    case oneOf([SettingDoc])
    /// The stages of a section.
    case stages(StageKind)
    case anyOf([ValueForm])
    case anything
}

/// The sections of a pipeline file that list stages.
package enum StageKind: String, Sendable, Hashable, CaseIterable { case extract, transform, load }

extension ValueForm {
    /// A number as a text, in the forms that Swift reads.
    package static let decimal =
        #"[+-]?(0[xX][0-9a-fA-F.]+([pP][+-]?[0-9]+)?|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)"#
}
