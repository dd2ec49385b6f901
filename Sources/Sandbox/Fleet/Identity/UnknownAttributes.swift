/// Undocumented attributes, of every JSON type.
enum UnknownAttributes {
    static func some(draw: inout Draw) -> [SandboxAttribute] {
        switch draw.below(6) {
        case 0: [SandboxAttribute("assetTag", .text("A-\(draw.digits(5))"))]
        case 1: [SandboxAttribute("batteryCycleCount", .number("\(draw.below(1200))"))]
        case 2: [SandboxAttribute("labels", .texts(["loaner", "größe \"L\"", ""]))]
        case 3:
            [
                SandboxAttribute(
                    "location",
                    .object([
                        SandboxAttribute("site", .text("Kiosk, 2nd floor")),
                        SandboxAttribute("geo", .array([.number("52.52"), .number("1.34e1"), .null])),
                    ])
                )
            ]
        case 4: [SandboxAttribute("reservedForFutureUse", .null)]
        default:
            [
                SandboxAttribute("isShared", .boolean(draw.chance(0.5))),
                SandboxAttribute("fleetNumber", .number("12345678901234567890")),
            ]
        }
    }
}
