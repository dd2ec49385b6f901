-- IMEIs that several devices report, with those devices.
SELECT imei, count(DISTINCT serial_number) AS devices, string_agg(DISTINCT serial_number, ',') AS serial_numbers
FROM devices, unnest(imeis) AS imei
WHERE removed_at IS NULL
GROUP BY imei
HAVING count(DISTINCT serial_number) > 1
ORDER BY imei;
