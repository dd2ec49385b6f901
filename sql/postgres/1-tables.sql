-- The tables as axport creates them if every stage is in use. Generated; regenerate it with `make docs`.

CREATE SCHEMA IF NOT EXISTS "axport";

CREATE TABLE "axport"."devices" (
    "serial_number" text NOT NULL,
    "added_to_org_at" timestamptz,
    "updated_at" timestamptz,
    "released_from_org_at" timestamptz,
    "ordered_at" timestamptz,
    "device_model" text,
    "product_family" text,
    "product_type" text,
    "device_capacity" text,
    "part_number" text,
    "order_number" text,
    "color" text,
    "status" text,
    "imeis" text[],
    "meids" text[],
    "eid" text,
    "wifi_mac_address" macaddr,
    "bluetooth_mac_address" macaddr,
    "ethernet_mac_addresses" text[],
    "purchase_source_type" text,
    "purchase_source_id" text,
    "is_mdm_migration_capable" boolean,
    "mdm_migration_status" text,
    "mdm_migration_deadline_at" timestamptz,
    "first_seen_at" timestamptz,
    "last_seen_at" timestamptz,
    "removed_at" timestamptz,
    "extra" jsonb,
    "server_id" text,
    "server_name" text,
    "server_type" text,
    "coverage_state" text,
    "coverage_checked_at" timestamptz,
    "coverage_error" text,
    "activation_lock_state" text,
    "activation_lock_type" text,
    "activation_lock_checked_at" timestamptz,
    "imei1" text,
    "imei2" text,
    "capacity_bytes" bigint,
    "coverage_active" boolean,
    "coverage_open_ended" boolean,
    "coverage_end" date,
    "coverage_plan" text,
    "coverage_plan_class" text,
    "agreement_number" text,
    "payment_type" text,
    "limited_warranty_end" date,
    "coverage_count" bigint,
    "warranty_months" bigint,
    "part_number_region" text,
    "sale_type" text,
    PRIMARY KEY ("serial_number")
);
COMMENT ON TABLE "axport"."devices" IS 'One row per device that the organization owns or has owned.';
COMMENT ON COLUMN "axport"."devices"."serial_number" IS 'Serial number.';
COMMENT ON COLUMN "axport"."devices"."added_to_org_at" IS 'When the device joined the organization.';
COMMENT ON COLUMN "axport"."devices"."updated_at" IS 'When Apple last changed the record.';
COMMENT ON COLUMN "axport"."devices"."released_from_org_at" IS 'When the organization released the device. Known only for devices that left the list.';
COMMENT ON COLUMN "axport"."devices"."ordered_at" IS 'When the device was ordered. Unreliable if `purchase_source_type` is MANUALLY_ADDED.';
COMMENT ON COLUMN "axport"."devices"."device_model" IS 'Marketing name.';
COMMENT ON COLUMN "axport"."devices"."product_family" IS 'iPhone, iPad, Mac, AppleTV, Watch, or Vision.';
COMMENT ON COLUMN "axport"."devices"."product_type" IS 'Model identifier, such as `iPhone16,1`.';
COMMENT ON COLUMN "axport"."devices"."device_capacity" IS 'Capacity as Apple prints it, such as `256GB`.';
COMMENT ON COLUMN "axport"."devices"."part_number" IS 'Part number, such as `FD311LL/A`.';
COMMENT ON COLUMN "axport"."devices"."order_number" IS 'Order number; resellers can enter any text.';
COMMENT ON COLUMN "axport"."devices"."color" IS 'Color, in uppercase.';
COMMENT ON COLUMN "axport"."devices"."status" IS 'Whether it is assigned to a device management service: ASSIGNED or UNASSIGNED.';
COMMENT ON COLUMN "axport"."devices"."imeis" IS 'IMEIs, in Apple''s order.';
COMMENT ON COLUMN "axport"."devices"."meids" IS 'MEIDs.';
COMMENT ON COLUMN "axport"."devices"."eid" IS 'eSIM identifier, 32 digits.';
COMMENT ON COLUMN "axport"."devices"."wifi_mac_address" IS 'MAC address of Wi-Fi.';
COMMENT ON COLUMN "axport"."devices"."bluetooth_mac_address" IS 'MAC address of Bluetooth.';
COMMENT ON COLUMN "axport"."devices"."ethernet_mac_addresses" IS 'MAC addresses of built-in Ethernet.';
COMMENT ON COLUMN "axport"."devices"."purchase_source_type" IS 'APPLE, RESELLER, or MANUALLY_ADDED.';
COMMENT ON COLUMN "axport"."devices"."purchase_source_id" IS 'Apple customer number or reseller number. It can begin with a minus sign.';
COMMENT ON COLUMN "axport"."devices"."is_mdm_migration_capable" IS 'Whether it can migrate between device management services.';
COMMENT ON COLUMN "axport"."devices"."mdm_migration_status" IS 'REQUESTED, STARTED, SUCCESS, or FAILED.';
COMMENT ON COLUMN "axport"."devices"."mdm_migration_deadline_at" IS 'When Apple enforces a requested migration.';
COMMENT ON COLUMN "axport"."devices"."first_seen_at" IS 'When axport first saw the device.';
COMMENT ON COLUMN "axport"."devices"."last_seen_at" IS 'When a listing last contained the device.';
COMMENT ON COLUMN "axport"."devices"."removed_at" IS 'When a complete listing first no longer contained the device.';
COMMENT ON COLUMN "axport"."devices"."extra" IS 'Attributes from Apple that have no column.';
COMMENT ON COLUMN "axport"."devices"."server_id" IS 'ID of the device management service that the device is assigned to.';
COMMENT ON COLUMN "axport"."devices"."server_name" IS 'Name of that service.';
COMMENT ON COLUMN "axport"."devices"."server_type" IS 'MDM, APPLE_CONFIGURATOR, or APPLE_MDM.';
COMMENT ON COLUMN "axport"."devices"."coverage_state" IS 'covered (Apple has a record, even one that ended), none, or unknown (not read yet, or the request failed).';
COMMENT ON COLUMN "axport"."devices"."coverage_checked_at" IS 'When Apple last answered for this device.';
COMMENT ON COLUMN "axport"."devices"."coverage_error" IS 'Why the state is unknown, or why it could not be read again.';
COMMENT ON COLUMN "axport"."devices"."activation_lock_state" IS 'locked, unlocked, or unknown (not read yet, the request failed, or a state that Apple''s API cannot express).';
COMMENT ON COLUMN "axport"."devices"."activation_lock_type" IS 'Who locked the device: mdm, user, or none.';
COMMENT ON COLUMN "axport"."devices"."activation_lock_checked_at" IS 'When Apple last answered for this device.';
COMMENT ON COLUMN "axport"."devices"."imei1" IS 'The first IMEI that Apple lists; empty if that one was rejected or blank.';
COMMENT ON COLUMN "axport"."devices"."imei2" IS 'The second IMEI that Apple lists; empty if that one was rejected or blank.';
COMMENT ON COLUMN "axport"."devices"."capacity_bytes" IS 'Capacity in bytes.';
COMMENT ON COLUMN "axport"."devices"."coverage_active" IS 'Whether the device is covered.';
COMMENT ON COLUMN "axport"."devices"."coverage_open_ended" IS 'Whether the current coverage has no end date.';
COMMENT ON COLUMN "axport"."devices"."coverage_end" IS 'Latest end of current or, without any, past coverage. Empty if open-ended.';
COMMENT ON COLUMN "axport"."devices"."coverage_plan" IS 'Most important plan; AppleCare comes before the limited warranty.';
COMMENT ON COLUMN "axport"."devices"."coverage_plan_class" IS 'applecare, limited_warranty, or unknown.';
COMMENT ON COLUMN "axport"."devices"."agreement_number" IS 'Agreement number of that plan.';
COMMENT ON COLUMN "axport"."devices"."payment_type" IS 'How that plan is paid for.';
COMMENT ON COLUMN "axport"."devices"."limited_warranty_end" IS 'End of the limited warranty.';
COMMENT ON COLUMN "axport"."devices"."coverage_count" IS 'Number of coverage records at Apple.';
COMMENT ON COLUMN "axport"."devices"."warranty_months" IS 'Whole months from the order to the end of coverage.';
COMMENT ON COLUMN "axport"."devices"."part_number_region" IS 'Letters before the slash in the part number.';
COMMENT ON COLUMN "axport"."devices"."sale_type" IS 'retail, refurbished, replacement, or personalized.';

