import Inventory
import Pipeline
import Records

/// All rows of a dataset in the inventory of one device.
struct DatasetRows {
    let schema: Schema
    private(set) var batch: Batch
    /// Values that did not fit their columns.
    private(set) var rejects: [Reject] = []

    init(_ dataset: Dataset, of inventory: Inventory, adding fields: [Field] = []) throws {
        var wanted = dataset.schema
        wanted.fields += fields
        var reader = DatasetReader(inventory, dataset, schema: wanted, order: .firstSeen)
        schema = reader.schema
        batch = Batch(width: schema.fields.count)
        while let more = try reader.next(rejects: &rejects) { batch.append(more) }
    }

    var count: Int { batch.count }

    /// The value as people read it; nil without any.
    func text(_ column: String, _ row: Int = 0) -> String? {
        guard row < count, let index = schema.index(of: column) else { return nil }
        return batch.display(batch[index, row]).flatMap { $0.isEmpty ? nil : $0 }
    }

    func time(_ column: String, _ row: Int) -> Timestamp? {
        guard row < count, let index = schema.index(of: column), case .timestamp(let time) = batch[index, row] else {
            return nil
        }
        return Timestamp(microseconds: time)
    }

    /// A row as JSON, without columns that have no value.
    func json(_ row: Int) -> OrderedJSON {
        .object(
            schema.fields.indices.compactMap { column in
                let field = schema.fields[column]
                guard field.role != .hidden, let value = batch.json(column, row, field.type) else { return nil }
                return (field.name, value)
            }
        )
    }
}

extension Batch {
    /// A cell as JSON; nil for null.
    func json(_ column: Int, _ row: Int, _ type: ValueType) -> OrderedJSON? {
        let cell = self[column, row]
        guard let text = display(cell) else { return nil }
        switch cell {
        case .integer, .real, .boolean: return .written(text)
        case .text where type == .json || type == .textList: return .written(text)
        default: return .string(text)
        }
    }
}
