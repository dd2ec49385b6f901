import ArgumentParser
import Load
import Records

extension FileFormat: ExpressibleByArgument {
    /// The format of an export's name and option, either of which may be left out.
    init(_ asked: FileFormat?, writing output: String, toTerminal isTerminal: Bool) throws(Failure) {
        let (bare, compressed) = FileFormat.split(output)
        let named = FileFormat(promisedBy: bare)
        // A pipeline file would be lost.
        if let foreign = (FileFormat.foreign + [".yaml"]).first(where: bare.hasSuffix) {
            throw Failure(
                .usage,
                "-o \(output): axport does not write \(foreign)",
                advice: "name the file .csv, .ndjson, .json, .xlsx, or .sqlite"
            )
        }
        if let asked, let named, asked != named {
            throw Failure(
                .usage,
                "-o \(output) is a name for \(named.rawValue), but --format is \(asked.rawValue)",
                advice: "leave --format out, or name the file such as devices\(asked.endings[0])"
            )
        }
        let format = asked ?? named ?? .csv
        if let compressed, !format.isText {
            throw Failure(
                .usage,
                "-o \(output): \(format.rawValue) is not compressed with \(compressed)",
                advice: "name the file such as devices\(format.endings[0])"
            )
        }
        if let problem = format.refusal(ofName: output) {
            throw Failure(.usage, "-o \(problem.message)", advice: problem.hint)
        }
        if output == "-", format == .sqlite || (format == .xlsx && isTerminal) {
            throw Failure(
                .usage,
                "--format \(format.rawValue) needs a file",
                advice: "name one with `-o devices\(format.endings[0])`"
            )
        }
        self = format
    }
}
