/// A fault that the sandbox can cause on purpose.
package enum FaultKind: String, Sendable, CaseIterable {
    case serverError = "500"
    case unavailable = "503"
    case reset, truncate, stall, html
    case badJSON = "badjson"
    case expire
    case repeated = "repeat"
    case vanish, cursor
    case nextHost = "nexthost"
    case noID = "noid"
    case nulID = "nulid"
    case nullRow = "nullrow"
    case noData = "nodata"
    case otherData = "otherdata"
    case otherNext = "othernext"
    case endless
    case tooMany = "429"
    case tooManyTokens = "token429"
    case lost
    case lostToError = "lost500"

    package var meaning: String {
        switch self {
        case .serverError: "an error document with status 500"
        case .unavailable: "status 503, every other time with Retry-After"
        case .reset: "the connection is reset in the middle of the body"
        case .truncate: "the connection ends in the middle of the body"
        case .stall: "no byte is sent for a long time"
        case .html: "status 502 with an HTML page"
        case .badJSON: "status 200 with half a JSON document"
        case .expire: "the token is revoked: status 401 until there is a new one"
        case .repeated: "a page begins with the last row of the page before"
        case .vanish: "a device that is listed answers 404 when read alone"
        case .cursor: "the cursor has expired: status 400"
        case .nextHost: "links.next names another host"
        case .noID: "the first element of a page has no id"
        case .nulID: "the id of the first element of a page holds U+0000"
        case .nullRow: "the first element of a page is null"
        case .noData: "a page without data and without a link to the next"
        case .otherData: "the data of a page is not a list"
        case .otherNext: "a page with a number in place of the link to the next, and no cursor"
        case .endless: "the last page of a list leads to an empty one, and that to another, without end"
        case .tooMany: "status 429 below the limit"
        case .tooManyTokens: "status 429 from the token endpoint"
        case .lost: "an activity is accepted, and the connection is reset before the answer"
        case .lostToError: "an activity is accepted, and the answer has status 500"
        }
    }
}
