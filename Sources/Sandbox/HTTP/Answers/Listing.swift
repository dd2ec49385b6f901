/// A listing with rows at some of the positions from 0 to `end`.
struct Listing<Row> {
    let end: Int
    /// The row at a position; nil if there is none.
    let row: (Int) -> Row?
    let write: (Int, Row, inout JSONText) -> Void
    var related: String?
    /// The approximate length of a row.
    var bytesPerRow = 0
}

extension Call {
    static let defaultLimit = 100
    static let largestLimit = 1000

    /// Writes the requested page.
    mutating func page<Row>(_ listing: Listing<Row>) throws(APIError) -> [UInt8] {
        let limit = try limit()
        let start = try position()
        var json = JSONText(capacity: limit * listing.bytesPerRow)
        var written = 0
        json.raw("{\"data\":[")
        if let broken = brokenPage() { return broken }
        if start > 0, faults.contains(.repeated) {
            for earlier in stride(from: min(start, listing.end) - 1, through: 0, by: -1) {
                guard let row = listing.row(earlier) else { continue }
                suffered.insert(.repeated)
                listing.write(earlier, row, &json)
                written = 1
                break
            }
        }
        var next: Int?
        for position in stride(from: start, to: listing.end, by: 1) {
            guard let row = listing.row(position) else { continue }
            if written == limit {
                next = position
                break
            }
            if written > 0 {
                json.raw(",")
            }
            if written == 0, let misshapen = misshapen(listing, position, row) {
                json.raw(misshapen)
            } else {
                listing.write(position, row, &json)
            }
            written += 1
        }
        if next == nil, suffers(.endless) { next = max(start, listing.end) + 1 }
        let hidesNext = next != nil && suffers(.otherNext)
        json.raw("],")
        writeLinks(next: next, hidesNext: hidesNext, related: listing.related, to: &json)
        json.raw(",\"meta\":{\"paging\":{")
        if let next, !hidesNext {
            json.raw("\"nextCursor\":\"\(Cursor.text(position: next, path: path, seed: fleet.seed))\",")
        } else if next == nil, switches.end == .empty {
            json.raw("\"nextCursor\":\"\",")
        }
        json.raw("\"limit\":\(limit)}}}")
        return json.bytes
    }

    private mutating func suffers(_ kind: FaultKind) -> Bool {
        guard faults.contains(kind) else { return false }
        suffered.insert(kind)
        return true
    }

    /// A page that is damaged on purpose.
    private mutating func brokenPage() -> [UInt8]? {
        if suffers(.noData) { return Array("{\"meta\":{}}".utf8) }
        if suffers(.otherData) { return Array("{\"data\":{},\"links\":{}}".utf8) }
        return nil
    }

    /// An element with a fault of this request; nil for a correct element.
    private mutating func misshapen<Row>(_ listing: Listing<Row>, _ position: Int, _ row: Row) -> String? {
        if suffers(.nullRow) { return "null" }
        guard faults.contains(.noID) || faults.contains(.nulID) else { return nil }
        var json = JSONText()
        listing.write(position, row, &json)
        let text = String(decoding: json.bytes, as: UTF8.self)
        if suffers(.nulID) { return text.replacing("\"id\":\"", with: "\"id\":\"\\u0000", maxReplacements: 1) }
        suffered.insert(.noID)
        return text.replacing("\"id\":\"", with: "\"other\":\"", maxReplacements: 1)
    }

    private mutating func writeLinks(next: Int?, hidesNext: Bool, related: String?, to json: inout JSONText) {
        var links = [SandboxAttribute("self", .text(urlAsAsked))]
        if hidesNext {
            links.append(SandboxAttribute("next", .number("5")))
        } else if let next {
            let cursor = Cursor.text(position: next, path: path, seed: fleet.seed)
            let kept = query.items.filter { item in
                item.name.hasPrefix("filter[") || (switches.next == .full && item.name != "cursor")
            }
            let parameters = kept.map { "\(Query.encoded($0.name))=\(Query.encoded($0.value))" } + ["cursor=\(cursor)"]
            var host = base
            if faults.contains(.nextHost) {
                suffered.insert(.nextHost)
                host = "http://127.0.0.2:9"
            }
            links.append(SandboxAttribute("next", .text("\(host)\(path)?\(parameters.joined(separator: "&"))")))
        }
        if let related {
            links.append(SandboxAttribute("related", .text(related)))
        }
        json.name("links")
        json.object(links)
    }

    private func limit() throws(APIError) -> Int {
        guard let text = query["limit"] else { return Self.defaultLimit }
        guard let limit = Int(text) else {
            throw .parameter("limit", "INVALID", "'\(text)' is not a valid limit")
        }
        if (1...Self.largestLimit).contains(limit) || switches.limit == .clamp {
            return min(max(limit, 1), Self.largestLimit)
        }
        throw .parameter("limit", "INVALID", "The limit must be from 1 to \(Self.largestLimit)")
    }

    private mutating func position() throws(APIError) -> Int {
        guard let text = query["cursor"], !text.isEmpty else { return 0 }
        if faults.contains(.cursor) {
            suffered.insert(.cursor)
            throw .parameter("cursor", "INVALID", "The cursor has expired")
        }
        guard let position = Cursor.position(text, path: path, seed: fleet.seed) else {
            throw .parameter("cursor", "INVALID", "'\(text)' is not a valid cursor for this request")
        }
        return position
    }
}
