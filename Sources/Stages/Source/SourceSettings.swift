import Records

/// Which of Apple's services an organization uses.
package enum Platform: String, SettingValue, CaseIterable {
    case business
    case school
    /// The simulated API inside axport.
    case sandbox

    /// Apple School Manager has no audit log (AppleClient/README.md section 13).
    package var hasAuditLog: Bool { self != .school }
}

/// The `source` section: one organization, and how to reach Apple's API for it.
package struct SourceSettings: Sendable {
    package var platform: Platform
    package var name: String
    package var clientID: String
    package var keyID: String
    package var privateKey: KeySetting
    /// Without a trailing slash; paths begin with `/v1`.
    package var apiURL: String
    package var tokenURL: String
    package var caFile: String?
    package var proxy: String?
    /// Maximum requests per second; nil for as many as Apple allows.
    package var rate: Double?
    package var maxInFlight: Int
    /// The longest wait that Apple may ask for.
    package var maxWait: Period
    /// The maximum time for requests in a run; nil for no limit.
    package var maxTime: Period?
    package var sandbox: SandboxSettings
    /// The IDs as written.
    private let ids: AccountIDs
    /// Texts as written, by setting.
    private let texts: [String: LocatedText]
    /// The file of certificate authorities as written.
    private let authorities: LocatedPath?

    package struct SandboxSettings: Sendable {
        package var devices: Int
        package var seed: Int
        package var night: Int

        package static let deviceRange = 0...10_000_000
        package static let nightRange = 1...10_000

        fileprivate var problems: [String] {
            var problems: [String] = []
            if seed < 0 { problems.append("seed must be 0 or more") }
            if !Self.deviceRange.contains(devices) { problems.append("devices \(Self.deviceRange.meaning)") }
            if !Self.nightRange.contains(night) { problems.append("night \(Self.nightRange.meaning)") }
            return problems
        }
    }

    /// Identifies the organization for the inventory: its file is never filled from another organization.
    package var identity: String {
        platform == .sandbox
            ? "sandbox of \(sandbox.devices) devices, seed \(sandbox.seed)" : "\(clientID) at \(apiURL)"
    }

    package static let spec = StageSpec<SourceSettings>(
        "source",
        "The organization, and how to reach Apple's API for it.",
        example: """
            source:
              platform: business
              client_id: ${env:AXPORT_CLIENT_ID}
              key_id: ${env:AXPORT_KEY_ID}
              private_key: ${file:/etc/axport/private-key.pem}
            """,
        settings: Setting("platform", "Apple Business, Apple School Manager, or the simulated API inside axport."),
        Setting<LocatedText?>.optional("name", "Name of the source in file names and reports; default: the client ID."),
        Setting<LocatedText?>.optional("client_id", "Client ID of the API account."),
        Setting<LocatedText?>.optional("key_id", "Key ID of the API account."),
        Setting<KeySetting?>.optional(
            "private_key",
            "Private key of the API account (PEM). Only its owner may be able to read the file."
        ),
        Setting<LocatedText?>.optional("api_url", "Base URL of the API; default: Apple's, for the platform."),
        Setting<LocatedText?>.optional("token_url", "Token endpoint; default: Apple's."),
        Setting<LocatedPath?>.optional(
            "ca_file",
            "PEM file with the only certificate authorities to trust; default: those of the system."
        ),
        Setting<LocatedText?>.optional("proxy", "HTTP proxy, as http://host:port; default: HTTPS_PROXY and NO_PROXY."),
        Setting<Double?>.optional("rate", "Most requests per second; default: as many as Apple allows."),
        Setting("max_in_flight", "Most requests at the same time.", default: 8),
        Setting(
            "max_wait",
            "Longest wait that Apple may ask for (Retry-After); a longer one stops all requests until the next run.",
            default: Period(seconds: 600)
        ),
        Setting<Period?>.optional(
            "max_time",
            "Longest time that a run may send requests. It then loads what it has; the next run continues."
        ),
        Setting("devices", "Number of devices in the sandbox.", default: 500),
        Setting("seed", "Seed of the sandbox's data; the same seed gives the same devices.", default: 1),
        Setting("night", "Day of the sandbox: devices come, change, and leave from night to night.", default: 1),
        build: SourceSettings.init
    )

    private init(
        platform: Platform,
        name: LocatedText?,
        clientID: LocatedText?,
        keyID: LocatedText?,
        privateKey: KeySetting?,
        apiURL: LocatedText?,
        tokenURL: LocatedText?,
        caFile: LocatedPath?,
        proxy: LocatedText?,
        rate: Double?,
        maxInFlight: Int,
        maxWait: Period,
        maxTime: Period?,
        devices: Int,
        seed: Int,
        night: Int
    ) throws(PlanError) {
        self.platform = platform
        ids = AccountIDs(client: clientID, key: keyID, platform: platform)
        let named = ["name": name ?? clientID, "api_url": apiURL, "token_url": tokenURL, "proxy": proxy]
        texts = named.compactMapValues(\.self)
        self.clientID = clientID?.text ?? ""
        self.keyID = keyID?.text ?? ""
        self.privateKey = privateKey ?? KeySetting(Secret(""))
        self.apiURL = Self.withoutSlash(apiURL?.text ?? Self.defaultAPI(platform))
        self.tokenURL = tokenURL?.text ?? "https://account.apple.com/auth/oauth2/token"
        self.caFile = caFile?.setting.path
        authorities = caFile
        self.proxy = proxy?.text
        self.rate = rate
        self.maxInFlight = maxInFlight
        self.maxWait = maxWait
        self.maxTime = maxTime
        sandbox = SandboxSettings(devices: devices, seed: seed, night: night)
        let usual = platform == .sandbox ? "sandbox-\(devices)-\(seed)" : self.clientID.lowercased()
        self.name = name?.text ?? usual
    }

    /// Required, but for the sandbox.
    private static let accountSettings = ["client_id", "key_id", "private_key"]

    /// - Parameter isNameRequired: whether it is one of several sources.
    package static func form(isNameRequired: Bool = false) -> ValueForm {
        let docs = spec.settings.map { $0.name == "name" && isNameRequired ? $0.required : $0 }
        let platforms = Platform.allCases.filter { $0 != .sandbox }.map(\.rawValue)
        return .account(docs, requires: accountSettings, setting: "platform", values: platforms)
    }

    private static func defaultAPI(_ platform: Platform) -> String {
        platform == .school ? "https://api-school.apple.com" : "https://api-business.apple.com"
    }

    private static func withoutSlash(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    /// Missing or invalid settings, found before the first request.
    package func problems(at location: SourceLocation) -> [Diagnostic] {
        var problems: [Diagnostic] = []
        // A longer name may be a misplaced key, and file names need room for more than the name.
        if isKnown("name"),
            name.contains(where: { "/\\\0".contains($0) }) || name.hasPrefix(".") || name.utf8.count > 128
        {
            let place = texts["name"]?.location ?? location
            problems.append(Diagnostic("source: the name '\(name)' cannot be part of a file name", at: place))
        }
        if let rate, !(0.0001...10_000).contains(rate) {
            problems.append(Diagnostic("rate must lie between 0.0001 and 10000 requests a second", at: location))
        }
        if !(1...100).contains(maxInFlight) {
            problems.append(Diagnostic("max_in_flight must lie between 1 and 100", at: location))
        }
        problems += sandbox.problems.map { Diagnostic($0, at: location) }
        if isKnown("proxy"), let proxy, ProxyAddress(proxy) == nil {
            let place = texts["proxy"]?.location ?? location
            problems.append(Diagnostic("proxy: expected a proxy as http://host:port", at: place))
        }
        guard platform != .sandbox else { return problems }
        for (setting, value) in zip(Self.accountSettings, [clientID, keyID, privateKey.text.reveal])
        where value.isEmpty {
            problems.append(Diagnostic("source needs '\(setting)' for platform \(platform.rawValue)", at: location))
        }
        problems += ids.problems
        let addresses = [
            ("api_url", ServerAddress(setting: "api_url", url: apiURL).problemOfBase),
            ("token_url", ServerAddress(setting: "token_url", url: tokenURL).problem),
        ]
        for case (let setting, let problem?) in addresses where isKnown(setting) {
            problems.append(Diagnostic(problem, at: texts[setting]?.location ?? location))
        }
        // A machine that lacks other values may lack the file, too.
        if let authorities, !isUnknown, authorities.isMissing {
            problems.append(
                Diagnostic(
                    "ca_file: the file \(authorities.setting) does not exist",
                    hint: "name a PEM file with the certificate authorities to trust",
                    at: authorities.location
                )
            )
        }
        return problems
    }

    /// Whether a text in it stands for an unknown value.
    package var isUnknown: Bool {
        privateKey.isUnknown || texts.values.contains(where: \.isUnknown) || ids.client?.isUnknown == true
            || ids.key?.isUnknown == true
    }

    private func isKnown(_ setting: String) -> Bool { texts[setting]?.isUnknown != true }

    /// Whether requests go to Apple, not to a server in its place.
    package var asksApple: Bool { platform != .sandbox && apiURL == Self.defaultAPI(platform) }

    /// Settings that may be wrong or right. Servers other than Apple's may have other IDs.
    package var doubts: [Diagnostic] { asksApple ? ids.doubts : [] }
}