CREATE TABLE "axport"."coverage" (
    "serial_number" text NOT NULL,
    "coverage_id" text NOT NULL,
    "status" text,
    "description" text,
    "agreement_number" text,
    "payment_type" text,
    "start_at" timestamptz,
    "end_at" timestamptz,
    "is_renewable" boolean,
    "is_canceled" boolean,
    "contract_cancel_at" timestamptz,
    "extra" jsonb,
    PRIMARY KEY ("serial_number", "coverage_id")
);
COMMENT ON TABLE "axport"."coverage" IS 'One row per AppleCare coverage record of a device.';
COMMENT ON COLUMN "axport"."coverage"."serial_number" IS 'Serial number of the device.';
COMMENT ON COLUMN "axport"."coverage"."coverage_id" IS 'Apple''s ID of the record: the serial number, the agreement number, or `abe-` and the serial number.';
COMMENT ON COLUMN "axport"."coverage"."status" IS 'ACTIVE or INACTIVE.';
COMMENT ON COLUMN "axport"."coverage"."description" IS 'Name of the plan.';
COMMENT ON COLUMN "axport"."coverage"."agreement_number" IS 'Agreement number; empty for a limited warranty.';
COMMENT ON COLUMN "axport"."coverage"."payment_type" IS 'ABE_SUBSCRIPTION, PAID_UP_FRONT, SUBSCRIPTION, or NONE.';
COMMENT ON COLUMN "axport"."coverage"."start_at" IS 'Start of the coverage.';
COMMENT ON COLUMN "axport"."coverage"."end_at" IS 'End of the coverage, or of its current term.';
COMMENT ON COLUMN "axport"."coverage"."is_renewable" IS 'Whether it renews automatically.';
COMMENT ON COLUMN "axport"."coverage"."is_canceled" IS 'Whether it was canceled.';
COMMENT ON COLUMN "axport"."coverage"."contract_cancel_at" IS 'When it was canceled.';
COMMENT ON COLUMN "axport"."coverage"."extra" IS 'Attributes from Apple that have no column.';

