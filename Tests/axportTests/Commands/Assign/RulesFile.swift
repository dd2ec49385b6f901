import Sandbox

/// A sandbox whose activities take moments, and a file with rules for it.
struct RulesFile {
    let command: Command
    let sandbox: RunningSandbox

    static let name = "it's new.axport.yaml"
    /// No device is on it at first.
    static let target = "Neue Abteilung (leer) 🧪"
    /// All devices without a service, and those that a rule names and that stay where they are.
    static let rules = """
        rules:
            - { name: a rule with a name that is rather long, where: "product_family = 'iPhone'", to: "\(target)" }
            - { name: others, where: "1", from: [none, default], to: "\(target)" }
        """

    /// - Parameter assign: the section, without its name.
    func write(_ assign: String = rules, activityWait: String = "5s", to file: String = name) throws {
        try command.write(
            """
            name: new
            source:
              platform: business
              client_id: ${env:AXPORT_CLIENT_ID}
              key_id: ${env:AXPORT_KEY_ID}
              private_key: ${file:account/private-key.pem}
              api_url: ${env:AXPORT_API_URL}
              token_url: ${env:AXPORT_TOKEN_URL}
            inventory: inventory.sqlite
            assign:
              activity_wait: \(activityWait)
              list_wait: 3s
              settle: 1s
              \(assign)
            """,
            to: file
        )
    }

    /// Serial numbers of devices that are on no service.
    var free: [String] { devices.filter { $0.serverID == nil }.map(\.serial) }

    var devices: [SandboxDevice] {
        let fleet = sandbox.fleet
        return (0..<fleet.count).filter(fleet.isListed(at:)).compactMap(fleet.device(at:))
    }

    var targetID: String? { sandbox.fleet.servers.first { $0.name == Self.target }?.id }
}

/// - Parameter switches: how activities behave, such as `lag=15s`.
func withRules(
    _ switches: String...,
    devices: Int = 80,
    role: SandboxSwitches.Role = .everything,
    _ test: (RulesFile) async throws -> Void
) async throws {
    var options = SandboxOptions()
    options.devices = devices
    try options.switches.setActivities(parsing: switches.isEmpty ? ["speed=200"] : switches)
    options.switches.role = role
    try await withSandbox(options) { command, sandbox in
        let file = RulesFile(command: command, sandbox: sandbox)
        try file.write()
        try await test(file)
    }
}
