import Records

/// What a load of a longer list that was killed between its renames has left: temporary files of parts that no later
/// load uses up.
enum Leftovers {
    static func remove(of path: PartNames, beyond count: Int) {
        guard let whole = try? FilePlace(path.whole, followsLast: false) else { return }
        for target in Set(whole.folder.names.compactMap(TemporaryFile.target)) {
            guard let number = number(in: target), number > count, FilePart.name(path.part(number)) == target else {
                continue
            }
            // One that another load holds stays.
            TemporaryFile.sweep(whole.sibling(target))
        }
    }

    /// `ids-012.csv` is the twelfth part.
    static func number(in name: String) -> Int? {
        name.prefix { $0 != "." }.split(separator: "-").last.flatMap { Int($0) }
    }
}
