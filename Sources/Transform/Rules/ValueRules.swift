import Records

/// The normalizing rules for scripts (`axport normalize`).
package enum ValueRules {
    package static let all: [ValueRule] = [
        ValueRule("imei") { value, _ in Judgment(IMEI.parse(value)) { $0.json(()) } },
        ValueRule("imei_list") { value, _ in
            var list = CanonicalList<IMEI>()
            var json: [UInt8] = []
            JSONText.append(value, to: &json)
            list.read(json.span)
            return Judgment(list.verdict) { _ in
                var text: [UInt8] = []
                list.append(to: &text, style: ())
                return text
            }
        },
        ValueRule("meid") { value, _ in Judgment(MEID.parse(value)) { $0.json(()) } },
        ValueRule("eid") { value, _ in Judgment(EID.parse(value)) { $0.json(()) } },
        ValueRule("mac", styles: MACStyle.names, refusal: MACStyle.refusal) { value, style in
            let style = try style.map(MACStyle.init(reading:)) ?? .colonLower
            return Judgment(MACAddress.parse(value)) { $0.json(style) }
        },
        ValueRule("mac_format") { value, _ in
            try value.members(["mac", "style"]) { input in
                guard let mac = input["mac"], let style = input["style"].flatMap({ try? MACStyle(reading: $0.string) })
                else { return Judgment(refused: .format) }
                return Judgment(MACAddress.parse(mac)) { $0.json(style) }
            } ?? Judgment(refused: .type)
        },
        ValueRule("nac_allowlist", styles: MACStyle.names, refusal: MACStyle.refusal) { value, style in
            let style = try style.map(MACStyle.init(reading:)) ?? .colonLower
            return try Allowlist.read(value).map { list in
                Judgment(.canonical(list.addresses)) { addresses in
                    Array("[".utf8) + addresses.map { $0.json(style) }.joined(separator: Array(",".utf8))
                        + Array("]".utf8)
                }
            } ?? Judgment(refused: .type)
        },
        ValueRule("storage_bytes") { value, _ in Judgment(StorageBytes.parse(value)) { Array("\($0.count)".utf8) } },
        ValueRule("datetime", styles: DateStyle.allCases.map(\.rawValue)) { value, style in
            Judgment(Timestamp.parse(value)) { $0.json(style.flatMap(DateStyle.init)) }
        },
        ValueRule("date", styles: DateStyle.allCases.map(\.rawValue)) { value, style in
            Judgment(Timestamp.parse(value)) { moment in
                var text: [UInt8] = []
                (style.flatMap(DateStyle.init) ?? .snipeit).append(day: Int(moment.daysSince1970), to: &text)
                return JSONText.string(text)
            }
        },
        ValueRule("date_format") { value, _ in
            try value.members(["value", "style"]) { input in
                guard let date = input["value"], let style = input["style"].flatMap({ DateStyle(rawValue: $0.string) })
                else { return Judgment(refused: .format) }
                return Judgment(Timestamp.parse(date)) { $0.json(style) }
            } ?? Judgment(refused: .type)
        },
        ValueRule("applecare_flatten") { value, _ in
            try value.members(["as_of", "order_date", "records"], FlatCoverage.judge) ?? Judgment(refused: .type)
        },
        ValueRule("part_number") { value, _ in Judgment(PartNumber.parse(value)) { $0.json } },
    ]
}

extension MACStyle {
    /// Why a style is invalid; nil if it is valid.
    fileprivate static func refusal(of text: String) -> Problem? {
        do throws(Problem) {
            _ = try MACStyle(reading: text)
            return nil
        } catch {
            return error
        }
    }
}

extension CanonicalValue {
    fileprivate func json(_ style: Style) -> [UInt8] {
        var text: [UInt8] = []
        append(to: &text, style: style)
        return JSONText.string(text)
    }
}

extension Timestamp {
    fileprivate func json(_ style: DateStyle?) -> [UInt8] {
        guard let style else { return json(()) }
        var text: [UInt8] = []
        style.append(self, to: &text)
        return JSONText.string(text)
    }
}
