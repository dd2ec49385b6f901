-- IMEIs that several devices report, with those devices.
SELECT imei.value AS imei, count(DISTINCT serial_number) AS devices, group_concat(DISTINCT serial_number) AS serial_numbers
FROM devices, json_each(devices.imeis) AS imei
WHERE removed_at IS NULL
GROUP BY imei.value
HAVING count(DISTINCT serial_number) > 1
ORDER BY imei.value;
