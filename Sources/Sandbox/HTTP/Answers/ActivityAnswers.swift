extension Call {
    mutating func activity(_ id: String) throws(APIError) -> [UInt8] {
        try allow(["fields[orgDeviceActivities]"])
        let fields = try FieldSet("orgDeviceActivities", of: FieldSet.activity, in: query)
        guard let activity = fleet.activities.first(where: { $0.id == id }) else {
            throw .missing("orgDeviceActivities", id)
        }
        var attributes = [
            SandboxAttribute("status", .text(activity.status)),
            SandboxAttribute("subStatus", .text(activity.subStatus)),
            SandboxAttribute("createdDateTime", .text(activity.created.text)),
        ]
        if let completed = activity.completed {
            let log = "\(base)\(ActivityLog.folder)\(id).csv?Expires=0&Signature=sandbox"
            attributes += [
                SandboxAttribute("completedDateTime", .text(completed.text)),
                SandboxAttribute("downloadUrl", .text(log)),
            ]
        }
        var json = JSONText()
        json.raw("{\"data\":{\"type\":\"orgDeviceActivities\",\"id\":\"\(id)\",\"attributes\":")
        json.object(fields.select(attributes))
        json.raw(",\"links\":{\"self\":\"\(url)\"}}")
        json.selfLink(urlAsAsked)
        return json.bytes
    }
}
