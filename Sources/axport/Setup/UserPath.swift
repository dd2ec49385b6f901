import Records
import Stages

/// A path as a user types it, relative to the working directory.
struct UserPath {
    let absolute: String

    init(_ text: String, _ environment: Environment) throws(Failure) {
        guard let path = PathBase(.working, home: environment.variables["HOME"]).absolute(text) else {
            throw Failure(.usage, PathBase.noHome, advice: PathBase.noHomeHint)
        }
        absolute = path
    }

    /// The path for `${file:PATH}`.
    var forReference: String {
        get throws(Failure) {
            if absolute.contains(where: { "{}".contains($0) || $0.isNewline }) {
                throw Failure(.usage, "\(absolute): a pipeline file cannot name this path", advice: "rename the file")
            }
            return absolute
        }
    }
}
