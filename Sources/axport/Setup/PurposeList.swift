/// The purposes with a sentence each, for people and for searches.
struct PurposeList {
    var text: String {
        let width = (Purpose.all.map(\.name.count).max() ?? 0) + 2
        return Purpose.all.map { purpose in
            purpose.name + String(repeating: " ", count: width - purpose.name.count) + purpose.summary
        }.joined(separator: "\n")
    }
}
