-- Devices that no device management service manages, oldest first.
SELECT serial_number, product_family, device_model, added_to_org_at, order_number, purchase_source_type
FROM devices
WHERE removed_at IS NULL AND server_id IS NULL
ORDER BY added_to_org_at, serial_number;
