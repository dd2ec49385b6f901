import Inventory
import Records
import Stages

/// When somebody names a few devices, and nothing about others is wanted.
enum FewDevices {
    /// Apple is reported to filter by at most this many serial numbers.
    static let perRequest = 50
    /// For a fleet that nobody has counted yet.
    private static let pagesOfUnknownList = 20

    /// How many requests the whole list takes.
    static func pagesOfList(_ inventory: Inventory) throws -> Int {
        guard try inventory.lastCompleteListing != nil else { return pagesOfUnknownList }
        return max(1, Pager.pages(for: try inventory.deviceCount))
    }
}

extension Devices {
    /// Reads only these devices, by Apple's filter for serial numbers, if that takes fewer requests than the list.
    ///
    /// - Returns: false if the list must be read: it is cheaper, the filter does not work, or a known device is missing,
    ///   which only a list shows for certain.
    func read(only serials: [String], _ context: SyncContext) async throws -> Bool {
        let parts = stride(from: 0, to: serials.count, by: FewDevices.perRequest).map {
            Array(serials[$0..<min($0 + FewDevices.perRequest, serials.count)])
        }
        guard try parts.count <= FewDevices.pagesOfList(context.inventory) else { return false }
        func note(_ text: String) { context.meter.update { $0.notes.append(text) } }
        let known = try context.inventory.devices(named: serials).present
        var found: Set<String> = []
        do {
            for part in parts {
                try Task.checkCancellation()
                guard let devices = try await answer(for: part, context) else {
                    note("Apple did not filter by serial numbers, so all devices were listed")
                    return false
                }
                for device in devices {
                    found.insert(device.id)
                    context.meter.count(try context.inventory.record(device, at: context.startedAt))
                }
            }
        } catch let error as APIError where error.kind == .badRequest || error.mayConcernOneDevice {
            note("Apple did not filter by serial numbers, so all devices were listed: \(error.message)")
            return false
        }
        let missing = known.subtracting(found).count
        if missing > 0 {
            note("\(counted(missing, "known device")) of the list did not come, so all devices were listed")
        }
        return missing == 0
    }

    /// Nil if it names other devices, too, or cannot be read: Apple does not document the filter.
    private func answer(for serials: [String], _ context: SyncContext) async throws -> [Resource]? {
        let filter = [("filter[serialNumber]", serials.joined(separator: ","))]
        var pager = Pager(context.api, "/v1/orgDevices", of: "orgDevices", query: filter, bound: .small)
        let wanted = Set(serials)
        var devices: [Resource] = []
        while let page = try await pager.next() {
            guard page.unreadable.isEmpty, page.resources.allSatisfy({ wanted.contains($0.id) }) else { return nil }
            devices += page.resources
        }
        return devices
    }
}
