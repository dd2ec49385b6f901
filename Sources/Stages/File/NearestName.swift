/// "did you mean": the known name with the fewest edits, if it is close enough to be a typo.
package func nearestName(to name: String, in known: [String]) -> String? {
    let wanted = Array(name.lowercased())
    let ranked = known.map { (name: $0, distance: editDistance(wanted, Array($0.lowercased()))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, wanted.count / 3) ? best.name : nil
}

/// `no column 'serial'; did you mean 'serial_number'?`, or the known names if none is close.
package func unknownName(_ what: String, _ name: String, known: [String]) -> String {
    if let near = nearestName(to: name, in: known) { return "no \(what) '\(name)'; did you mean '\(near)'?" }
    if let near = known.first(where: { $0.hasPrefix(name + "_") }) {
        return "no \(what) '\(name)'; did you mean '\(near)'?"
    }
    return "no \(what) '\(name)'; there \(known.isEmpty ? "is none" : "are \(known.joined(separator: ", "))")"
}

/// Damerau-Levenshtein distance without repeated transpositions.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, character) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var distance = min(last[column + 1] + 1, current[column] + 1, last[column] + (character == other ? 0 : 1))
            if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
