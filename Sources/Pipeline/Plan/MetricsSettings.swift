import Crypto
import Records
import Stages

/// The section `metrics`: where the latest run's numbers are written for Prometheus.
package struct MetricsSettings: Sendable {
    private let textfile: String
    private let isUnknown: Bool

    package static let spec = StageSpec<MetricsSettings>(
        "metrics",
        """
        Writes the numbers of each run for Prometheus, one file for each pipeline and source. The textfile \
        collector of node_exporter serves them. `deploy/prometheus` lists them, and has alert rules.
        """,
        example: """
            metrics: { textfile: /var/lib/prometheus/node-exporter }
            """,
        settings: Setting<PathSetting>(
            "textfile",
            """
            Folder that node_exporter reads; the file is then named after the pipeline and the source, as in \
            `axport-nightly@acme.prom`. Or a path that ends in `.prom`; with several sources, it must contain `{source}`.
            """
        ),
        build: { (textfile: PathSetting) in
            MetricsSettings(textfile: textfile.path, isUnknown: textfile.isUnknown)
        }
    )

    /// Reads the section, which may be missing.
    static func read(
        _ node: ConfigNode?,
        isOfSeveral: Bool,
        problems: inout Problems
    ) -> MetricsSettings? {
        guard let node else { return nil }
        guard let settings = problems.take(try spec.build(key: node, body: node)) else { return nil }
        if let problem = settings.problem(isOfSeveral: isOfSeveral, at: node.location) { problems.add(problem) }
        return settings
    }

    private func problem(isOfSeveral: Bool, at location: SourceLocation) -> Diagnostic? {
        if textfile.isEmpty { return Diagnostic("'textfile' is empty", hint: "name a folder", at: location) }
        for changing in ["{date}", "{run}"] where textfile.contains(changing) {
            return Diagnostic(
                "the metrics file is the same every night, so its path must not contain \(changing)",
                hint: "remove \(changing)",
                at: location
            )
        }
        guard isOfSeveral, isFile, !isUnknown, !textfile.contains("{source}") else { return nil }
        return Diagnostic(
            "each source needs its own metrics file",
            hint: "put {source} into the path, or name a folder",
            at: location
        )
    }

    /// node_exporter reads no files with other endings.
    private static let ending = ".prom"

    private var isFile: Bool { textfile.hasSuffix(Self.ending) }

    /// The file for one source of a pipeline.
    package func file(of pipeline: String, source: String) -> String {
        let path = textfile.replacing("{source}", with: PercentEncoding.encode(source))
        if isFile { return path }
        let folder = path.hasSuffix("/") ? path : path + "/"
        // Encoded names do not contain the separator.
        let name = "\(PercentEncoding.encode(pipeline))@\(PercentEncoding.encode(source))"
        // A name has at most 255 bytes, and the name of the temporary file beside it is longer.
        let short = name.utf8.count <= 200 ? name : SHA256.hash(data: Array(name.utf8)).hex
        return "\(folder)axport-\(short)\(Self.ending)"
    }
}
