/// The purposes with a sentence each.
struct PurposeList {
    func text(columns: Int?) -> String {
        TermList(terms: Purpose.all.map { ($0.name, $0.summary) }).text(columns: columns)
    }
}
