/// Collects attributes in sending order. Missing attributes are omitted or null, depending on the switch.
struct AttributeList {
    private let absent: SandboxSwitches.Absent
    private(set) var attributes: [SandboxAttribute] = []

    init(absent: SandboxSwitches.Absent) {
        self.absent = absent
        attributes.reserveCapacity(28)
    }

    mutating func add(_ name: String, _ text: String?) {
        add(name, text.map(SandboxValue.text))
    }

    /// An empty list counts as absent.
    mutating func add(_ name: String, _ texts: [String]) {
        add(name, texts.isEmpty ? nil : SandboxValue.texts(texts))
    }

    mutating func add(_ name: String, _ flag: Bool) {
        add(name, .boolean(flag))
    }

    private mutating func add(_ name: String, _ value: SandboxValue?) {
        if let value {
            attributes.append(SandboxAttribute(name, value))
        } else if absent == .null {
            attributes.append(SandboxAttribute(name, .null))
        }
    }
}
