/// The signed URL of an activity's log, on another host than the API.
struct LogLink {
    static let folder = "/activity-logs/"

    let activity: String
    /// The name and port that the URL was signed for.
    let authority: String
    let expires: Moment
    let seed: UInt64

    /// The host of the logs: the loopback address's other name, where there is one.
    static func authority(besides api: String) -> String {
        let (name, rest) = (api.prefix { $0 != ":" }, api.drop { $0 != ":" })
        switch name {
        case "127.0.0.1": return "localhost\(rest)"
        case "localhost": return "127.0.0.1\(rest)"
        default: return api
        }
    }

    func url(scheme: String, file: String) -> String {
        let disposition = "response-content-disposition=attachment%3Bfilename%3D%22\(file)%22"
        let type = "response-content-type=application%2Foctet-stream"
        let place = "\(scheme)://\(authority)\(Self.folder)\(activity)"
        return "\(place)?\(disposition)&\(type)&iCloudAccessKeyId=sandbox&Expires=\(seconds)&Signature=\(signature)"
    }

    var seconds: Int64 { expires.milliseconds / 1000 }

    var signature: String {
        let signed = "\(authority) \(activity) \(seconds)"
        let sum = signed.utf8.reduce(seed) { Draw.mix($0 ^ UInt64($1)) }
        return String(sum, radix: 16) + String(Draw.mix(sum), radix: 16)
    }
}
