import Foundation

/// A unit file of deploy/systemd.
struct SystemdUnit {
    private let lines: [String]

    init(_ name: String) throws {
        lines = try Repository.text("deploy/systemd/\(name)").split(separator: "\n").map(String.init)
    }

    /// The values of a setting, in the order of the file.
    func values(_ setting: String) -> [String] {
        lines.filter { $0.hasPrefix("\(setting)=") }.map { String($0.dropFirst(setting.count + 1)) }
    }

    func codes(_ setting: String) -> [Int32] {
        values(setting).flatMap { $0.split(separator: " ") }.compactMap { Int32($0) }
    }
}
