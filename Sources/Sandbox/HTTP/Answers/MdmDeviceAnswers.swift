/// Devices enrolled in Apple's built-in management: those of the only APPLE_MDM server.
extension Call {
    mutating func mdmDeviceList() throws(APIError) -> [UInt8] {
        try allow(["fields[mdmDevices]", "limit", "cursor"])
        let fields = try FieldSet("mdmDevices", of: FieldSet.mdmDevice, in: query)
        let (fleet, base) = (fleet, base)
        return try page(
            Listing(
                end: fleet.count,
                row: { fleet.isBuiltInManaged(at: $0) ? fleet.device(at: $0) : nil },
                write: { _, device, json in
                    let url = "\(base)/v1/mdmDevices/\(device.serial)"
                    json.raw("{\"type\":\"mdmDevices\",\"id\":\"\(device.serial)\",\"attributes\":")
                    json.object(fields.select(fleet.mdmAttributes(of: device)))
                    json.raw(",\"relationships\":{")
                    if fields.contains("details") {
                        json.raw("\"details\":{\"links\":{\"related\":\"\(url)/details\"}}")
                    }
                    json.raw("},\"links\":{\"self\":\"\(url)\"}}")
                }
            )
        )
    }

    mutating func mdmDeviceDetails(_ serial: String) throws(APIError) -> [UInt8] {
        try allow(["fields[mdmDeviceDetails]"])
        let fields = try FieldSet("mdmDeviceDetails", of: FieldSet.mdmDeviceDetails, in: query)
        guard let index = fleet.index(ofSerial: serial), fleet.isBuiltInManaged(at: index),
            let device = fleet.device(at: index)
        else { throw .missing("mdmDevices", serial) }
        var json = JSONText()
        json.raw("{\"data\":{\"type\":\"mdmDeviceDetails\",\"id\":\"\(serial)\",\"attributes\":")
        json.object(fields.select(fleet.mdmDetails(of: device)))
        json.raw(",\"links\":{\"self\":\"\(url)\"}}")
        json.selfLink(urlAsAsked)
        return json.bytes
    }
}

extension Fleet {
    fileprivate func isBuiltInManaged(at index: Int) -> Bool {
        serverPlace(at: index).map { roster.entries[$0].type == "APPLE_MDM" } ?? false
    }

    fileprivate func mdmAttributes(of device: SandboxDevice) -> [SandboxAttribute] {
        var draw = Draw(seed, .mdm, device.index, 1)
        return device.attributes.filter { ["serialNumber", "productFamily"].contains($0.name) } + [
            SandboxAttribute("deviceName", .text(draw.pick(["Kiosk \"2\"", "Müller, Jürgen", "iPad 📚", "Lager=7"]))),
            SandboxAttribute("enrolledUserId", .text(UUIDText.draw(&draw))),
        ]
    }

    fileprivate func mdmDetails(of device: SandboxDevice) -> [SandboxAttribute] {
        var draw = Draw(seed, .mdm, device.index, 2)
        let shared = ["serialNumber", "deviceModel", "imei", "meid", "wifiMacAddress", "bluetoothMacAddress"]
        let checkIn = Moment(milliseconds: beginning(ofNight: night).milliseconds - Int64(draw.below(90_000_000)))
        return device.attributes.filter { shared.contains($0.name) } + [
            SandboxAttribute("osVersion", .text(draw.pick(["26.1", "18.7.2", "15.7"]))),
            SandboxAttribute("lastCheckInDateTime", .text(checkIn.text)),
            SandboxAttribute("isFileVaultEnabled", .boolean(draw.chance(0.7))),
            SandboxAttribute("storageFreeCapacity", .number("\(draw.below(1 << 37))")),
            SandboxAttribute("storageTotalCapacity", .number("256000000000")),
            SandboxAttribute("deviceLockStatus", .text("UNLOCKED")),
            SandboxAttribute("deviceEraseStatus", .text("NOT_ERASED")),
            SandboxAttribute("lostModeStatus", .text(draw.chance(0.02) ? "ENABLED" : "DISABLED")),
        ]
    }
}
