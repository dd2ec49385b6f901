import Records
import Stages

/// Where the columns that a report counts are. Those that a pipeline does not read are nil.
struct FleetColumns: Sendable {
    let serial, model, family: Int?
    let status, service: Int?
    let orderedAt, purchaseSource: Int?
    let capacity: Int?
    let coverageState, coverageError, isCovered, isOpenEnded, coverageEnd, plan, planClass: Int?

    init(_ schema: Schema) {
        serial = schema.index(of: "serial_number")
        model = schema.index(of: "device_model")
        family = schema.index(of: "product_family")
        status = schema.index(of: "status")
        service = schema.index(of: "server_name")
        orderedAt = schema.index(of: "ordered_at")
        purchaseSource = schema.index(of: "purchase_source_type")
        capacity = schema.index(of: "device_capacity")
        coverageState = schema.index(of: "coverage_state")
        coverageError = schema.index(of: "coverage_error")
        isCovered = schema.index(of: "coverage_active")
        isOpenEnded = schema.index(of: "coverage_open_ended")
        coverageEnd = schema.index(of: "coverage_end")
        plan = schema.index(of: "coverage_plan")
        planClass = schema.index(of: "coverage_plan_class")
    }

    /// The columns without which nothing can be counted.
    static let needed = ["serial_number", "product_family"]
    /// What the transform `applecare` adds.
    static let ofAppleCare = [
        "coverage_active", "coverage_open_ended", "coverage_end", "coverage_plan", "coverage_plan_class",
    ]

    static func problems(of schema: Schema, at location: SourceLocation) -> [Diagnostic] {
        if let dataset = schema.dataset, !dataset.isMain {
            return [
                Diagnostic(
                    "a report counts devices, not rows of '\(dataset.rawValue)'",
                    hint: "remove `from:`",
                    at: location
                )
            ]
        }
        if schema.isAllowlist {
            return [
                Diagnostic(
                    "a report counts devices, but these rows are a list of addresses",
                    hint: "move `mac_addresses` into the `transform:` of the load that needs it",
                    at: location
                )
            ]
        }
        let missing = needed.filter(schema.lacks)
        if !missing.isEmpty {
            return missing.map {
                Diagnostic(
                    "a report needs the column '\($0)'",
                    hint: "keep it in `columns:`, and leave `select` to the loads that need it",
                    at: location
                )
            }
        }
        guard !schema.lacks("coverage_state"), let missing = ofAppleCare.first(where: schema.lacks) else { return [] }
        return [
            Diagnostic(
                "a report needs the column '\(missing)' to tell when AppleCare ends",
                hint: "add `applecare` to the transforms of the file, or of this load: `transform: [applecare]`",
                at: location
            )
        ]
    }
}

extension Batch {
    /// The text of a cell on one line, not longer than a page can hold; nil if the column or the text is missing.
    func shortText(_ column: Int?, _ row: Int, atMost longest: Int = 60) -> String? {
        guard let column, case .text(let text) = self[column, row], !text.range.isEmpty else { return nil }
        let whole = withText(text) { span in
            span.withUnsafeBufferPointer { String(decoding: $0.prefix(longest * 4 + 1), as: UTF8.self) }
        }
        return whole.shortened(to: longest)
    }

    func equals(_ column: Int?, _ row: Int, _ word: StaticString) -> Bool {
        guard let column, case .text(let text) = self[column, row] else { return false }
        return withText(text) { $0.equalsIgnoringCase(word) }
    }

    func flag(_ column: Int?, _ row: Int) -> Bool? {
        guard let column, case .boolean(let flag) = self[column, row] else { return nil }
        return flag
    }
}

extension String {
    /// On one line, and cut if it is longer.
    func shortened(to longest: Int) -> String {
        let line = onOneLine
        return line.count <= longest ? line : line.prefix(longest - 1) + "…"
    }
}
