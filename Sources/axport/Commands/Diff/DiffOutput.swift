import Compare
import Load
import Records

/// Differences as people and programs read them.
enum DiffOutput {
    /// - Parameter columns: the most characters of a line.
    static func table(_ found: [FoundDifferences], _ columns: Int) -> String {
        let isSeveral = found.count > 1
        let first = isSeveral ? ["source"] : []
        var table = TextTable(
            first + ["", "serial number", "model", "family", "difference"],
            shortening: ["source", "model", "difference"],
            leavingOut: ["family"],
            narrowest: 10
        )
        for difference in found.flatMap(\.differences) {
            table.add(
                (isSeveral ? [difference.source] : []) + [
                    difference.kind.words, difference.serialNumber, difference.model ?? "", difference.family ?? "",
                    words(for: difference),
                ]
            )
        }
        let summaries = found.map { (isSeveral ? "\($0.source.onOneLine): " : "") + $0.summary }
        return (summaries + (table.rows.isEmpty ? [] : ["", table.text(columns)])).joined(separator: "\n")
    }

    /// `coverage_plan Limited Warranty → AppleCare+`; of a device that moved or came, the services only.
    private static func words(for difference: Difference) -> String {
        guard let column = difference.column else { return "" }
        switch difference.kind {
        case .came, .went: return difference.after ?? ""
        case .returned: return difference.before ?? ""
        case .moved: return "\(difference.before ?? "no service") → \(difference.after ?? "no service")"
        default: return "\(column) \(difference.before ?? "–") → \(difference.after ?? "–")"
        }
    }

    static func csv(_ found: [FoundDifferences]) -> String {
        CSVText.written(
            [
                "source", "kind", "serial_number", "device_model", "product_family", "column", "before", "after",
                "seen_at",
            ],
            found.flatMap(\.differences).map { difference in
                [
                    difference.source, difference.kind.rawValue, difference.serialNumber, difference.model,
                    difference.family, difference.column, difference.before, difference.after,
                    difference.seenAt.description,
                ]
            }
        )
    }
}
