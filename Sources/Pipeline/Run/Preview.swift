import Inventory
import Records
import Stages

/// The first rows at one point of a pipeline.
package struct PreviewStep: Sendable {
    package let place: PreviewPlace
    package var title: String { place.title }
    /// The condition of the stage, if it is a filter.
    package let condition: String?
    package let schema: Schema
    package let batch: Batch
    /// Positions of the columns to show: the key, and those that the stage changed or added.
    package let columns: [Int]
    package let rejects: [Reject]
    /// The number of rows before the stage.
    package let rowsBefore: Int
}

extension Plan {
    /// The first rows as the inventory has them, after each transform, and as each load would write them. A run whose
    /// stages keep samples of their rows, and whose loads have a stand-in as destination.
    ///
    /// - Parameters:
    ///   - inventory: a copy, because a run stores its rejects in it.
    ///   - onlyDevices: whether loads of other datasets are left out.
    package func preview(
        _ inventory: Inventory,
        rows: Int,
        startedAt: Timestamp,
        onlyDevices: Bool = false
    ) async throws -> [PreviewStep] {
        var shown = self
        if onlyDevices { shown.loads.removeAll { !$0.dataset.isMain } }
        let (plan, samples) = shown.sampled()
        let context = context(of: Self.runID(startedAt), startedAt: startedAt, isPartial: true).rehearsing
        let progress = RunProgress()
        // Earlier rejects are read before these rows add more.
        let times: [Dataset.LoadTime] = [.afterRejects, .withTheRest, .atTheEnd]
        for time in times {
            _ = try await plan.load(time, from: inventory, limit: rows, context: context, progress: progress)
        }
        try progress.requireNoFailure()
        return samples.compactMap(\.step)
    }

    /// The same plan with a sample at each place to show, in order.
    private func sampled() -> (plan: Plan, samples: [Sample]) {
        let read = Sample()
        var samples = [read]
        func sampled(_ steps: [Step<any Transformer>], of load: String? = nil) -> [Step<any Transformer>] {
            steps.map { step in
                let sample = Sample(PreviewPlace(load: load, stage: step.origin.stage))
                samples.append(sample)
                return Step(origin: step.origin, stage: SampledTransform(transformer: step.stage, sample: sample))
            }
        }
        let origin = Origin(stage: "preview", location: SourceLocation(file: file, line: 1, column: 1))
        var plan = self
        plan.transforms =
            [Step<any Transformer>(origin: origin, stage: SampledReading(sample: read))] + sampled(transforms)
        for (index, load) in loads.enumerated() {
            let name = "\(load.origin.stage) \(load.destination)"
            plan.loads[index].transforms = sampled(load.transforms, of: name)
            let written = Sample(PreviewPlace(load: name))
            written.begin(load.output)
            samples.append(written)
            plan.loads[index].loader = StandIn(load.loader.destination, SampledOutput(sample: written))
            // All loads of devices show the same devices.
            if load.dataset.isMain { plan.loads[index].order = .firstSeen }
        }
        // Shows devices even if no load reads them.
        plan.loads.append(
            LoadPlan(
                origin: origin,
                loader: StandIn("", NoOutput()),
                dataset: .devices,
                order: .firstSeen,
                transforms: [],
                columns: [],
                output: devices
            )
        )
        return (plan, samples)
    }
}

extension Sample {
    /// The sample to show; nil if no rows could reach the stage.
    fileprivate var step: PreviewStep? {
        guard let (before, after) = rows else { return nil }
        return PreviewStep(
            place: place,
            condition: condition,
            schema: after.schema,
            batch: after.batch,
            columns: before.map(after.changed) ?? after.filled,
            rejects: after.rejects,
            rowsBefore: (before ?? after).batch.count
        )
    }
}

extension Sample.Rows {
    /// Visible columns in which any row has a value.
    fileprivate var filled: [Int] {
        schema.visible.filter { column in batch.columns[column].contains { !$0.isNull } }
    }

    /// The key, and the columns that differ from those before.
    fileprivate func changed(since before: Self) -> [Int] {
        schema.fields.indices.filter { column in
            let field = schema.fields[column]
            if field.role == .hidden { return false }
            guard let old = before.schema.index(of: field.name) else { return true }
            return schema.key.contains(field.name) || !batch.holdsSame(column, as: before.batch, old)
        }
    }
}

extension Batch {
    fileprivate func holdsSame(_ column: Int, as other: Batch, _ otherColumn: Int) -> Bool {
        count == other.count
            && (0..<count).allSatisfy { display(self[column, $0]) == other.display(other[otherColumn, $0]) }
    }
}

extension Plan {
    /// Reads a few devices into an inventory, as the extract stages would.
    package func sample(into inventory: Inventory, rows: Int, startedAt: Timestamp, connect: Connect) async throws {
        let api = try await connect(source)
        do {
            for step in extract {
                let context = SyncContext(
                    api: api,
                    inventory: inventory,
                    startedAt: startedAt,
                    limit: rows,
                    meter: StageMeter()
                )
                try await step.stage.sync(context)
            }
        } catch {
            await api.close()
            throw error
        }
        await api.close()
    }
}
