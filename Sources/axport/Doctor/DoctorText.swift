import Records

/// The findings about one file, for people.
struct DoctorText {
    let file: DoctorReport.File

    var text: String { ([heading] + (file.sources.count > 1 ? several : single)).joined(separator: "\n") }

    private var heading: String { file.name.map(\.onOneLine) ?? "the account in the environment" }

    /// In the order of a run: the file, the account, the inventory, the destinations.
    private var single: [String] {
        let aboutFile = file.findings.filter { $0.subject == "file" }
        let rest = file.findings.filter { $0.subject != "file" }
        return (aboutFile + file.sources.flatMap(\.findings) + rest).map(\.text)
    }

    /// What works is a line for each source. Each cause of trouble is named once, with all its sources.
    private var several: [String] {
        let calm = file.findings.filter { !Self.isTrouble($0) }.map(\.text)
        return calm + file.sources.flatMap(Self.summary) + troubles
    }

    private static func isTrouble(_ finding: Finding) -> Bool { [finding].hasTrouble }

    private static func summary(_ source: DoctorReport.Source) -> [String] {
        let working = source.findings.filter { $0.state == .works }.map(\.subject)
        let left = source.findings.filter { $0.state == .notAsked || ["tonight", "lock"].contains($0.subject) }
            .filter { !isTrouble($0) }
        let name = source.name.onOneLine
        return (working.isEmpty ? [] : ["✓ \(name): \(working.joined(separator: ", "))"])
            + left.map { "· \(name): \($0.subject): \($0.message)" }
    }

    private var troubles: [String] {
        var order: [Finding] = []
        var sources: [Finding: [String]] = [:]
        for source in file.sources {
            for finding in source.findings where Self.isTrouble(finding) {
                if sources[finding] == nil { order.append(finding) }
                sources[finding, default: []].append(source.name.onOneLine)
            }
        }
        let lines = order.map { finding in
            (
                finding,
                "\(finding.mark) \((sources[finding] ?? []).joined(separator: ", ")): \(finding.text.dropFirst(2))"
            )
        }
        let all = file.findings.filter(Self.isTrouble).map { ($0, $0.text) } + lines
        return (all.filter { $0.0.code == nil } + all.filter { $0.0.code != nil }).map(\.1)
    }
}
