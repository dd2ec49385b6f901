import Load
import Records
import Transform

/// What must hold of a rule whatever it is given: it does not crash, and what it gives goes through it unchanged.
enum FuzzTarget {
    typealias Target = @Sendable (UnsafeBufferPointer<UInt8>) -> Void

    static let all: KeyValuePairs<String, Target> = [
        "imei": { fixedPoint(IMEI.self, $0, ()) },
        "meid": { fixedPoint(MEID.self, $0, ()) },
        "eid": { fixedPoint(EID.self, $0, ()) },
        "mac": { input in for style in MACStyle.named.map(\.value) { fixedPoint(MACAddress.self, input, style) } },
        "storage_bytes": { _ = StorageBytes.parse($0.span) },
        "datetime": { fixedPoint(Timestamp.self, $0, ()) },
        "part_number": { input in
            guard let text = PartNumber.parse(input.span).value?.text else { return }
            check(PartNumber.parse(Array(text.utf8).span).value?.text == text, "part_number")
        },
        "imei_list": { input in
            var list = CanonicalList<IMEI>()
            list.read(input.span)
            var text: [UInt8] = []
            list.append(to: &text, style: ())
            let values = list.values
            list.read(text.span)
            check(list.values == values && list.refused.isEmpty, "imei_list")
        },
        "applecare_flatten": { input in
            var list = CoverageList()
            guard (try? list.read(input.span)) != nil else { return }
            let moment = Timestamp(seconds: 1_768_435_200)
            let summary = list.summary(at: moment, orderedOn: Timestamp(seconds: 1_700_000_000))
            check(summary.count <= list.records.count, "applecare_flatten")
            check(!summary.isOpenEnded || summary.end == nil, "applecare_flatten")
        },
        "json": { input in
            let reader = JSONReader()
            for rule in ValueRules.all + WriterRules.all {
                guard (try? reader.validate(input)) != nil else { return }
                _ = try? JSONReader().members(Array("[".utf8) + Array(input) + Array("]".utf8)) {
                    _ = try rule.judge($0, nil)
                }
            }
        },
    ]

    static func named(_ name: String) -> Target {
        guard let found = all.first(where: { $0.key == name }) else {
            fatalError("AXPORT_FUZZ is one of \(all.map(\.key).joined(separator: ", "))")
        }
        return found.value
    }

    private static func fixedPoint<Value: CanonicalValue>(
        _ type: Value.Type,
        _ input: UnsafeBufferPointer<UInt8>,
        _ style: Value.Style
    ) {
        _ = Value.parse(number: input.span)
        guard let value = Value.parse(input.span).value else { return }
        var text: [UInt8] = []
        value.append(to: &text, style: style)
        check(Value.parse(text.span).value == value, "\(Value.self)")
    }

    private static func check(_ holds: Bool, _ rule: String) {
        if !holds { fatalError("\(rule): what comes out does not go in again") }
    }
}
