-- How many devices of each family have which capacity.
SELECT product_family, capacity_bytes / 1000000000 AS gigabytes, count(*) AS devices
FROM devices
WHERE removed_at IS NULL AND capacity_bytes IS NOT NULL
GROUP BY product_family, capacity_bytes / 1000000000
ORDER BY product_family, gigabytes;
