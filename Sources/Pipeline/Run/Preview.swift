import Inventory
import Records
import Stages

/// The first rows at one point of a pipeline.
package struct PreviewStep: Sendable {
    package let title: String
    package let schema: Schema
    package let batch: Batch
    /// Positions of the columns worth showing: the key, and what the stage changed or added.
    package let columns: [Int]
    package let rejects: [Reject]
    /// Rows that came in.
    package let rowsBefore: Int
}

extension Plan {
    /// The first rows as they come from the inventory, after each transform, and as each load would write them.
    package func preview(_ inventory: Inventory, rows: Int, startedAt: Timestamp) throws -> [PreviewStep] {
        var rejects: [Reject] = []
        var batch = try DatasetReader(inventory, .devices, devices: devices, order: .firstSeen, limit: rows).all(
            rejects: &rejects
        )
        var steps = [
            PreviewStep(
                title: "devices, as Apple sent them",
                schema: devices,
                batch: batch,
                columns: batch.filled(devices),
                rejects: rejects,
                rowsBefore: batch.count
            )
        ]
        let schema = try show(transforms, from: devices, &batch, prefix: "", startedAt: startedAt, into: &steps)
        for load in loads {
            var own = batch
            var input = schema
            if load.dataset != .devices {
                var rejects: [Reject] = []
                input = load.dataset.schema
                own = try DatasetReader(inventory, load.dataset, order: load.order, limit: rows).all(rejects: &rejects)
            }
            let name = "\(load.origin.stage) \(load.destination)"
            _ = try show(
                load.transforms,
                from: input,
                &own,
                prefix: "\(name): ",
                startedAt: startedAt,
                into: &steps
            )
            own.select(columns: load.columns)
            steps.append(
                PreviewStep(
                    title: "\(name) would write",
                    schema: load.output,
                    batch: own,
                    columns: own.filled(load.output),
                    rejects: [],
                    rowsBefore: own.count
                )
            )
        }
        return steps
    }

    private func show(
        _ transforms: [Step<any Transformer>],
        from input: Schema,
        _ batch: inout Batch,
        prefix: String,
        startedAt: Timestamp,
        into steps: inout [PreviewStep]
    ) throws -> Schema {
        var schema = input
        for step in transforms {
            var transform = try step.bind(to: schema, startedAt: startedAt)
            let before = (schema: schema, batch: batch)
            var findings = Findings()
            try transform.apply(&batch, findings: &findings)
            while let waiting = try transform.next() { batch.append(waiting) }
            schema = transform.output
            let changed = schema.fields.indices.filter { column in
                let name = schema.fields[column].name
                guard let old = before.schema.index(of: name) else { return true }
                return schema.key.contains(name) || !batch.holdsSame(column, as: before.batch, old)
            }
            steps.append(
                PreviewStep(
                    title: "\(prefix)after \(step.origin.stage)",
                    schema: schema,
                    batch: batch,
                    columns: changed.filter { schema.fields[$0].role != .hidden },
                    rejects: findings.rejects,
                    rowsBefore: before.batch.count
                )
            )
        }
        return schema
    }
}

extension DatasetReader {
    /// The rows of all batches in one.
    fileprivate func all(rejects: inout [Reject]) throws -> Batch {
        var reader = self
        var rows = Batch(width: schema.fields.count)
        while let batch = try reader.next(rejects: &rejects) { rows.append(batch) }
        return rows
    }
}

extension Batch {
    /// Visible columns in which any row has a value.
    fileprivate func filled(_ schema: Schema) -> [Int] {
        schema.visible.filter { column in columns[column].contains { !$0.isNull } }
    }

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
