/// The body of a POST that creates an activity. Every member may be missing, so that an error can name it.
struct ActivityDocument: Decodable {
    struct Content: Decodable {
        let type: String?
        let attributes: Attributes?
        let relationships: Relationships?
    }
    struct Attributes: Decodable {
        let activityType: String?
        let activityTypeMetadata: Metadata?
    }
    struct Metadata: Decodable {
        let mdmMigrationDeadlineDateTime: String?
    }
    struct Relationships: Decodable {
        let mdmServer: ToOne?
        let devices: ToMany?
    }
    struct ToOne: Decodable {
        let data: Linkage?
    }
    struct ToMany: Decodable {
        let data: [Linkage]?
    }
    struct Linkage: Decodable {
        let type: String?
        let id: String?
    }

    let data: Content?

    /// The serial numbers, whether or not the rest of the body is valid.
    var serials: [String] { data?.relationships?.devices?.data?.compactMap(\.id) ?? [] }
}
