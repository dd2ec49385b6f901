/// How the organization got a device.
struct Purchase {
    let orderNumber: String?
    let orderDate: String?
    /// The order date for the warranty, whatever `orderDate` says.
    let ordered: Moment
    let partNumber: String
    let sourceID: String?
    let sourceType: String

    init(at index: Int, standing: Standing, seed: UInt64) {
        var draw = Draw(seed, .purchase, index)
        let kind = draw.below(20)
        sourceType = kind < 11 ? "APPLE" : kind < 18 ? "RESELLER" : "MANUALLY_ADDED"
        partNumber =
            "\(draw.pick(["M", "M", "M", "F", "N"]))"
            + draw.characters(4, of: Self.partLetters) + draw.pick(["LL", "ZD", "B", "D", "FN", "J"]) + "/A"

        let isOddSource = draw.chance(0.02)
        let oddSource = draw.pick(AwkwardText.sources)
        let usualSource: String? =
            switch sourceType {
            case _ where isOddSource: oddSource
            case "APPLE": draw.chance(0.2) ? "-\(1 + draw.below(1 << 52))" : draw.digits(7)
            case "RESELLER": draw.characters(7, of: Draw.hexadecimal)
            default: nil
            }
        if standing.sourceEdits > 0 {
            // From a separate stream: a corrected source does not change the order date.
            var edit = Draw(seed, .edit, index, standing.sourceEdits)
            sourceID = edit.digits(9)
        } else {
            sourceID = usualSource
        }

        let plain = sourceType == "RESELLER" ? "PO-\(draw.digits(6))" : draw.digits(10)
        let isAwkward = draw.chance(0.08)
        let awkward = draw.pick(AwkwardText.orderNumbers)
        let isMissing = draw.chance(sourceType == "MANUALLY_ADDED" ? 0.8 : 0.01)
        if standing.orderEdits > 0 {
            var edit = Draw(seed, .edit, index, -standing.orderEdits)
            orderNumber = edit.digits(10)
        } else if isAwkward {
            orderNumber = awkward
        } else {
            orderNumber = isMissing ? nil : plain
        }

        let days = 1 + draw.below(40)
        ordered = standing.joined.adding(days: -days)
        var dates = Draw(seed, .date, index)
        if dates.chance(0.02) {
            orderDate = dates.pick(AwkwardText.orderDates)
        } else if dates.chance(0.03) {
            orderDate = nil
        } else {
            orderDate = dates.chance(0.1) ? ordered.text : ordered.midnight.textWithoutFraction
        }
    }

    private static let partLetters = Array("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ".utf8)
}
