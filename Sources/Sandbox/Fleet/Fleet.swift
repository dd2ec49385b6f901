/// The organization's devices on one night: a pure function of its parameters. No device is stored; each is generated
/// on request.
package struct Fleet: Sendable {
    package let devices: Int
    package let seed: UInt64
    package let night: Int
    package let platform: SandboxPlatform
    package let switches: SandboxSwitches
    /// When night 1 begins, in seconds since 1970; the next nights follow at intervals of a day.
    package let firstNight: Int64
    let serials: SerialNumbers
    let roster: Roster
    var ledger = Ledger()

    /// `devices` is the number on night 1; later nights have more.
    package init(
        devices: Int,
        seed: UInt64,
        night: Int = 1,
        platform: SandboxPlatform = .business,
        switches: SandboxSwitches = SandboxSwitches(),
        firstNight: Int64 = SandboxOptions.usualFirstNight
    ) {
        self.devices = max(devices, 0)
        self.seed = seed
        self.night = max(night, 1)
        self.platform = platform
        self.switches = switches
        self.firstNight = firstNight
        serials = SerialNumbers(seed: seed)
        roster = Roster(seed: seed)
    }

    /// The same organization on another night.
    package func onNight(_ night: Int) -> Fleet { onNight(night, switches) }

    /// The same organization with other switches.
    func with(_ switches: SandboxSwitches) -> Fleet { onNight(night, switches) }

    private func onNight(_ night: Int, _ switches: SandboxSwitches) -> Fleet {
        var fleet = Fleet(
            devices: devices,
            seed: seed,
            night: night,
            platform: platform,
            switches: switches,
            firstNight: firstNight
        )
        fleet.ledger = ledger
        return fleet
    }

    func beginning(ofNight number: Int) -> Moment {
        Moment(milliseconds: firstNight * 1000 + Int64(number - 1) * Moment.day)
    }

    /// The number of all devices until this night; their indexes begin at 0.
    package var count: Int { population(night: night) }

    package func index(ofSerial serial: String) -> Int? {
        guard let index = serials.index(of: serial), index < count else { return nil }
        return index
    }

    package func serial(at index: Int) -> String {
        serials.serial(at: index)
    }

    package func isListed(at index: Int) -> Bool {
        standing(at: index, night: night)?.isListed ?? false
    }

    /// Whether the switch `list` hides an existing device from lists.
    package func isWithheld(at index: Int) -> Bool {
        switch switches.list {
        case .whole: false
        case .short: Draw.hash(seed, .withheld, index) % 12 == 0
        case .empty: true
        }
    }

    /// Whether the switch `denied` denies a request for this single device.
    package func isDenied(at index: Int) -> Bool {
        switches.denied != .none && Draw.hash(seed, .denied, index) % 20 == 0
    }

    /// The position in `servers` of the listed device's server.
    func serverPlace(at index: Int) -> Int? {
        guard let standing = standing(at: index, night: night), standing.isListed else { return nil }
        return standing.server
    }
}
