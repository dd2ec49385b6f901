import Load
import Stages

/// The one load of an export, as a pipeline file would have it.
struct ExportLoad {
    let format: FileFormat
    let output: String
    var dataset: String?
    var columns: String?
    var condition: String?
    var profile: String?
    var delimiter: String?

    private static let origin = "export"

    /// The section `load`.
    var section: ConfigNode {
        .list(
            [.map([(format.rawValue, .map(settings, origin: Self.origin))], origin: Self.origin)],
            origin: Self.origin
        )
    }

    private var settings: [(String, ConfigNode)] {
        var settings: [(String, ConfigNode)] = [
            ("file", .scalar(output, origin: "--output", base: Composition.environment.base)),
            ("order", .scalar("serial", origin: Self.origin)),
            // What somebody asks for once replaces what was there, however much that is.
            ("max_removed", .scalar("100%", origin: Self.origin)),
        ]
        if format == .sqlite {
            settings.append(("mode", .scalar("replace", origin: Self.origin)))
            settings.append(("migrate", .scalar("true", origin: Self.origin)))
        }
        if let dataset { settings.append(("from", .scalar(dataset, origin: "--dataset"))) }
        if let profile { settings.append(("profile", .scalar(profile, origin: "--profile"))) }
        if let delimiter { settings.append(("delimiter", .scalar(delimiter, origin: "--delimiter"))) }
        if let columns {
            let names = columns.split(separator: ",").map { name in
                ConfigNode.scalar(name.split(separator: " ").joined(separator: " "), origin: "--columns")
            }
            settings.append(("columns", .list(names, origin: "--columns")))
        }
        if let condition {
            let stage = ConfigNode.map([("where", .scalar(condition, origin: "--where"))], origin: "--where")
            settings.append(("transform", .list([stage], origin: "--where")))
        }
        return settings
    }
}
