import Records
import Stages

/// A program that runs for a notice, and its arguments.
package struct NoticeCommand: SettingValue {
    package let arguments: [String]

    package static var typeName: String { "list of text" }
    package static var form: ValueForm { [String].form }

    package init(from node: ConfigNode) throws(Diagnostic) {
        var arguments: [String] = []
        for item in node.isEmpty ? [] : node.items {
            guard case .scalar(let scalar) = item.content else { throw Diagnostic("expected text", at: item.location) }
            if scalar.references.contains(where: { $0.filePath != nil }) {
                throw Diagnostic(
                    "the content of a file would be visible in the list of processes",
                    hint: "name the file, and let the program read it",
                    at: item.location
                )
            }
            arguments.append(scalar.text)
        }
        guard let program = arguments.first, !program.isEmpty else {
            throw Diagnostic("no program is named", hint: "write [PROGRAM, ARGUMENT, …]", at: node.location)
        }
        self.arguments = arguments
    }
}
