/// One of several organizations of a server. Each has an account, devices, a limit, and faults of its own.
package struct SandboxOrganization: Sendable {
    package let name: String
    package internal(set) var options: SandboxOptions

    /// How many a server has at most.
    package static let counts = 1...9999

    /// Organizations that differ by their seed. Every fifth one is of Apple School Manager, beginning with the second.
    ///
    /// - Parameter settings: what else differs, such as `3:rate=20/m` or `5-9:devices=2000,fault=500:0.02`.
    package static func list(
        _ count: Int,
        like options: SandboxOptions,
        settings: [String] = []
    ) throws(SandboxError) -> [SandboxOrganization] {
        var list = (1...max(count, 1)).map { number in
            var own = options
            own.seed = options.seed &+ UInt64(number - 1)
            if number % 5 == 2 { own.platform = .school }
            return SandboxOrganization(name: name(number), options: own)
        }
        for text in settings {
            let setting = try OrganizationSetting(text, count: list.count)
            for number in setting.numbers { try setting.apply(to: &list[number - 1].options) }
        }
        return list
    }

    /// `org-0001`. The names, and so the accounts in a folder, do not depend on how many there are.
    private static func name(_ number: Int) -> String {
        let digits = "\(number)"
        return "org-" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
