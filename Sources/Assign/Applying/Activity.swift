import Records

/// An activity as Apple describes it.
struct Activity: Sendable, Hashable {
    let id: String
    let status: String
    let subStatus: String?
    /// By Apple's clock.
    let createdAt, completedAt: Timestamp?
    /// A signed link to the result file: never shown whole.
    let downloadLink: String?

    /// - Throws: if the document describes no activity.
    init(_ document: [UInt8]) throws {
        guard let resource = try ResourceDocument(document).resources.first else {
            throw JSONError(description: "it describes no activity")
        }
        id = resource.id
        let texts = try resource.texts
        status = texts["status"] ?? ""
        subStatus = texts["subStatus"]
        createdAt = texts["createdDateTime"].flatMap(Timestamp.init(text:))
        completedAt = texts["completedDateTime"].flatMap(Timestamp.init(text:))
        downloadLink = texts["downloadUrl"]
    }

    /// Whether Apple works on it no longer. A word that this version does not know counts as work.
    var hasEnded: Bool { ["COMPLETED", "STOPPED", "FAILED"].contains(status) }

    /// For people and the log.
    var words: String { [status, subStatus ?? ""].filter { !$0.isEmpty }.joined(separator: ", ") }
}
