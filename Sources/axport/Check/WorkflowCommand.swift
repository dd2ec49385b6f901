import Records
import Stages

/// A finding as a workflow command of GitHub Actions, which shows it beside the line:
/// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
struct WorkflowCommand {
    let text: String

    /// - Parameter folder: the working directory.
    init(_ finding: Diagnostic, in folder: String = FilePlace.absolute(".")) {
        let location = finding.location
        let properties = [
            "file=\(Self.property(Self.relative(location.file, to: folder)))",
            "line=\(location.line)", "col=\(location.column)", "title=axport check",
        ]
        let message = finding.hint.map { "\(finding.message)\nhint: \($0)" } ?? finding.message
        text = "::\(finding.severity.rawValue) \(properties.joined(separator: ","))::\(Self.data(message))"
    }

    private static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }

    private static func relative(_ file: String, to folder: String) -> String {
        let path = FilePlace.absolute(file, in: folder)
        return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }
}
