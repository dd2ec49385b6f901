import Records
import Stages
import Synchronization

/// A point of a pipeline at which rows are shown.
package struct PreviewPlace: Sendable, Hashable {
    /// The load whose rows they are; nil for the rows of all loads.
    package let load: String?
    /// The transform that they have just passed; nil for rows as read, or as the load would write them.
    package let stage: String?

    init(load: String? = nil, stage: String? = nil) {
        self.load = load
        self.stage = stage
    }

    package var title: String {
        switch (load, stage) {
        case (nil, nil): "devices, as Apple sent them"
        case (nil, let stage?): "after \(stage)"
        case (let load?, let stage?): "\(load): after \(stage)"
        case (let load?, nil): "\(load) would write"
        }
    }
}

/// Keeps the first rows that pass one place of a pipeline.
final class Sample: Sendable {
    struct Rows {
        var schema: Schema
        var batch: Batch
        var rejects: [Reject] = []

        init(_ schema: Schema) {
            self.schema = schema
            batch = Batch(width: schema.fields.count)
        }
    }

    let place: PreviewPlace
    /// Rows before (if shown) and after the stage; nil while no rows can reach it.
    private let kept = Mutex<(before: Rows?, after: Rows)?>(nil)

    /// The condition of a filter, as the pipeline file writes it.
    private let filter = Mutex<String?>(nil)

    init(_ place: PreviewPlace = PreviewPlace()) { self.place = place }

    var condition: String? {
        get { filter.withLock { $0 } }
        set { filter.withLock { $0 = newValue } }
    }

    var rows: (before: Rows?, after: Rows)? { kept.withLock { $0 } }

    func begin(_ output: Schema, from input: Schema? = nil) {
        kept.withLock { $0 = (input.map(Rows.init), Rows(output)) }
    }

    func take(_ batch: Batch) { kept.withLock { $0?.before?.batch.append(batch) } }

    func give(_ batch: Batch, _ rejects: some Sequence<Reject> = []) {
        kept.withLock {
            $0?.after.batch.append(batch)
            $0?.after.rejects += rejects
        }
    }
}

/// A transform that keeps a sample of its input and output.
struct SampledTransform: Transformer {
    let transformer: any Transformer
    let sample: Sample

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let transform = try transformer.bind(to: input, context: context)
        sample.begin(transform.output, from: input)
        sample.condition = (transform as? any RowFilter)?.condition
        return Bound(transform: transform, sample: sample)
    }

    private struct Bound: BoundTransform {
        var transform: any BoundTransform
        let sample: Sample

        var output: Schema { transform.output }

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            sample.take(batch)
            let known = findings.rejects.count
            try transform.apply(&batch, findings: &findings)
            sample.give(batch, findings.rejects[known...])
        }

        mutating func next() throws -> Batch? {
            let batch = try transform.next()
            if let batch { sample.give(batch) }
            return batch
        }
    }
}

/// The first transform: keeps the rows as read, with the values that did not fit their columns.
struct SampledReading: Transformer {
    let sample: Sample

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        sample.begin(input)
        return Bound(output: input, sample: sample)
    }

    private struct Bound: BoundTransform {
        let output: Schema
        let sample: Sample

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            sample.give(batch, findings.rejects)
        }
    }
}

/// Keeps a sample of the rows that a load would write.
struct SampledOutput: LoadSession {
    let sample: Sample

    mutating func write(_ batch: Batch) async throws { sample.give(batch) }
    mutating func commit() async throws -> LoadCounts { LoadCounts() }
    mutating func rehearse() async throws -> LoadCounts { LoadCounts() }
    mutating func rollback() async {}
}
