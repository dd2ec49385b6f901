extension Schema {
    package static let changes = Schema(
        .changes,
        "What changed between runs, oldest first. `seq` only grows.",
        key: ["seq"],
        [
            Field("seq", .integer, "Number of the change; never reused, even if the inventory is deleted."),
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field("changed_at", .timestamp, "When axport saw the change."),
            Field(
                "kind",
                .text,
                "added, updated, reassigned, released, vanished, or returned; or the stage whose answer changed, such as coverage."
            ),
            Field("column", .text, "Column that changed, if the change is in one column."),
            Field("before", .text, "Value before the change."),
            Field("after", .text, "Value after the change."),
        ]
    )

    package static let rejects = Schema(
        .rejects,
        """
        Values that the pipeline rejects because they cannot be normalized. Their rows are kept without them. A value \
        stays until it changes, its device leaves, or a run judges it otherwise.
        """,
        key: [],
        [
            Field("run_id", .text, "Run that first rejected the value."),
            Field("dataset", .text, "Dataset of the row."),
            Field("serial_number", .text, as: .identifier, "Serial number of the device."),
            Field("column", .text, "Column that was left empty."),
            Field("code", .text, "Code of the reason."),
            Field("value", .text, as: .identifier, "Value as Apple sent it."),
            Field("message", .text, "Reason in words."),
            Field("stage", .text, "Stage that rejected the value."),
        ]
    )

    /// The schema has no column `source`: every dataset gets one if the pipeline has several sources.
    package static let runs = Schema(
        .runs,
        """
        What each run of this source did, oldest first. A run writes its own row just before it ends; the next run \
        completes that row.
        """,
        key: ["run_id"],
        [
            Field("run_id", .text, "ID of the run, as in `axport runs`."),
            Field("pipeline", .text, "Name of the pipeline; `export` for `axport export`."),
            Field("started_at", .timestamp, "When the command began."),
            Field("ended_at", .timestamp, "When the run ended; empty if it is running or did not finish."),
            Field("seconds", .real, "Duration in seconds."),
            Field("exit_code", .integer, "Exit code; empty if the run did not finish."),
            Field(
                "status",
                .text,
                """
                running, done, partial, failed, or interrupted; unfinished if the run did not finish (killed, or \
                power loss).
                """
            ),
            Field("requests", .integer, "Requests sent to Apple."),
            Field("written", .integer, "Rows written by all loads."),
            Field("unchanged", .integer, "Rows that were already up to date."),
            Field(
                "retired",
                .integer,
                "Rows marked or deleted because their device left, or dropped from a replaced list."
            ),
            Field("filtered", .integer, "Rows that a load skipped because their device left."),
            Field(
                "quarantined",
                .integer,
                "Values, not rows, that were rejected. Their rows were written without them."
            ),
            Field("failure", .text, "First failure."),
            Field("version", .text, "Version of axport."),
            Field(
                "pipeline_hash",
                .text,
                as: .identifier,
                "SHA-256 of the pipeline file on disk, before references such as `${env:…}` are resolved."
            ),
            Field("report", .json, "Whole report, as `axport run --json` prints it."),
        ]
    )
}
