-- What holds for the tables besides their keys, and what makes the views fast. Run it after 1-tables.sql.
--
-- There are checks only on values that axport itself makes. What Apple sends is kept as it comes, so that a new status or
-- family never stops a night. There are no foreign keys between the tables: each load is a transaction of its own, and one
-- that fails must not hold back the others.

ALTER TABLE "axport"."devices"
    ADD CONSTRAINT devices_eid CHECK ("eid" ~ '^[0-9]{32}$'),
    ADD CONSTRAINT devices_imei1 CHECK ("imei1" ~ '^[0-9]{15}$'),
    ADD CONSTRAINT devices_imei2 CHECK ("imei2" ~ '^[0-9]{15}$'),
    ADD CONSTRAINT devices_capacity CHECK ("capacity_bytes" > 0),
    ADD CONSTRAINT devices_coverage_state CHECK ("coverage_state" IN ('covered', 'none', 'unknown')),
    ADD CONSTRAINT devices_coverage_count CHECK ("coverage_count" >= 0),
    ADD CONSTRAINT devices_lock_state CHECK ("activation_lock_state" IN ('locked', 'unlocked', 'unknown'));

ALTER TABLE "axport"."rejects"
    ALTER COLUMN "run_id" SET NOT NULL,
    ALTER COLUMN "code" SET NOT NULL;

-- Identifiers that people look devices up by, or that two devices should not share.
CREATE INDEX devices_imei1 ON "axport"."devices" ("imei1") WHERE "imei1" IS NOT NULL;
CREATE INDEX devices_eid ON "axport"."devices" ("eid") WHERE "eid" IS NOT NULL;
CREATE INDEX devices_wifi ON "axport"."devices" ("wifi_mac_address") WHERE "wifi_mac_address" IS NOT NULL;
-- What is reported on: devices that are still there.
CREATE INDEX devices_server ON "axport"."devices" ("server_id") WHERE "removed_at" IS NULL;
CREATE INDEX devices_coverage_end ON "axport"."devices" ("coverage_end") WHERE "removed_at" IS NULL AND "coverage_active";
CREATE INDEX devices_removed ON "axport"."devices" ("removed_at") WHERE "removed_at" IS NOT NULL;
CREATE INDEX coverage_end ON "axport"."coverage" ("end_at");
CREATE INDEX changes_serial ON "axport"."changes" ("serial_number", "changed_at");
CREATE INDEX changes_at ON "axport"."changes" USING brin ("changed_at");
CREATE INDEX runs_started ON "axport"."runs" ("started_at");