CREATE TABLE "axport"."servers" (
    "server_id" text NOT NULL,
    "server_name" text,
    "server_type" text,
    "status" text,
    "device_count" bigint,
    "created_at" timestamptz,
    "updated_at" timestamptz,
    "last_connected_at" timestamptz,
    "default_product_families" text[],
    "extra" jsonb,
    PRIMARY KEY ("server_id")
);
COMMENT ON TABLE "axport"."servers" IS 'One row per device management service.';
COMMENT ON COLUMN "axport"."servers"."server_id" IS 'Apple''s ID of the service.';
COMMENT ON COLUMN "axport"."servers"."server_name" IS 'Name of the service.';
COMMENT ON COLUMN "axport"."servers"."server_type" IS 'MDM, APPLE_CONFIGURATOR, or APPLE_MDM.';
COMMENT ON COLUMN "axport"."servers"."status" IS 'ACTIVE, INACTIVE, or DELETED.';
COMMENT ON COLUMN "axport"."servers"."device_count" IS 'Number of assigned devices, as Apple counts them.';
COMMENT ON COLUMN "axport"."servers"."created_at" IS 'When the service was created.';
COMMENT ON COLUMN "axport"."servers"."updated_at" IS 'When the service was last changed.';
COMMENT ON COLUMN "axport"."servers"."last_connected_at" IS 'When the service last connected to Apple.';
COMMENT ON COLUMN "axport"."servers"."default_product_families" IS 'Product families that are assigned to it by default.';
COMMENT ON COLUMN "axport"."servers"."extra" IS 'Attributes from Apple that have no column.';

