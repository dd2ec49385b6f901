import Records
import Stages

struct AppleCare: Transformer {
    let asOf: Moment?

    static let spec = StageSpec<any Transformer>(
        "applecare",
        """
        Summarizes a device's AppleCare records: whether it is covered, until when, and by which plan. If coverage is \
        unknown, these columns stay empty. Two more columns exist only where a file names them, in an expression or in \
        `columns`. `has_applecare` is true if a plan other than the limited warranty covers the device, and empty if that \
        is unknown, so that `NOT has_applecare` never takes a device whose coverage is unknown. `days_left` is the number of days \
        from `run_date`, or the day of `as_of`, to `coverage_end`; it is negative after that day. It changes every day: \
        in a table, each day rewrites every row with a `coverage_end`.
        """,
        example: "applecare",
        settings: .optional(
            "as_of",
            "Date for which coverage is computed; default: that of `run_time`."
        ),
        build: AppleCare.init
    )

    func bind(to input: Schema, context: BindContext) throws(PlanError) -> any BoundTransform {
        let columns = try input.require(
            ["coverage_records": .json, "coverage_state": .text, "ordered_at": .timestamp],
            for: "applecare",
            at: context.location
        )
        var output = input
        let added = Added(changing: asOf == nil ? .daily : .never) { output.place($0) }
        return Bound(
            output: output,
            moment: asOf?.timestamp ?? context.moment,
            records: columns[0],
            state: columns[1],
            orderedAt: columns[2],
            added: added,
            quarantine: Quarantine(stage: "applecare", input: input)
        )
    }

    /// Positions of the columns that the stage adds.
    private struct Added {
        let isActive, isOpenEnded, end, plan, planClass, agreement, payment, warrantyEnd, count, months: Int
        let hasAppleCare, daysLeft: Int

        init(changing pace: Field.Pace, place: (Field) -> Int) {
            isActive = place(Field("coverage_active", .boolean, "Whether the device is covered."))
            isOpenEnded = place(Field("coverage_open_ended", .boolean, "Whether the current coverage has no end date."))
            end = place(
                Field(
                    "coverage_end",
                    .date,
                    "Latest end of current or, without any, past coverage. Empty if open-ended."
                )
            )
            plan = place(
                Field("coverage_plan", .text, "Most important plan; AppleCare comes before the limited warranty.")
            )
            planClass = place(Field("coverage_plan_class", .text, "applecare, limited_warranty, or unknown."))
            agreement = place(Field("agreement_number", .text, as: .identifier, "Agreement number of that plan."))
            payment = place(Field("payment_type", .text, "How that plan is paid for."))
            warrantyEnd = place(Field("limited_warranty_end", .date, "End of the limited warranty."))
            count = place(Field("coverage_count", .integer, "Number of coverage records at Apple."))
            months = place(Field("warranty_months", .integer, "Whole months from the order to the end of coverage."))
            hasAppleCare = place(
                Field(
                    "has_applecare",
                    .boolean,
                    as: .hidden,
                    "Whether more than the limited warranty covers the device."
                )
            )
            daysLeft = place(
                Field("days_left", .integer, as: .hidden, changing: pace, "Days from the run to the end of coverage.")
            )
        }

        var all: [Int] {
            [
                isActive, isOpenEnded, end, plan, planClass, agreement, payment, warrantyEnd, count, months,
                hasAppleCare, daysLeft,
            ]
        }
    }

    private struct Bound: BoundTransform {
        let output: Schema
        let moment: Timestamp
        let records: Int
        let state: Int
        let orderedAt: Int
        let added: Added
        let quarantine: Quarantine
        var list = CoverageList()

        mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
            batch.widen(to: output.fields.count)
            for row in 0..<batch.count {
                for column in added.all { batch[column, row] = .null }
                guard isKnown(batch[state, row], in: batch) else { continue }
                try read(batch[records, row], of: batch, row: row)
                for date in list.unreadableDates {
                    let value = "\(date.attribute): \(date.text)"
                    findings.rejects.append(
                        quarantine.reject(value, date.reason, column: "coverage_end", row: row, of: batch)
                    )
                }
                var orderedOn: Timestamp?
                if case .timestamp(let moment) = batch[orderedAt, row] { orderedOn = Timestamp(microseconds: moment) }
                write(list.summary(at: moment, orderedOn: orderedOn), to: &batch, row: row, &findings)
            }
        }

        /// A device whose coverage was not requested, or not answered, is not a device without coverage.
        private func isKnown(_ cell: Cell, in batch: Batch) -> Bool {
            guard case .text(let text) = cell else { return false }
            return batch.withText(text) { !$0.isEmpty && !$0.equalsIgnoringCase("UNKNOWN") }
        }

        private mutating func read(_ cell: Cell, of batch: Batch, row: Int) throws {
            guard case .text(let text) = cell else { return list.readNothing() }
            do {
                try list.read(batch.bytes.span.extracting(text.range))
            } catch {
                let serial = quarantine.serialNumber(of: row, in: batch) ?? "?"
                throw Failure(.badData, "applecare: device \(serial): coverage_records: \(error)")
            }
        }

        private func write(_ summary: CoverageSummary, to batch: inout Batch, row: Int, _ findings: inout Findings) {
            batch[added.isActive, row] = .boolean(summary.isActive)
            batch[added.isOpenEnded, row] = .boolean(summary.isOpenEnded)
            batch[added.count, row] = .integer(Int64(summary.count))
            if let isCovered = summary.hasAppleCare { batch[added.hasAppleCare, row] = .boolean(isCovered) }
            if let end = summary.end {
                batch[added.end, row] = .date(end)
                batch[added.daysLeft, row] = .integer(Int64(end) - Int64(moment.daysSince1970))
            }
            if let end = summary.limitedWarrantyEnd { batch[added.warrantyEnd, row] = .date(end) }
            if let months = summary.warrantyMonths { batch[added.months, row] = .integer(Int64(months)) }
            guard let primary = summary.primary else { return }
            batch[added.planClass, row] = batch.text(primary.planClass.rawValue)
            for (column, text) in [
                (added.plan, primary.description), (added.agreement, primary.agreementNumber),
                (added.payment, primary.paymentType),
            ] {
                let cell = list.copy(text, to: &batch)
                if case .text(let text) = cell, !batch.withText(text, { $0.withUnsafeBufferPointer(\.isWholeText) }) {
                    let value = (batch.string(cell) ?? "").replacing("\0", with: #"\u0000"#)
                    let name = output.fields[column].name
                    findings.rejects.append(
                        quarantine.reject(value, .invalidText, column: name, row: row, of: batch)
                    )
                } else {
                    batch[column, row] = cell
                }
            }
        }
    }
}
