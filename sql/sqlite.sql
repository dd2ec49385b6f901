-- The tables as axport makes them with every stage in use. Generated; `make docs` writes it anew.

-- One row per device that the organisation owns or has owned.
CREATE TABLE "devices" (
    "serial_number" TEXT NOT NULL, -- Serial number.
    "added_to_org_at" TEXT, -- When the device joined the organisation.
    "updated_at" TEXT, -- When Apple last changed the record.
    "released_from_org_at" TEXT, -- When the organisation released the device; known for devices that left the list.
    "ordered_at" TEXT, -- When the device was ordered; unreliable for MANUALLY_ADDED.
    "device_model" TEXT, -- Marketing name.
    "product_family" TEXT, -- iPhone, iPad, Mac, AppleTV, Watch or Vision.
    "product_type" TEXT, -- Model identifier, such as `iPhone16,1`.
    "device_capacity" TEXT, -- Capacity as Apple prints it, such as `256GB`.
    "part_number" TEXT, -- Part number, such as `FD311LL/A`.
    "order_number" TEXT, -- Order number; free text for resellers.
    "color" TEXT, -- Colour, in capitals.
    "status" TEXT, -- ASSIGNED or UNASSIGNED to a device management service.
    "imeis" TEXT, -- IMEIs, first SIM first.
    "meids" TEXT, -- MEIDs.
    "eid" TEXT, -- eSIM identifier, 32 digits.
    "wifi_mac_address" TEXT, -- Hardware address of Wi-Fi.
    "bluetooth_mac_address" TEXT, -- Hardware address of Bluetooth.
    "ethernet_mac_addresses" TEXT, -- Hardware addresses of built-in Ethernet.
    "purchase_source_type" TEXT, -- APPLE, RESELLER or MANUALLY_ADDED.
    "purchase_source_id" TEXT, -- Apple customer number or reseller number; may begin with a minus sign.
    "is_mdm_migration_capable" INTEGER, -- Whether it can migrate between services.
    "mdm_migration_status" TEXT, -- REQUESTED, STARTED, SUCCESS or FAILED.
    "mdm_migration_deadline_at" TEXT, -- When a requested migration is enforced.
    "first_seen_at" TEXT, -- When axport first saw the device.
    "last_seen_at" TEXT, -- When a listing last held the device.
    "removed_at" TEXT, -- When a complete listing first lacked the device.
    "extra" TEXT, -- Every attribute of Apple's that has no column of its own.
    "server_id" TEXT, -- Device management service the device is assigned to.
    "server_name" TEXT, -- Name of that service.
    "server_type" TEXT, -- MDM, APPLE_CONFIGURATOR or APPLE_MDM.
    "coverage_state" TEXT, -- covered (Apple holds a record, whatever its dates), none, or unknown: not asked or failed.
    "coverage_checked_at" TEXT, -- When Apple last answered for this device.
    "coverage_error" TEXT, -- Why the state is unknown, or why what is known was not renewed.
    "activation_lock_state" TEXT, -- locked, unlocked, or unknown: not asked, failed, or a state that Apple's API cannot express.
    "activation_lock_type" TEXT, -- mdm, user or none.
    "activation_lock_checked_at" TEXT, -- When Apple last answered for this device.
    "imei1" TEXT, -- The first IMEI that Apple lists; empty where that one was rejected or blank.
    "imei2" TEXT, -- The second IMEI that Apple lists; empty where that one was rejected or blank.
    "capacity_bytes" INTEGER, -- Capacity in bytes.
    "coverage_active" INTEGER, -- Whether a coverage holds.
    "coverage_open_ended" INTEGER, -- Whether the coverage that holds has no end.
    "coverage_end" TEXT, -- Last end of the coverage that holds, or held; none when open-ended.
    "coverage_plan" TEXT, -- Plan that counts first: AppleCare before the limited warranty.
    "coverage_plan_class" TEXT, -- applecare, limited_warranty or unknown.
    "agreement_number" TEXT, -- Agreement number of that plan.
    "payment_type" TEXT, -- How that plan is paid.
    "limited_warranty_end" TEXT, -- End of the limited warranty.
    "coverage_count" INTEGER, -- Coverage records that Apple holds.
    "warranty_months" INTEGER, -- Whole months from the order to the coverage's end.
    "part_number_region" TEXT, -- Letters before the slash of the part number.
    "sale_type" TEXT, -- retail, refurbished, replacement or personalised.
    PRIMARY KEY ("serial_number")
);

