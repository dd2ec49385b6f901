import Records

/// Temporary files of a longer list whose load was killed between its renames: parts that no later load replaces.
enum Leftovers {
    static func remove(of path: PartNames, beyond count: Int) {
        guard let whole = try? FilePlace(path.whole, followsLast: false) else { return }
        for target in Set(whole.folder.names.compactMap(TemporaryFile.target)) {
            guard let number = number(in: target), number > count, FilePart.name(path.part(number)) == target else {
                continue
            }
            // A file that another load has locked stays.
            TemporaryFile.sweep(whole.sibling(target))
        }
    }

    /// `ids-012.csv` is the twelfth part.
    static func number(in name: String) -> Int? {
        name.prefix { $0 != "." }.split(separator: "-").last.flatMap { Int($0) }
    }
}
