import Extract
import Inventory
import Records
import Stages

/// Reads from Apple on which service devices are, with the fewest requests: one for each device, or the lists of the
/// services.
struct Whereabouts {
    let api: any AppleAPI
    /// Numbers of devices by service, as last known: what its list costs.
    let sizes: [String: Int]

    /// The places of these devices. Devices that Apple does not answer for are missing.
    ///
    /// - Parameter services: the only services that matter; nil for all. With some, a device on none of them is missing.
    func places(of serials: [String], on services: [String]? = nil) async throws -> [String: Place] {
        let lists = services ?? Array(sizes.keys)
        let pages = lists.reduce(0) { $0 + max(1, Pager.pages(for: sizes[$1] ?? 1)) }
        guard serials.count > pages else { return try await single(serials) }
        return try await listed(serials, on: lists, isAll: services == nil)
    }

    private func single(_ serials: [String]) async throws -> [String: Place] {
        var places: [String: Place] = [:]
        var failure: APIError?
        try await api.ask(serials.count, tries: nil) {
            .path(AssignedService.path(of: serials[$0]))
        } _: { answers in
            for answer in answers {
                switch AssignedService.read(answer.result, of: serials[answer.number]) {
                case .success(let service): places[serials[answer.number]] = service.map(Place.on) ?? .nowhere
                case .failure(let error) where error.says(missing: "orgDevices"): places[serials[answer.number]] = .gone
                case .failure(let error): failure = error
                }
            }
            return true
        }
        if let failure, places.isEmpty { throw failure }
        return places
    }

    private func listed(_ serials: [String], on services: [String], isAll: Bool) async throws -> [String: Place] {
        var open = Set(serials)
        var places: [String: Place] = [:]
        for service in services where !open.isEmpty {
            let path = "/v1/mdmServers/\(PercentEncoding.encode(service))/relationships/devices"
            // A list that grows while it is read ends at twice its known size.
            var pager = Pager(api, path, bound: PageBound(after: Pager.pages(for: sizes[service] ?? 1)))
            while !open.isEmpty, let page = try await pager.next() {
                for serial in page.resources.map(\.id) where open.remove(serial) != nil {
                    places[serial] = .on(service)
                }
            }
        }
        guard isAll else { return places }
        // A device that is on no list may also have left the organization.
        places.merge(try await single(Array(open))) { first, _ in first }
        return places
    }
}