-- One row per AppleCare coverage record of a device.
CREATE TABLE "coverage" (
    "serial_number" TEXT NOT NULL, -- Serial number of the device.
    "coverage_id" TEXT NOT NULL, -- Apple's id of the record: serial, agreement number or `abe-` and serial.
    "status" TEXT, -- ACTIVE or INACTIVE.
    "description" TEXT, -- Name of the plan.
    "agreement_number" TEXT, -- Agreement number; none for a warranty.
    "payment_type" TEXT, -- ABE_SUBSCRIPTION, PAID_UP_FRONT, SUBSCRIPTION or NONE.
    "start_at" TEXT, -- First moment of the coverage.
    "end_at" TEXT, -- Its end, or that of the current term.
    "is_renewable" INTEGER, -- Whether it renews by itself.
    "is_canceled" INTEGER, -- Whether it was cancelled.
    "contract_cancel_at" TEXT, -- When it was cancelled.
    "extra" TEXT, -- Every attribute of Apple's that has no column of its own.
    PRIMARY KEY ("serial_number", "coverage_id")
);

-- One row per device management service.
CREATE TABLE "servers" (
    "server_id" TEXT NOT NULL, -- Apple's id of the service.
    "server_name" TEXT, -- Its name.
    "server_type" TEXT, -- MDM, APPLE_CONFIGURATOR or APPLE_MDM.
    "status" TEXT, -- ACTIVE, INACTIVE or DELETED.
    "device_count" INTEGER, -- Devices assigned to it, as Apple counts them.
    "created_at" TEXT, -- When it was created.
    "updated_at" TEXT, -- When it was last changed.
    "last_connected_at" TEXT, -- When it last talked to Apple.
    "default_product_families" TEXT, -- Families assigned to it by default.
    "extra" TEXT, -- Every attribute of Apple's that has no column of its own.
    PRIMARY KEY ("server_id")
);

-- What changed between runs, oldest first; the sequence only ever grows.
CREATE TABLE "changes" (
    "seq" INTEGER NOT NULL, -- Number of the change; not reused when the inventory is deleted.
    "serial_number" TEXT, -- Serial number of the device.
    "changed_at" TEXT, -- When axport saw it.
    "kind" TEXT, -- added, updated, reassigned, released, vanished or returned; or the stage whose answer changed, such as coverage.
    "column" TEXT, -- The column that changed, where it is one.
    "before" TEXT, -- Its value before.
    "after" TEXT, -- Its value after.
    PRIMARY KEY ("seq")
);

-- Values of the latest run that could not be made canonical; their rows were kept without them.
CREATE TABLE "rejects" (
    "run_id" TEXT, -- The run that refused it.
    "dataset" TEXT, -- Where the row belongs.
    "serial_number" TEXT, -- Serial number of the device.
    "column" TEXT, -- The column that was left empty.
    "code" TEXT, -- Reason code.
    "value" TEXT, -- The value as it came.
    "message" TEXT, -- The reason in words.
    "stage" TEXT -- The stage that refused it.
);

-- What each run of this source did, oldest first. The latest row is written by its run just before the end; the next run completes it.
CREATE TABLE "runs" (
    "run_id" TEXT NOT NULL, -- The run, as in `axport runs`.
    "pipeline" TEXT, -- Name of the pipeline; `export` for `axport export`.
    "started_at" TEXT, -- When the command began.
    "ended_at" TEXT, -- When the run ended; empty while it is not known to have ended.
    "seconds" REAL, -- How long it took.
    "exit_code" INTEGER, -- What it came to; empty where it never ended.
    "status" TEXT, -- done, partial, failed or interrupted; unfinished where it began and never ended (killed, power cut); running.
    "requests" INTEGER, -- Requests to Apple.
    "written" INTEGER, -- Rows written, over all loads.
    "unchanged" INTEGER, -- Rows that were there already.
    "retired" INTEGER, -- Rows marked or deleted because their device left, or that a replaced list lost.
    "filtered" INTEGER, -- Rows of devices that left which a load does not want.
    "quarantined" INTEGER, -- Values, not rows, that were refused; their rows were written without them.
    "failure" TEXT, -- What went wrong first.
    "version" TEXT, -- Version of axport.
    "pipeline_hash" TEXT, -- SHA-256 of the pipeline file as it is on disk, before references such as `${env:…}` are filled in.
    "report" TEXT, -- The whole report, stage by stage, as `axport run --json` prints it.
    PRIMARY KEY ("run_id")
);
