import Records

/// "did you mean": the known name with the fewest edits, if it is close enough to be a typo.
package func nearestName(to name: String, in known: [String]) -> String? {
    let wanted = Array(name.lowercased())
    let ranked = known.map { (name: $0, distance: editDistance(wanted, Array($0.lowercased()))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, wanted.count / 3) ? best.name : nil
}

/// "no column 'serial'" with the hint "did you mean 'serial_number'?", or with the known names if none is close.
package func unknownName(_ what: String, _ name: String, known: [String]) -> Problem {
    let near = nearestName(to: name, in: known) ?? known.first { $0.hasPrefix(name + "_") }
    let hint: String? =
        switch (near, known.count) {
        case (let near?, _): didYouMean(near)
        case (nil, 0): nil
        case (nil, 1): "the only \(what) is \(known[0])"
        case (nil, _): "choose one of \(known.joined(separator: ", "))"
        }
    return Problem("no \(what) '\(name)'", hint: hint)
}

package func didYouMean(_ name: String) -> String { "did you mean '\(name)'?" }

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
