import Compare
import Inventory
import Pipeline
import Records

/// Differences as one line of JSON. What is not known, or does not apply, is absent.
struct DiffJSON: Encodable {
    private struct Source: Encodable {
        let source, since: String
        let run, knownSince: String?
        /// Whether every change since then is known.
        let isWhole: Bool
        /// Devices of each kind.
        let counts: [String: Int]
    }

    private struct Row: Encodable {
        let source, kind, serialNumber: String
        let deviceModel, productFamily, column, before, after: String?
        let seenAt: String
    }

    private let sources: [Source]
    private let differences: [Row]

    init(_ found: [FoundDifferences]) {
        sources = found.map { found in
            Source(
                source: found.source,
                since: found.since.description,
                run: found.run?.id,
                knownSince: found.knownSince?.description,
                isWhole: !found.isShort,
                counts: Dictionary(
                    uniqueKeysWithValues: found.differences.deviceCounts.map { ($0.kind.rawValue, $0.devices) }
                )
            )
        }
        differences = found.flatMap(\.differences).map { difference in
            Row(
                source: difference.source,
                kind: difference.kind.rawValue,
                serialNumber: difference.serialNumber,
                deviceModel: difference.model,
                productFamily: difference.family,
                column: difference.column,
                before: difference.before,
                after: difference.after,
                seenAt: difference.seenAt.description
            )
        }
    }
}
