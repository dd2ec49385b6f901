-- Devices whose coverage ends within 60 days, soonest first.
SELECT serial_number, product_family, device_model, coverage_plan, agreement_number, coverage_end,
       CAST(julianday(coverage_end) - julianday(date('now')) AS INTEGER) AS days_left
FROM devices
WHERE removed_at IS NULL AND coverage_active AND NOT coverage_open_ended
  AND coverage_end BETWEEN date('now') AND date('now', '+60 days')
ORDER BY coverage_end, serial_number;
