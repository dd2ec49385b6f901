/// IMEI, MEID and EID of a cellular device: most are correct, a few are wrong on purpose.
struct RadioIdentifiers {
    private(set) var imeis: [String] = []
    private(set) var meids: [String] = []
    private(set) var eid: String?

    init(_ model: Model, draw: inout Draw) {
        guard model.radio != .none else { return }
        let office = draw.pick(Self.offices) + draw.digits(2)
        let first = Self.imei(office + draw.digits(6))
        imeis = [first]
        if model.radio == .dual {
            imeis.append(Self.imei(office + draw.digits(6)))
        }
        if model.family == "iPhone", draw.chance(0.3) {
            meids = [String(first.prefix(14))]
        } else if draw.chance(0.03) {
            meids = ["A0000" + draw.characters(9, of: Draw.hexadecimal)]
        }
        if model.radio == .dual || draw.chance(0.8) {
            eid = Self.eid("89049032" + draw.digits(22))
        }
        if draw.chance(0.04) {
            spoilIMEI(draw: &draw)
        }
        if draw.chance(0.02) {
            meids = [draw.pick(["99000E12345678", "270113180001006690", "80A1B2C3", "00000000000000", first])]
        }
        if draw.chance(0.03), let whole = eid {
            eid = Self.spoiled(eid: whole, draw: &draw)
        }
    }

    /// Type allocation codes without their last two digits.
    private static let offices = ["352099", "353012", "356789", "359405", "990013", "010928", "862034"]

    static func imei(_ body: String) -> String {
        "\(body)\(checkDigit(body))"
    }

    /// The Luhn digit of decimal digits.
    private static func checkDigit(_ body: String) -> Int {
        var sum = 0
        var doubled = true
        for byte in body.utf8.reversed() {
            let digit = Int(byte) - 48
            let value = doubled ? digit * 2 : digit
            sum += value / 10 + value % 10
            doubled.toggle()
        }
        return (10 - sum % 10) % 10
    }

    /// 30 digits, and two more that make the number 1 modulo 97.
    private static func eid(_ body: String) -> String {
        let rest = (body + "00").utf8.reduce(0) { ($0 * 10 + Int($1) - 48) % 97 }
        let check = 98 - rest
        return body + (check < 10 ? "0\(check)" : "\(check)")
    }

    private mutating func spoilIMEI(draw: inout Draw) {
        let whole = imeis[0]
        let body = whole.prefix(14)
        let last = whole.utf8.last.map { Int($0) - 48 } ?? 0
        switch draw.below(12) {
        case 0: imeis[0] = "\(body)\((last + 1) % 10)"
        case 1: imeis[0] = "000000000000000"
        case 2: imeis[0] = "123456789012345"
        case 3: imeis[0] = "\(body)"
        case 4: imeis[0] = "\(body)78"
        case 5: imeis[0] = "\(body.prefix(2))-\(body.dropFirst(2).prefix(6))-\(body.suffix(6))-\(last)"
        case 6: imeis[0] = "\(body.prefix(1)).\(body.dropFirst().prefix(5))E+14"
        case 7: imeis.append(whole)
        case 8: imeis[0] = "N/A"
        case 9: imeis.insert("", at: 0)
        case 10: imeis[0] = "IMEI: \(whole)"
        default: imeis[0] = "٣٥٢٠٩٩٠٠١٧٦١٤٨٢"
        }
    }

    private static func spoiled(eid: String, draw: inout Draw) -> String {
        switch draw.below(6) {
        case 0: eid.prefix(15) + String(repeating: "0", count: 17)
        case 1: eid.prefix(31) + "\((Int(eid.suffix(1)) ?? 0) == 9 ? 0 : (Int(eid.suffix(1)) ?? 0) + 1)"
        case 2: "8.9049032E+31"
        case 3: String(eid.dropLast())
        case 4: "\(eid.prefix(8)) \(eid.dropFirst(8).prefix(8)) \(eid.dropFirst(16))"
        default: String(repeating: "0", count: 32)
        }
    }
}
