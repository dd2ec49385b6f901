-- How many devices of each family each service has.
SELECT coalesce(server_name, '(none)') AS server, product_family, count(*) AS devices
FROM devices
WHERE removed_at IS NULL
GROUP BY coalesce(server_name, '(none)'), product_family
ORDER BY server, devices DESC, product_family;
