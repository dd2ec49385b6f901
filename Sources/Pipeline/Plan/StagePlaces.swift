import Stages

/// The stages of a pipeline file by name, with their paths from the top of the file, such as `extract.2.coverage`.
struct StagePlaces {
    private(set) var all: [(name: String, path: [String])] = []

    init(in root: ConfigNode) {
        for section in ["extract", "transform", "load"] {
            if let list = root[section] { collect(list, below: [section]) }
        }
    }

    /// The stages of one list, with their paths from it.
    init(of list: ConfigNode) { collect(list, below: []) }

    private mutating func collect(_ list: ConfigNode, below path: [String]) {
        for (index, item) in list.stages.enumerated() {
            guard let stage = try? item.namedBody("stage") else { continue }
            var place = path
            // A single stage need not be in a list.
            if case .list = list.content { place.append("\(index)") }
            place.append(stage.name)
            all.append((stage.name, place))
            if let branch = stage.body?["transform"] { collect(branch, below: place + ["transform"]) }
        }
    }
}
