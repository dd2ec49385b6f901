-- Views for the people who read the tables. Times are UTC in the tables and shown in the session's time zone.

CREATE OR REPLACE VIEW "axport"."assets" AS
SELECT serial_number, product_family, device_model, product_type, part_number, color,
       round(capacity_bytes / 1e9)::bigint AS capacity_gb, order_number, ordered_at::date AS ordered_on,
       added_to_org_at::date AS added_on, purchase_source_type, status, server_name, imei1, imei2, eid,
       wifi_mac_address, bluetooth_mac_address, coverage_state, coverage_active, coverage_plan, coverage_end,
       agreement_number,
       CASE WHEN NOT coverage_active THEN false
            WHEN coverage_plan_class <> 'unknown' THEN coverage_plan_class = 'applecare' END AS has_applecare,
       coverage_end - current_date AS days_left
FROM "axport"."devices"
WHERE removed_at IS NULL;
COMMENT ON VIEW "axport"."assets" IS 'One row per device that the organization owns today.';
COMMENT ON COLUMN "axport"."assets"."has_applecare" IS
    'Whether more than the limited warranty covers the device. Empty where that is unknown.';
COMMENT ON COLUMN "axport"."assets"."days_left" IS
    'Days from today, in the session''s time zone, to coverage_end; negative after it.';

CREATE OR REPLACE VIEW "axport"."applecare_expiring" AS
SELECT serial_number, product_family, device_model, server_name, coverage_plan, coverage_plan_class, agreement_number,
       payment_type, coverage_end, coverage_end - current_date AS days_left
FROM "axport"."devices"
WHERE removed_at IS NULL AND coverage_active AND NOT coverage_open_ended
  AND coverage_end BETWEEN current_date AND current_date + 60;
COMMENT ON VIEW "axport"."applecare_expiring" IS
    'Devices whose coverage ends within 60 days. A subscription that renews by itself is shown with the end of its term.';

-- The rules of the stage mac_addresses: no Bluetooth, no released device, no group address (lowest bit of the first octet)
-- and no private one (the bit above it). An address that two devices claim is listed once for each of them.
CREATE OR REPLACE VIEW "axport"."nac_addresses" AS
SELECT address AS mac_address, interface, serial_number, device_model, product_family, server_name
FROM "axport"."devices"
CROSS JOIN LATERAL (
    SELECT wifi_mac_address, 'wifi'
    UNION
    SELECT unnest(ethernet_mac_addresses)::macaddr, 'ethernet'
) AS own (address, interface)
WHERE removed_at IS NULL AND released_from_org_at IS NULL
  AND get_byte(macaddr_send(address), 0) & 3 = 0
  AND address <> '00:00:00:00:00:00';
COMMENT ON VIEW "axport"."nac_addresses" IS
    'Hardware addresses for network access control: Wi-Fi and Ethernet of the devices that the organization owns today.';

CREATE OR REPLACE VIEW "axport"."esim" AS
SELECT serial_number, product_family, device_model, eid, imei1, imei2, order_number, server_name
FROM "axport"."devices"
WHERE removed_at IS NULL AND eid IS NOT NULL;
COMMENT ON VIEW "axport"."esim" IS 'Devices with an eSIM, and what a carrier asks for: EID and IMEI.';

CREATE OR REPLACE VIEW "axport"."changes_since_yesterday" AS
SELECT seq, changed_at, kind, serial_number, product_family, device_model, "column", before, after
FROM "axport"."changes"
LEFT JOIN "axport"."devices" USING (serial_number)
WHERE changed_at >= date_trunc('day', now()) - interval '1 day';
COMMENT ON VIEW "axport"."changes_since_yesterday" IS 'What changed since yesterday at midnight, by the session''s time zone.';

CREATE OR REPLACE VIEW "axport"."latest_runs" AS
SELECT DISTINCT ON (pipeline) pipeline, run_id, started_at, ended_at, status, exit_code, requests, written, retired, failure
FROM "axport"."runs"
ORDER BY pipeline, started_at DESC;
COMMENT ON VIEW "axport"."latest_runs" IS 'The latest run of each pipeline: did the night go well?';
