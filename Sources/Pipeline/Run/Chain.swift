import Inventory
import Records
import Stages

/// Transforms in order, each with its own counts.
struct Chain {
    private struct Link {
        let entry: StageEntry
        var transform: any BoundTransform
        let watch: Watch?
    }
    private var links: [Link] = []
    /// The first transform that may still hold rows after all were read.
    private var waiting = 0
    private(set) var output: Schema

    /// - Parameters:
    ///   - destination: the destination of the load, if only one load has these transforms.
    ///   - known: rejects of earlier runs; a run remembers which of their rows are judged again.
    ///   - progress: where the transforms are reported; nil if an earlier pass reported them.
    init(
        _ steps: [Step<any Transformer>],
        from input: Schema,
        to destination: String = "",
        known: KnownRejects = .none,
        context: LoadContext,
        progress: RunProgress?
    ) throws {
        output = input
        for step in steps {
            let transform = try step.bind(to: output, at: context.moment)
            let name = step.origin.stage
            let watch = Watch(name, over: output, known, context)
            output = transform.output
            let entry = progress?.begin(.transform, name, destination: destination) ?? StageEntry(.transform, name)
            links.append(Link(entry: entry, transform: transform, watch: watch))
        }
    }

    mutating func apply(_ batch: inout Batch, findings: inout Findings) throws {
        do { try apply(&batch, from: 0, &findings) } catch let failure as Failure { throw failure.ofTransform }
    }

    /// The next rows that a transform held until it had seen all, after the following transforms; nil if there are no
    /// more.
    mutating func next(_ findings: inout Findings) throws -> Batch? {
        do { return try nextWaiting(&findings) } catch let failure as Failure { throw failure.ofTransform }
    }

    private mutating func nextWaiting(_ findings: inout Findings) throws -> Batch? {
        while waiting < links.count {
            if var batch = try links[waiting].transform.next() {
                let count = batch.count
                links[waiting].entry.meter.update { $0.filtered -= count }
                try apply(&batch, from: waiting + 1, &findings)
                return batch
            }
            waiting += 1
        }
        findings.judgedRows += links.flatMap { $0.watch?.judgedAtTheEnd ?? [] }
        return nil
    }

    private mutating func apply(_ batch: inout Batch, from first: Int, _ findings: inout Findings) throws {
        for index in links.indices[first...] {
            let began = ContinuousClock.now
            let (rows, rejected) = (batch.count, findings.rejects.count)
            let judgedRows = links[index].watch?.judgedRows(in: batch) ?? []
            try links[index].transform.apply(&batch, findings: &findings)
            findings.judgedRows += judgedRows
            let (left, newlyRejected) = (batch.count, findings.rejects.count - rejected)
            let seconds = (ContinuousClock.now - began).inSeconds
            links[index].entry.meter.update { counts in
                counts.received += rows
                counts.filtered += max(0, rows - left)
                counts.added += max(0, left - rows)
                counts.rejected += newlyRejected
                counts.seconds += seconds
            }
        }
    }

    /// The numbers of rows that the transforms have added and filtered.
    var balance: (added: Int, filteredBefore: Int) {
        links.map(\.entry.meter.current).reduce((0, 0)) { ($0.added + $1.added, $0.filteredBefore + $1.filtered) }
    }

    func end() { for link in links { link.entry.end(.done) } }
}

extension Failure {
    fileprivate var ofTransform: Failure {
        var failure = self
        failure.isOfTransform = true
        return failure
    }
}
