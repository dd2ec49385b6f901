extension Fleet {
    package func device(at index: Int) -> SandboxDevice? {
        guard let standing = standing(at: index, night: night) else { return nil }
        let serial = serial(at: index)
        let attributes = attributes(at: index, serial: serial, standing: standing)
        var readAlone = attributes
        var releasedAt: String?
        var presence = SandboxDevice.Presence.listed
        switch standing.presence {
        case .listed: break
        case .gone: presence = .gone
        case .released(let time):
            presence = .released
            releasedAt = time.text
        }
        if releasedAt != nil || switches.absent == .null {
            let place = min(2, attributes.count)
            let value = releasedAt.map(SandboxValue.text) ?? .null
            readAlone.insert(SandboxAttribute("releasedFromOrgDateTime", value), at: place)
        }
        return SandboxDevice(
            index: index,
            serial: serial,
            presence: presence,
            releasedAt: releasedAt,
            serverID: standing.server.map(serverID(at:)),
            attributes: attributes,
            attributesReadAlone: readAlone
        )
    }

    /// The attributes in lists, in Apple's order.
    func attributes(at index: Int, serial: String, standing: Standing) -> [SandboxAttribute] {
        var draw = Draw(seed, .model, index)
        let model = draw.pick(Model.all)
        let capacity = draw.pick(model.capacities)
        let color = draw.pick(model.colors)
        var radioDraw = Draw(seed, .radio, index)
        let radio = RadioIdentifiers(model, draw: &radioDraw)
        var addressDraw = Draw(seed, .address, index)
        let addresses = NetworkAddresses(model, draw: &addressDraw)
        let purchase = Purchase(at: index, standing: standing, seed: seed)
        var odd = Draw(seed, .awkward, index)

        var list = AttributeList(absent: switches.absent)
        list.add("serialNumber", serial)
        list.add("addedToOrgDateTime", standing.added.text)
        list.add("updatedDateTime", odd.chance(0.03) ? standing.updated.textWithoutFraction : standing.updated.text)
        list.add("deviceModel", odd.chance(0.02) ? odd.pick(AwkwardText.models) : model.name)
        list.add("productFamily", model.family)
        list.add("productType", model.type)
        list.add("deviceCapacity", odd.chance(0.02) ? odd.pick(AwkwardText.capacities) : capacity)
        list.add("partNumber", odd.chance(0.03) ? odd.pick(AwkwardText.partNumbers) : purchase.partNumber)
        list.add("orderNumber", purchase.orderNumber)
        list.add("color", odd.chance(0.03) ? odd.pick(AwkwardText.colors) : color)
        list.add("status", standing.server == nil ? "UNASSIGNED" : "ASSIGNED")
        list.add("orderDateTime", purchase.orderDate)
        list.add("imei", radio.imeis)
        list.add("meid", radio.meids)
        list.add("eid", radio.eid)
        list.add("wifiMacAddress", addresses.wifi)
        list.add("bluetoothMacAddress", addresses.bluetooth)
        if switches.ethernet == .array {
            list.add("ethernetMacAddress", addresses.ethernet)
        } else {
            list.add("ethernetMacAddress", addresses.ethernet.first)
        }
        list.add(switches.purchaseSource == .id ? "purchaseSourceId" : "purchaseSourceUid", purchase.sourceID)
        list.add("purchaseSourceType", purchase.sourceType)
        addMigration(to: &list, index: index, standing: standing)

        var attributes = list.attributes
        var unknown = Draw(seed, .unknown, index)
        if unknown.chance(0.03) {
            attributes += UnknownAttributes.some(draw: &unknown)
        }
        var misshape = Draw(seed, .misshape, index)
        if switches.shapes == .mixed, misshape.chance(0.06) {
            Misshapes.apply(to: &attributes, draw: &misshape)
        }
        return attributes
    }

    private func addMigration(to list: inout AttributeList, index: Int, standing: Standing) {
        let shown = switches.activities.migration
        guard shown != .hidden else { return }
        let migration = migration(of: index, standing)
        list.add("isMdmMigrationCapable", isMigrationCapable(index, standing, at: beginning(ofNight: night)))
        list.add("mdmMigrationStatus", migration?.status.rawValue)
        list.add("mdmMigrationDeadlineDateTime", shown == .noDeadline ? nil : migration?.deadline?.text)
    }

    /// As in `productFamily`.
    func family(of index: Int) -> String {
        var draw = Draw(seed, .model, index)
        return draw.pick(Model.all).family
    }
}
