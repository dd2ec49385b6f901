extension Schema {
    package static let changes = Schema(
        .changes,
        "What changed between runs, oldest first; the sequence only ever grows.",
        key: ["seq"],
        [
            Field("seq", .integer, "Number of the change; not reused when the inventory is deleted."),
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field("changed_at", .timestamp, "When axport saw it."),
            Field(
                "kind",
                .text,
                "added, updated, reassigned, released, vanished or returned; or the stage whose answer changed, such as coverage."
            ),
            Field("column", .text, "The column that changed, where it is one."),
            Field("before", .text, "Its value before."),
            Field("after", .text, "Its value after."),
        ]
    )

    package static let rejects = Schema(
        .rejects,
        "Values of the latest run that could not be made canonical; their rows were kept without them.",
        key: [],
        [
            Field("run_id", .text, "The run that refused it."),
            Field("dataset", .text, "Where the row belongs."),
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field("column", .text, "The column that was left empty."),
            Field("code", .text, "Reason code."),
            Field("value", .text, as: .identifier, "The value as it came."),
            Field("message", .text, "The reason in words."),
            Field("stage", .text, "The stage that refused it."),
        ]
    )

    /// Has no column `source`: where a pipeline has several, every dataset gets it.
    package static let runs = Schema(
        .runs,
        """
        What each run of this source did, oldest first. The latest row is written by its run just before the end; the \
        next run completes it.
        """,
        key: ["run_id"],
        [
            Field("run_id", .text, "The run, as in `axport runs`."),
            Field("pipeline", .text, "Name of the pipeline; `export` for `axport export`."),
            Field("started_at", .timestamp, "When the command began."),
            Field("ended_at", .timestamp, "When the run ended; empty while it is not known to have ended."),
            Field("seconds", .real, "How long it took."),
            Field("exit_code", .integer, "What it came to; empty where it never ended."),
            Field(
                "status",
                .text,
                """
                done, partial, failed or interrupted; unfinished where it began and never ended (killed, power cut); \
                running.
                """
            ),
            Field("requests", .integer, "Requests to Apple."),
            Field("written", .integer, "Rows written, over all loads."),
            Field("unchanged", .integer, "Rows that were there already."),
            Field(
                "retired",
                .integer,
                "Rows marked or deleted because their device left, or that a replaced list lost."
            ),
            Field("filtered", .integer, "Rows of devices that left which a load does not want."),
            Field(
                "quarantined",
                .integer,
                "Values, not rows, that were refused; their rows were written without them."
            ),
            Field("failure", .text, "What went wrong first."),
            Field("version", .text, "Version of axport."),
            Field(
                "pipeline_hash",
                .text,
                as: .identifier,
                "SHA-256 of the pipeline file as it is on disk, before references such as `${env:…}` are filled in."
            ),
            Field("report", .json, "The whole report, stage by stage, as `axport run --json` prints it."),
        ]
    )
}
