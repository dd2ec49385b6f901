/// Which changes each resource shows when it lags by a number of reads.
struct ListReads {
    /// A resource, by its path and filter.
    private struct Resource {
        /// For each of the last reads, how many epochs there were.
        var epochs: [Int] = []
        var shown = 0
    }

    private var resources: [String: Resource] = [:]
    /// Epochs that everything shows.
    var floor = 0

    /// How many of the epochs a read shows. The pages of a list show the same.
    mutating func shown(_ name: String, isFirstPage: Bool, lag: Int, epochs: Int) -> Int {
        var resource = resources[name] ?? Resource()
        if isFirstPage {
            resource.shown = resource.epochs.count >= lag ? resource.epochs.first ?? epochs : 0
            resource.epochs.append(epochs)
            resource.epochs.removeFirst(max(0, resource.epochs.count - lag))
            resources[name] = resource
        }
        return max(floor, resource.shown)
    }
}
