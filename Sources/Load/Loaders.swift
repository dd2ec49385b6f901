import Stages

/// Every load stage. A new stage needs a line here.
package enum Loaders {
    package static let all: [StageSpec<any Loader>] = [
        CSV.spec,
        NDJSON.spec,
        JSONDocument.spec,
        XLSX.spec,
        SQLite.spec,
        Postgres.spec,
        ReportLoad.spec,
    ]
}
