import Records
import Stages
import Testing

extension Loader {
    /// Examines the destination as the first load of a run.
    func examine(_ schema: Schema = .pairs) async -> Examination {
        var open: (any OpenPlace)?
        let found = await examine(schema, context, through: &open)
        await open?.close()
        return found
    }
}

extension Examination {
    /// Why no load can be made; nil if one can, or may be.
    var lasting: Failure? { if case .lasting(let failure) = verdict { failure } else { nil } }
    var passing: Failure? { if case .passing(let failure) = verdict { failure } else { nil } }
    var isReady: Bool { if case .ready = verdict { true } else { false } }
}
