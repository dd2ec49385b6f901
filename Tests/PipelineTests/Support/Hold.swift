import Pipeline
import Records
import Stages

/// Keeps all rows back until it has seen the last one.
struct Hold: Transformer {
    static let spec = StageSpec<any Transformer>(
        "hold",
        "Keeps all rows back until the end.",
        example: "hold",
        build: Hold.init
    )

    struct Bound: BoundTransform {
        let output: Schema
        private var held: [Batch] = []

        init(output: Schema) { self.output = output }

        mutating func apply(_ batch: inout Batch, findings: inout Findings) {
            if batch.count > 0 { held.append(batch) }
            batch.select(rows: [])
        }

        mutating func next() -> Batch? { held.isEmpty ? nil : held.removeFirst() }
    }

    func bind(to input: Schema, context: BindContext) -> any BoundTransform { Bound(output: input) }
}

/// Finds every row odd.
struct Warn: Transformer {
    static let spec = StageSpec<any Transformer>(
        "warn",
        "Finds every row odd.",
        example: "warn",
        build: Warn.init
    )

    struct Bound: BoundTransform {
        let output: Schema

        func apply(_ batch: inout Batch, findings: inout Findings) {
            for _ in 0..<batch.count { findings.note([.checkDigitAdded]) }
        }
    }

    func bind(to input: Schema, context: BindContext) -> any BoundTransform { Bound(output: input) }
}
