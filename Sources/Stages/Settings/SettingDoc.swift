/// A setting on the reference page and in the schema.
package struct SettingDoc: Sendable, Hashable {
    package let name, type: String
    package let form: ValueForm
    /// The default as text; nil if there is none.
    package let fallback: String?
    package let isRequired: Bool
    package let meaning: String

    package init(
        name: String,
        type: String,
        form: ValueForm,
        fallback: String? = nil,
        isRequired: Bool = false,
        meaning: String
    ) {
        self.name = name
        self.type = type
        self.form = form
        self.fallback = fallback
        self.isRequired = isRequired
        self.meaning = meaning
    }

    /// The same setting where it must be given.
    var required: SettingDoc { with(isRequired: true) }

    /// The same setting where it can be left out.
    package var optional: SettingDoc { with(isRequired: false) }

    private func with(isRequired: Bool) -> SettingDoc {
        SettingDoc(name: name, type: type, form: form, fallback: fallback, isRequired: isRequired, meaning: meaning)
    }
}

extension String {
    /// The text up to the first full stop.
    package var firstSentence: String { firstRange(of: ". ").map { String(self[..<$0.lowerBound]) + "." } ?? self }
}
