import Sandbox

extension Fleet {
    var all: [SandboxDevice] {
        (0..<count).compactMap(device(at:))
    }

    var listedSerials: [String] {
        (0..<count).filter(isListed(at:)).map(serial(at:))
    }
}

extension SandboxDevice {
    func value(_ name: String) -> SandboxValue? {
        attributes.first { $0.name == name }?.value
    }

    func text(_ name: String) -> String? {
        guard case .text(let text) = value(name) else { return nil }
        return text
    }

    /// The strings of an attribute that is a string or a list of them.
    func texts(_ name: String) -> [String] {
        switch value(name) {
        case .text(let text): [text]
        case .array(let values):
            values.compactMap { value in
                guard case .text(let text) = value else { return nil }
                return text
            }
        default: []
        }
    }
}
