-- The tables as axport creates them if every stage is in use. Generated; regenerate it with `make docs`.

-- One row per device that the organization owns or has owned.
CREATE TABLE "devices" (
    "serial_number" TEXT NOT NULL, -- Serial number.
    "added_to_org_at" TEXT, -- When the device joined the organization.
    "updated_at" TEXT, -- When Apple last changed the record.
    "released_from_org_at" TEXT, -- When the organization released the device. Known only for devices that left the list.
    "ordered_at" TEXT, -- When the device was ordered. Unreliable if `purchase_source_type` is MANUALLY_ADDED.
    "device_model" TEXT, -- Marketing name.
    "product_family" TEXT, -- iPhone, iPad, Mac, AppleTV, Watch, or Vision.
    "product_type" TEXT, -- Model identifier, such as `iPhone16,1`.
    "device_capacity" TEXT, -- Capacity as Apple prints it, such as `256GB`.
    "part_number" TEXT, -- Part number, such as `FD311LL/A`.
    "order_number" TEXT, -- Order number; resellers can enter any text.
    "color" TEXT, -- Color, in uppercase.
    "status" TEXT, -- Whether it is assigned to a device management service: ASSIGNED or UNASSIGNED.
    "imeis" TEXT, -- IMEIs, in Apple's order.
    "meids" TEXT, -- MEIDs.
    "eid" TEXT, -- eSIM identifier, 32 digits.
    "wifi_mac_address" TEXT, -- MAC address of Wi-Fi.
    "bluetooth_mac_address" TEXT, -- MAC address of Bluetooth.
    "ethernet_mac_addresses" TEXT, -- MAC addresses of built-in Ethernet.
    "purchase_source_type" TEXT, -- APPLE, RESELLER, or MANUALLY_ADDED.
    "purchase_source_id" TEXT, -- Apple customer number or reseller number. It can begin with a minus sign.
    "is_mdm_migration_capable" INTEGER, -- Whether it can migrate between device management services.
    "mdm_migration_status" TEXT, -- REQUESTED, STARTED, SUCCESS, or FAILED.
    "mdm_migration_deadline_at" TEXT, -- When Apple enforces a requested migration.
    "first_seen_at" TEXT, -- When axport first saw the device.
    "last_seen_at" TEXT, -- When a listing last contained the device.
    "removed_at" TEXT, -- When a complete listing first no longer contained the device.
    "extra" TEXT, -- Attributes from Apple that have no column.
    "server_id" TEXT, -- ID of the device management service that the device is assigned to.
    "server_name" TEXT, -- Name of that service.
    "server_type" TEXT, -- MDM, APPLE_CONFIGURATOR, or APPLE_MDM.
    "coverage_state" TEXT, -- covered (Apple has a record, even one that ended), none, or unknown (not read yet, or the request failed).
    "coverage_checked_at" TEXT, -- When Apple last answered for this device.
    "coverage_error" TEXT, -- Why the state is unknown, or why it could not be read again.
    "activation_lock_state" TEXT, -- locked, unlocked, or unknown (not read yet, the request failed, or a state that Apple's API cannot express).
    "activation_lock_type" TEXT, -- Who locked the device: mdm, user, or none.
    "activation_lock_checked_at" TEXT, -- When Apple last answered for this device.
    "imei1" TEXT, -- The first IMEI that Apple lists; empty if that one was rejected or blank.
    "imei2" TEXT, -- The second IMEI that Apple lists; empty if that one was rejected or blank.
    "capacity_bytes" INTEGER, -- Capacity in bytes.
    "coverage_active" INTEGER, -- Whether the device is covered.
    "coverage_open_ended" INTEGER, -- Whether the current coverage has no end date.
    "coverage_end" TEXT, -- Latest end of current or, without any, past coverage. Empty if open-ended.
    "coverage_plan" TEXT, -- Most important plan; AppleCare comes before the limited warranty.
    "coverage_plan_class" TEXT, -- applecare, limited_warranty, or unknown.
    "agreement_number" TEXT, -- Agreement number of that plan.
    "payment_type" TEXT, -- How that plan is paid for.
    "limited_warranty_end" TEXT, -- End of the limited warranty.
    "coverage_count" INTEGER, -- Number of coverage records at Apple.
    "warranty_months" INTEGER, -- Whole months from the order to the end of coverage.
    "part_number_region" TEXT, -- Letters before the slash in the part number.
    "sale_type" TEXT, -- retail, refurbished, replacement, or personalized.
    PRIMARY KEY ("serial_number")
);

-- One row per AppleCare coverage record of a device.
CREATE TABLE "coverage" (
    "serial_number" TEXT NOT NULL, -- Serial number of the device.
    "coverage_id" TEXT NOT NULL, -- Apple's ID of the record: the serial number, the agreement number, or `abe-` and the serial number.
    "status" TEXT, -- ACTIVE or INACTIVE.
    "description" TEXT, -- Name of the plan.
    "agreement_number" TEXT, -- Agreement number; empty for a limited warranty.
    "payment_type" TEXT, -- ABE_SUBSCRIPTION, PAID_UP_FRONT, SUBSCRIPTION, or NONE.
    "start_at" TEXT, -- Start of the coverage.
    "end_at" TEXT, -- End of the coverage, or of its current term.
    "is_renewable" INTEGER, -- Whether it renews automatically.
    "is_canceled" INTEGER, -- Whether it was canceled.
    "contract_cancel_at" TEXT, -- When it was canceled.
    "extra" TEXT, -- Attributes from Apple that have no column.
    PRIMARY KEY ("serial_number", "coverage_id")
);

-- One row per device management service.
CREATE TABLE "servers" (
    "server_id" TEXT NOT NULL, -- Apple's ID of the service.
    "server_name" TEXT, -- Name of the service.
    "server_type" TEXT, -- MDM, APPLE_CONFIGURATOR, or APPLE_MDM.
    "status" TEXT, -- ACTIVE, INACTIVE, or DELETED.
    "device_count" INTEGER, -- Number of assigned devices, as Apple counts them.
    "created_at" TEXT, -- When the service was created.
    "updated_at" TEXT, -- When the service was last changed.
    "last_connected_at" TEXT, -- When the service last connected to Apple.
    "default_product_families" TEXT, -- Product families that are assigned to it by default.
    "extra" TEXT, -- Attributes from Apple that have no column.
    PRIMARY KEY ("server_id")
);

-- What changed between runs, oldest first. `seq` only grows.
CREATE TABLE "changes" (
    "seq" INTEGER NOT NULL, -- Number of the change; never reused, even if the inventory is deleted.
    "serial_number" TEXT, -- Serial number of the device.
    "changed_at" TEXT, -- When axport saw the change.
    "kind" TEXT, -- added, updated, reassigned, released, vanished, or returned; or the stage whose answer changed, such as coverage.
    "column" TEXT, -- Column that changed, if the change is in one column.
    "before" TEXT, -- Value before the change.
    "after" TEXT, -- Value after the change.
    PRIMARY KEY ("seq")
);

-- Values that the pipeline rejects because they cannot be normalized. Their rows are kept without them. A value stays until it changes, its device leaves, or a run judges it otherwise.
CREATE TABLE "rejects" (
    "run_id" TEXT, -- Run that first rejected the value.
    "dataset" TEXT, -- Dataset of the row.
    "serial_number" TEXT, -- Serial number of the device.
    "column" TEXT, -- Column that was left empty.
    "code" TEXT, -- Code of the reason.
    "value" TEXT, -- Value as Apple sent it.
    "message" TEXT, -- Reason in words.
    "stage" TEXT -- Stage that rejected the value.
);

-- What each run of this source did, oldest first. A run writes its own row just before it ends; the next run completes that row.
CREATE TABLE "runs" (
    "run_id" TEXT NOT NULL, -- ID of the run, as in `axport runs`.
    "pipeline" TEXT, -- Name of the pipeline; `export` for `axport export`.
    "started_at" TEXT, -- When the command began.
    "ended_at" TEXT, -- When the run ended; empty if it is running or did not finish.
    "seconds" REAL, -- Duration in seconds.
    "exit_code" INTEGER, -- Exit code; empty if the run did not finish.
    "status" TEXT, -- running, done, partial, failed, or interrupted; unfinished if the run did not finish (killed, or power loss).
    "requests" INTEGER, -- Requests sent to Apple.
    "written" INTEGER, -- Rows written by all loads.
    "unchanged" INTEGER, -- Rows that were already up to date.
    "retired" INTEGER, -- Rows marked or deleted because their device left, or dropped from a replaced list.
    "filtered" INTEGER, -- Rows that a load skipped because their device left.
    "quarantined" INTEGER, -- Values, not rows, that were rejected. Their rows were written without them.
    "failure" TEXT, -- First failure.
    "version" TEXT, -- Version of axport.
    "pipeline_hash" TEXT, -- SHA-256 of the pipeline file on disk, before references such as `${env:…}` are resolved.
    "report" TEXT, -- Whole report, as `axport run --json` prints it.
    PRIMARY KEY ("run_id")
);

-- What axport did to the assignments of devices, oldest first: one row for each device that was sent, or left out at the last moment. A verdict of `unknown` is completed later.
CREATE TABLE "assignments_log" (
    "seq" INTEGER NOT NULL, -- Number of the row; never reused, even if the inventory is deleted.
    "recorded_at" TEXT, -- When axport decided to send the device, or to leave it out.
    "plan" TEXT, -- Hash of the plan.
    "rule" TEXT, -- Rule of the plan; empty for `unassign`, `migration`, and `release`.
    "serial_number" TEXT, -- Serial number of the device.
    "action" TEXT, -- assign, move, migrate, unassign, update_migration, cancel_migration, or release.
    "from_id" TEXT, -- ID of the service that the device was on.
    "from_name" TEXT, -- Name of that service.
    "to_id" TEXT, -- ID of the service that it was sent to.
    "to_name" TEXT, -- Name of that service.
    "activity_id" TEXT, -- Apple's ID of the activity; empty if none was accepted.
    "activity_type" TEXT, -- Apple's word for the activity.
    "activity_status" TEXT, -- Apple's last status of the activity.
    "activity_sub_status" TEXT, -- Apple's last substatus of the activity.
    "verdict" TEXT, -- landed, not_landed, unknown, stale, or skipped.
    "word" TEXT, -- Apple's word for the device, or why it was left out.
    "verdict_at" TEXT, -- When the verdict was found.
    "migration_status" TEXT, -- For a migration that landed: REQUESTED, STARTED, SUCCESS, FAILED, or CANCELED by axport.
    "seconds" REAL, -- Seconds from the decision to the verdict.
    "user" TEXT, -- User who applied the plan.
    "host" TEXT, -- Machine on which it was applied.
    "version" TEXT, -- Version of axport.
    PRIMARY KEY ("seq")
);