CREATE TABLE "axport"."changes" (
    "seq" bigint NOT NULL,
    "serial_number" text,
    "changed_at" timestamptz,
    "kind" text,
    "column" text,
    "before" text,
    "after" text,
    PRIMARY KEY ("seq")
);
COMMENT ON TABLE "axport"."changes" IS 'What changed between runs, oldest first. `seq` only grows.';
COMMENT ON COLUMN "axport"."changes"."seq" IS 'Number of the change; never reused, even if the inventory is deleted.';
COMMENT ON COLUMN "axport"."changes"."serial_number" IS 'Serial number of the device.';
COMMENT ON COLUMN "axport"."changes"."changed_at" IS 'When axport saw the change.';
COMMENT ON COLUMN "axport"."changes"."kind" IS 'added, updated, reassigned, released, vanished, or returned; or the stage whose answer changed, such as coverage.';
COMMENT ON COLUMN "axport"."changes"."column" IS 'Column that changed, if the change is in one column.';
COMMENT ON COLUMN "axport"."changes"."before" IS 'Value before the change.';
COMMENT ON COLUMN "axport"."changes"."after" IS 'Value after the change.';

CREATE TABLE "axport"."rejects" (
    "run_id" text,
    "dataset" text,
    "serial_number" text,
    "column" text,
    "code" text,
    "value" text,
    "message" text,
    "stage" text
);
COMMENT ON TABLE "axport"."rejects" IS 'Values that the pipeline rejects because they cannot be normalized. Their rows are kept without them. A value stays until it changes, its device leaves, or a run judges it otherwise.';
COMMENT ON COLUMN "axport"."rejects"."run_id" IS 'Run that first rejected the value.';
COMMENT ON COLUMN "axport"."rejects"."dataset" IS 'Dataset of the row.';
COMMENT ON COLUMN "axport"."rejects"."serial_number" IS 'Serial number of the device.';
COMMENT ON COLUMN "axport"."rejects"."column" IS 'Column that was left empty.';
COMMENT ON COLUMN "axport"."rejects"."code" IS 'Code of the reason.';
COMMENT ON COLUMN "axport"."rejects"."value" IS 'Value as Apple sent it.';
COMMENT ON COLUMN "axport"."rejects"."message" IS 'Reason in words.';
COMMENT ON COLUMN "axport"."rejects"."stage" IS 'Stage that rejected the value.';

CREATE TABLE "axport"."runs" (
    "run_id" text NOT NULL,
    "pipeline" text,
    "started_at" timestamptz,
    "ended_at" timestamptz,
    "seconds" double precision,
    "exit_code" bigint,
    "status" text,
    "requests" bigint,
    "written" bigint,
    "unchanged" bigint,
    "retired" bigint,
    "filtered" bigint,
    "quarantined" bigint,
    "failure" text,
    "version" text,
    "pipeline_hash" text,
    "report" jsonb,
    PRIMARY KEY ("run_id")
);
COMMENT ON TABLE "axport"."runs" IS 'What each run of this source did, oldest first. A run writes its own row just before it ends; the next run completes that row.';
COMMENT ON COLUMN "axport"."runs"."run_id" IS 'ID of the run, as in `axport runs`.';
COMMENT ON COLUMN "axport"."runs"."pipeline" IS 'Name of the pipeline; `export` for `axport export`.';
COMMENT ON COLUMN "axport"."runs"."started_at" IS 'When the command began.';
COMMENT ON COLUMN "axport"."runs"."ended_at" IS 'When the run ended; empty if it is running or did not finish.';
COMMENT ON COLUMN "axport"."runs"."seconds" IS 'Duration in seconds.';
COMMENT ON COLUMN "axport"."runs"."exit_code" IS 'Exit code; empty if the run did not finish.';
COMMENT ON COLUMN "axport"."runs"."status" IS 'running, done, partial, failed, or interrupted; unfinished if the run did not finish (killed, or power loss).';
COMMENT ON COLUMN "axport"."runs"."requests" IS 'Requests sent to Apple.';
COMMENT ON COLUMN "axport"."runs"."written" IS 'Rows written by all loads.';
COMMENT ON COLUMN "axport"."runs"."unchanged" IS 'Rows that were already up to date.';
COMMENT ON COLUMN "axport"."runs"."retired" IS 'Rows marked or deleted because their device left, or dropped from a replaced list.';
COMMENT ON COLUMN "axport"."runs"."filtered" IS 'Rows that a load skipped because their device left.';
COMMENT ON COLUMN "axport"."runs"."quarantined" IS 'Values, not rows, that were rejected. Their rows were written without them.';
COMMENT ON COLUMN "axport"."runs"."failure" IS 'First failure.';
COMMENT ON COLUMN "axport"."runs"."version" IS 'Version of axport.';
COMMENT ON COLUMN "axport"."runs"."pipeline_hash" IS 'SHA-256 of the pipeline file on disk, before references such as `${env:…}` are resolved.';
COMMENT ON COLUMN "axport"."runs"."report" IS 'Whole report, as `axport run --json` prints it.';

