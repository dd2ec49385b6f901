#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a load of a longer list that was killed between its renames has left: temporary files of parts that no later
/// load uses up.
enum Leftovers {
    static func remove(of path: FilePath, beyond count: Int) {
        let folder = Folders.parent(of: path.whole)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
            guard let number = number(in: name), number > count else { continue }
            let part = path.part(number)
            // One that another load holds stays.
            guard AtomicFile.temporaryName(of: part) == name, var file = try? AtomicFile(part) else { continue }
            file.rollback()
        }
    }

    /// `.ids-012.csv.axport` is the twelfth part's.
    private static func number(in name: String) -> Int? {
        guard name.hasPrefix("."), let end = name.dropFirst().firstIndex(of: ".") else { return nil }
        return name[..<end].split(separator: "-").last.flatMap { Int($0) }
    }
}
