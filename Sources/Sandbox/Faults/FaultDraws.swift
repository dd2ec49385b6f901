/// Draws the faults of each request, in the order of arrival.
struct FaultDraws {
    let seed: UInt64
    var faults: [Fault]
    private var number = 0

    init(seed: UInt64, faults: [Fault]) {
        self.seed = seed
        self.faults = faults
    }

    mutating func next() -> Set<FaultKind> {
        number += 1
        var kinds: Set<FaultKind> = []
        for (place, fault) in faults.enumerated() {
            var draw = Draw(seed, .fault, number, place)
            if draw.chance(fault.probability) {
                kinds.insert(fault.kind)
            }
        }
        return kinds
    }
}
