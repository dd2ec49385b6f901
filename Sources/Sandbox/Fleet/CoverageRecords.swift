extension Fleet {
    /// The coverage of a device: up to three records. A device that is not listed has none.
    package func coverage(of index: Int) -> [SandboxCoverage] {
        guard let standing = standing(at: index, night: night), standing.isListed else { return [] }
        let serial = serial(at: index)
        let now = beginning(ofNight: night)
        let ordered = Purchase(at: index, standing: standing, seed: seed).ordered.midnight
        var draw = Draw(seed, .coverage, index)
        let kind = draw.below(100)
        let hasPlan = kind >= 50 || standing.coverageEdits > 0
        var records: [SandboxCoverage] = []
        if kind >= 8 {
            let warranty = Contract(
                description: "Limited Warranty",
                payment: "NONE",
                start: ordered,
                end: ordered.adding(years: 1)
            )
            records.append(warranty.coverage(id: serial, asOf: now))
        }
        if hasPlan {
            let plan = plan(at: index, ordered: ordered, standing: standing)
            records.append(plan.coverage(id: plan.agreement ?? "plan-\(serial)", asOf: now))
        }
        if kind >= 85 {
            let subscription = Contract(
                description: draw.pick(["AppleCare+ for Business", "AppleCare+ for Business Essentials"]),
                payment: "ABE_SUBSCRIPTION",
                start: ordered.adding(days: 10 + draw.below(60)),
                isRenewable: true,
                isCanceled: draw.chance(0.1)
            )
            records.append(subscription.coverage(id: "abe-\(serial)", asOf: now))
        }
        return records
    }

    private static let plans = [
        "AppleCare+", "AppleCare+", "AppleCare Protection Plan", "AppleCare for Enterprise", "AppleCare",
    ]

    /// The agreement after the warranty. Each change of coverage creates a new agreement; every second one is canceled.
    private func plan(at index: Int, ordered: Moment, standing: Standing) -> Contract {
        let edits = standing.coverageEdits
        var draw = Draw(seed, .coverage, index, 1 + edits)
        let isSubscription = draw.chance(0.4)
        let start = edits > 0 ? standing.coverageEdited.midnight : ordered.adding(days: draw.below(60))
        var plan = Contract(
            description: draw.pick(Self.plans),
            payment: isSubscription ? "SUBSCRIPTION" : "PAID_UP_FRONT",
            agreement: draw.digits(10 + draw.below(4)),
            start: start,
            end: isSubscription ? currentTerm(from: start) : start.adding(years: 2 + draw.below(2)),
            isRenewable: isSubscription
        )
        if edits > 0 ? edits % 2 == 0 : draw.chance(0.08) {
            plan.isCanceled = true
            plan.canceled = draw.chance(0.8) ? plan.start.adding(days: 1 + draw.below(200)) : nil
        } else if isSubscription, draw.chance(0.1) {
            plan.end = nil
        }
        if draw.chance(0.03) {
            plan.agreement = draw.pick(AwkwardText.agreements)
            plan.description = draw.pick(AwkwardText.descriptions)
        }
        if switches.shapes == .mixed, draw.chance(0.02) {
            plan.payment = draw.pick(["PAID", "MONTHLY_INSTALLMENT"])
            plan.status = draw.pick([nil, "EXPIRED", "PENDING"])
        }
        return plan
    }

    /// A renewing agreement shows the end of its current year.
    private func currentTerm(from start: Moment) -> Moment {
        var years = 1
        while start.adding(years: years) <= beginning(ofNight: night) {
            years += 1
        }
        return start.adding(years: years)
    }
}
