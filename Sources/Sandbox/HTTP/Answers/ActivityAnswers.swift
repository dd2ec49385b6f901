extension Call {
    func activity(_ id: String) throws(APIError) -> [UInt8] {
        try allow(["fields[orgDeviceActivities]"])
        let fields = try FieldSet("orgDeviceActivities", of: FieldSet.activity, in: query)
        guard let activity = state.activity(id) else { throw .missing("orgDeviceActivities", id) }
        return document(of: activity, fields)
    }

    /// The activity that a POST created.
    func created(_ activity: SandboxActivity) -> [UInt8] {
        document(of: activity, .everything)
    }

    private func document(of activity: SandboxActivity, _ fields: FieldSet) -> [UInt8] {
        var attributes = [
            SandboxAttribute("status", .text(activity.status)),
            SandboxAttribute("subStatus", .text(activity.subStatus)),
            SandboxAttribute("createdDateTime", .text(activity.created.text)),
        ]
        if let completed = activity.completed {
            attributes.append(SandboxAttribute("completedDateTime", .text(completed.text)))
        }
        if activity.log != nil {
            attributes.append(SandboxAttribute("downloadUrl", .text(link(to: activity))))
        }
        var json = JSONText()
        json.raw("{\"data\":{\"type\":\"orgDeviceActivities\",\"id\":\"\(activity.id)\",\"attributes\":")
        json.object(fields.select(attributes))
        json.raw(",\"links\":{\"self\":\"\(base)/v1/orgDeviceActivities/\(activity.id)\"}}")
        json.selfLink(urlAsAsked)
        return json.bytes
    }

    private func link(to activity: SandboxActivity) -> String {
        let parts = base.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        let link = LogLink(
            activity: activity.id,
            authority: LogLink.authority(besides: parts[1]),
            expires: state.now.adding(seconds: switches.activities.link),
            seed: fleet.seed
        )
        let file = ActivityLog.fileName(of: activity, on: fleet.platform)
        return link.url(scheme: String(parts[0].dropLast()), file: file)
    }
}