CREATE TABLE "axport"."assignments_log" (
    "seq" bigint NOT NULL,
    "recorded_at" timestamptz,
    "plan" text,
    "rule" text,
    "serial_number" text,
    "action" text,
    "from_id" text,
    "from_name" text,
    "to_id" text,
    "to_name" text,
    "activity_id" text,
    "activity_type" text,
    "activity_status" text,
    "activity_sub_status" text,
    "verdict" text,
    "word" text,
    "verdict_at" timestamptz,
    "migration_status" text,
    "seconds" double precision,
    "user" text,
    "host" text,
    "version" text,
    PRIMARY KEY ("seq")
);
COMMENT ON TABLE "axport"."assignments_log" IS 'What axport did to the assignments of devices, oldest first: one row for each device that was sent, or left out at the last moment. A verdict of `unknown` is completed later.';
COMMENT ON COLUMN "axport"."assignments_log"."seq" IS 'Number of the row; never reused, even if the inventory is deleted.';
COMMENT ON COLUMN "axport"."assignments_log"."recorded_at" IS 'When axport decided to send the device, or to leave it out.';
COMMENT ON COLUMN "axport"."assignments_log"."plan" IS 'Hash of the plan.';
COMMENT ON COLUMN "axport"."assignments_log"."rule" IS 'Rule of the plan; empty for `unassign`, `migration`, and `release`.';
COMMENT ON COLUMN "axport"."assignments_log"."serial_number" IS 'Serial number of the device.';
COMMENT ON COLUMN "axport"."assignments_log"."action" IS 'assign, move, migrate, unassign, update_migration, cancel_migration, or release.';
COMMENT ON COLUMN "axport"."assignments_log"."from_id" IS 'ID of the service that the device was on.';
COMMENT ON COLUMN "axport"."assignments_log"."from_name" IS 'Name of that service.';
COMMENT ON COLUMN "axport"."assignments_log"."to_id" IS 'ID of the service that it was sent to.';
COMMENT ON COLUMN "axport"."assignments_log"."to_name" IS 'Name of that service.';
COMMENT ON COLUMN "axport"."assignments_log"."activity_id" IS 'Apple''s ID of the activity; empty if none was accepted.';
COMMENT ON COLUMN "axport"."assignments_log"."activity_type" IS 'Apple''s word for the activity.';
COMMENT ON COLUMN "axport"."assignments_log"."activity_status" IS 'Apple''s last status of the activity.';
COMMENT ON COLUMN "axport"."assignments_log"."activity_sub_status" IS 'Apple''s last substatus of the activity.';
COMMENT ON COLUMN "axport"."assignments_log"."verdict" IS 'landed, not_landed, unknown, stale, or skipped.';
COMMENT ON COLUMN "axport"."assignments_log"."word" IS 'Apple''s word for the device, or why it was left out.';
COMMENT ON COLUMN "axport"."assignments_log"."verdict_at" IS 'When the verdict was found.';
COMMENT ON COLUMN "axport"."assignments_log"."migration_status" IS 'For a migration that landed: REQUESTED, STARTED, SUCCESS, FAILED, or CANCELED by axport.';
COMMENT ON COLUMN "axport"."assignments_log"."seconds" IS 'Seconds from the decision to the verdict.';
COMMENT ON COLUMN "axport"."assignments_log"."user" IS 'User who applied the plan.';
COMMENT ON COLUMN "axport"."assignments_log"."host" IS 'Machine on which it was applied.';
COMMENT ON COLUMN "axport"."assignments_log"."version" IS 'Version of axport.';
