import Records
import Stages
import Transform

/// A cell that can be written as a literal.
enum Value: Hashable, Sendable {
    case null
    case text(String)
    case integer(Int64)
    case real(Double)
    case boolean(Bool)
    case timestamp(String)
    case date(String)
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    init(stringLiteral text: String) { self = .text(text) }
    init(integerLiteral number: Int64) { self = .integer(number) }
    init(floatLiteral number: Double) { self = .real(number) }
    init(booleanLiteral flag: Bool) { self = .boolean(flag) }
    init(nilLiteral: ()) { self = .null }
}

/// Rows with their schema, and what was refused on the way to them.
struct Table {
    var schema: Schema
    var batch: Batch
    var findings = Findings()
    var rejects: [Reject] { findings.rejects }

    /// Devices with these values and nothing else.
    static func devices(_ rows: [String: Value]...) -> Table {
        var schema = Schema.devices
        schema.fields += Schema.assignmentFields + Schema.coverageFields
        return Table(schema, rows)
    }

    init(_ schema: Schema, _ rows: [[String: Value]]) {
        self.schema = schema
        batch = Batch(width: schema.fields.count)
        for (row, values) in rows.enumerated() {
            batch.appendRow()
            for (name, value) in values {
                guard let column = schema.index(of: name) else { continue }
                batch[column, row] = cell(value)
            }
        }
    }

    private mutating func cell(_ value: Value) -> Cell {
        switch value {
        case .null: .null
        case .text(let text): batch.text(text)
        case .integer(let number): .integer(number)
        case .real(let number): .real(number)
        case .boolean(let flag): .boolean(flag)
        case .timestamp(let text): moment(text).map { .timestamp($0.microseconds) } ?? .null
        case .date(let text): moment(text).map { .date($0.daysSince1970) } ?? .null
        }
    }

    private func moment(_ text: String) -> Timestamp? { Timestamp.parse(Array(text.utf8).span).value }

    subscript(_ column: String, _ row: Int = 0) -> Value? {
        guard let index = schema.index(of: column), row < batch.count else { return nil }
        switch batch[index, row] {
        case .null: return .null
        case .text(let text): return .text(batch.string(.text(text)) ?? "")
        case .integer(let number): return .integer(number)
        case .real(let number): return .real(number)
        case .boolean(let flag): return .boolean(flag)
        case .timestamp(let moment): return .timestamp(Timestamp(microseconds: moment).description)
        case .date(let day): return .date(CalendarDay(daysSince1970: Int(day)).description)
        }
    }

    /// The values of a column.
    func column(_ name: String) -> [Value] { (0..<batch.count).compactMap { self[name, $0] } }

    func type(_ column: String) -> ValueType? { schema.index(of: column).map { schema.fields[$0].type } }

    /// Each refused value: serial number, column and reason.
    var refused: [[String]] { rejects.map { [$0.serialNumber ?? "", $0.column, $0.reason.rawValue, $0.value] } }

    /// The rows after a transform, written as in a pipeline file.
    func applying(_ yaml: String, startedAt: String = "2026-01-15T00:00:00Z") throws -> Table {
        let context = moment(startedAt) ?? Timestamp(seconds: 0)
        var bound = try bind(yaml, to: schema, startedAt: context)
        var result = self
        result.schema = bound.output
        try bound.apply(&result.batch, findings: &result.findings)
        while let waiting = try bound.next() { result.batch = waiting }
        return result
    }
}

struct NoTransform: Error {}

/// A transform as a pipeline file would ask for it: `name`, or `name: body`.
func bind(_ yaml: String, to schema: Schema, startedAt: Timestamp = Timestamp(seconds: 0)) throws -> any BoundTransform
{
    let node = try ConfigNode.parse(yaml, file: "test.yaml", environment: .only([:]))
    let key: ConfigNode
    var body: ConfigNode?
    if case .map(let pairs) = node.content, let pair = pairs.first {
        (key, body) = pair
    } else {
        key = node
    }
    let name = try String(from: key)
    guard let spec = Transforms.all.first(where: { $0.name == name }) else { throw NoTransform() }
    let context = BindContext(moment: startedAt, location: key.location)
    return try spec.build(key: key, body: body).bind(to: schema, context: context)
}
