extension Call {
    mutating func auditEventList() throws(APIError) -> [UInt8] {
        try allow(Self.filters + ["fields[auditEvents]", "limit", "cursor"])
        let from = try timestamp("filter[startTimestamp]")
        let to = try timestamp("filter[endTimestamp]")
        guard from <= to else {
            throw .parameter("filter[endTimestamp]", "INVALID", "The end lies before the start")
        }
        let fields = try FieldSet("auditEvents", of: FieldSet.auditEvent, in: query)
        let (actor, subject, type) = (query["filter[actorId]"], query["filter[subjectId]"], query["filter[type]"])

        // A night's events happen in the day before it, so only these nights can have events.
        let (fleet, day, zero) = (fleet, Moment.day, fleet.beginning(ofNight: 0).milliseconds)
        let firstNight = max(2, Int((from.milliseconds - zero) / day))
        let lastNight = min(fleet.night, Int((to.milliseconds - zero) / day) + 1)
        let perNight = fleet.count * Fleet.auditEntriesPerChange
        let evolution = max(0, lastNight - firstNight + 1) * perNight
        let changes = state.auditEventsOfChanges
        return try page(
            Listing<AuditEvent>(
                end: evolution + changes.count,
                row: { position in
                    var event: AuditEvent?
                    if position < evolution {
                        let (night, rest) = (firstNight + position / perNight, position % perNight)
                        let (index, number) = (rest / Fleet.auditEntriesPerChange, rest % Fleet.auditEntriesPerChange)
                        event = fleet.auditEvents(of: index, night: night).dropFirst(number).first
                    } else {
                        event = changes.dropFirst(position - evolution).first
                    }
                    guard let event, event.time >= from, event.time < to, actor == nil || actor == event.actorID,
                        subject == nil || subject == event.subjectID, type == nil || type == event.type
                    else { return nil }
                    return event
                },
                write: { _, event, json in
                    json.raw("{\"type\":\"auditEvents\",\"id\":\"\(event.id)\",\"attributes\":")
                    let data = event.attributes.suffix(1)
                    json.object(fields.select(event.attributes.dropLast()) + data)
                    json.raw("}")
                }
            )
        )
    }

    private static let filters = ["startTimestamp", "endTimestamp", "actorId", "subjectId", "type"].map {
        "filter[\($0)]"
    }

    private func timestamp(_ name: String) throws(APIError) -> Moment {
        guard let text = query[name] else {
            throw .parameter(name, "REQUIRED", "The parameter '\(name)' is required but was not provided")
        }
        guard let moment = Moment(rfc3339: text) else {
            throw .parameter(name, "INVALID", "'\(text)' is not a valid date and time")
        }
        return moment
    }
}
