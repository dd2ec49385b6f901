/// What differs in some organizations, as `NUMBERS:NAME=VALUE,…`.
struct OrganizationSetting {
    let numbers: ClosedRange<Int>
    private let text: String
    private let changes: [(name: String, value: String)]

    /// Their names and what their values are.
    static let names = [
        ("devices", "a number"), ("night", "a number"), ("platform", "business, school"), ("rate", "200/s, 20/m"),
        ("burst", "a number"), ("throttle", list(Throttle.allCases.map(\.rawValue))), ("latency-ms", "a number"),
        ("fault", "KIND:P, also several times"), ("switch", "NAME=VALUE, also several times"),
        ("key", "valid, revoked"),
    ]

    /// - Parameter count: the number of organizations.
    init(_ text: String, count: Int) throws(SandboxError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let numbers = Self.numbers(parts[0]) else {
            throw SandboxError("'\(text)' is not NUMBERS:NAME=VALUE; write 3:rate=20/m or 5-9:fault=500:0.02")
        }
        guard numbers.upperBound <= count else {
            throw SandboxError("'\(text)': there is no organization \(numbers.upperBound); the last one is \(count)")
        }
        self.text = text
        self.numbers = numbers
        var changes: [(name: String, value: String)] = []
        for change in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
            let sides = change.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard sides.count == 2, Self.names.contains(where: { $0.0 == sides[0] }) else {
                throw SandboxError("'\(text)': no setting '\(change)'; choose one of \(Self.list(Self.names.map(\.0)))")
            }
            changes.append((sides[0], sides[1]))
        }
        self.changes = changes
    }

    func apply(to options: inout SandboxOptions) throws(SandboxError) {
        for (name, value) in changes {
            switch name {
            case "devices": options.devices = try number(name, value, 0...10_000_000)
            case "night": options.night = try number(name, value, 1...10_000)
            case "platform": options.platform = try choice(name, value)
            case "rate": options.rate = try SandboxOptions.rate(parsing: value)
            case "burst": options.burst = try number(name, value, 1...10_000_000)
            case "throttle": options.throttle = try choice(name, value)
            case "latency-ms": options.latencyMilliseconds = try number(name, value, 0...3_600_000)
            case "fault": options.faults.append(try Fault(parsing: value))
            case "switch": try options.switches.set([value], of: SandboxSwitches.all)
            default:
                let key: Key = try choice(name, value)
                options.isKeyRevoked = key == .revoked
            }
        }
    }

    private enum Key: String, CaseIterable { case valid, revoked }

    private static func numbers(_ text: Substring) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1], first >= 1, first <= last else {
            return nil
        }
        return first...last
    }

    private func number(_ name: String, _ value: String, _ range: ClosedRange<Int>) throws(SandboxError) -> Int {
        guard let number = Int(value), range.contains(number) else {
            throw SandboxError("'\(text)': \(name) is a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String,
        _ value: String
    ) throws(SandboxError) -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: value) { return choice }
        throw SandboxError("'\(text)': \(name) is one of \(Self.list(Choice.allCases.map(\.rawValue)))")
    }

    private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }
}

extension SandboxOrganization {
    /// The settings of single organizations, and what their values are, for a command's help.
    package static var settings: [(name: String, values: String)] {
        OrganizationSetting.names.map { (name: $0.0, values: $0.1) }
    }
}
