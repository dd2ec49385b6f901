-- The table "fleet", loaded twice with `sqlite: { removed: delete, max_removed: 100% }`.

-- The first night: there is no table.

CREATE TABLE destination."fleet" (
    "serial_number" TEXT NOT NULL, -- Serial number.
    "color" TEXT, -- Colour.
    "last_seen_at" TEXT, -- When a listing last held it.
    "removed_at" TEXT, -- When a listing first lacked it.
    PRIMARY KEY ("serial_number")
);

SELECT "serial_number", count(*) FROM main.staging AS s
GROUP BY "serial_number" HAVING count(*) > 1 OR (s."serial_number" IS NULL) ORDER BY (s."serial_number" IS NULL) DESC, "serial_number" LIMIT 4;

SELECT count(*) FROM destination."fleet" AS t WHERE true;

SELECT count(*) FROM destination."fleet" AS t WHERE true AND (t."serial_number") IN (SELECT s."serial_number" FROM main.staging AS s WHERE s."axport removed");

DELETE FROM main.staging AS s WHERE s."axport removed";

SELECT count(*) FROM (SELECT 1 FROM destination."fleet" AS t WHERE true LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO destination."fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM main.staging AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";


-- The second night: one row of each kind.

SELECT "serial_number", count(*) FROM main.staging AS s
GROUP BY "serial_number" HAVING count(*) > 1 OR (s."serial_number" IS NULL) ORDER BY (s."serial_number" IS NULL) DESC, "serial_number" LIMIT 4;

SELECT count(*) FROM destination."fleet" AS t WHERE true;

SELECT count(*) FROM destination."fleet" AS t WHERE true AND (t."serial_number") IN (SELECT s."serial_number" FROM main.staging AS s WHERE s."axport removed");

-- behind a savepoint, where the database has them:
DELETE FROM destination."fleet" AS t WHERE true AND (t."serial_number") IN (SELECT s."serial_number" FROM main.staging AS s WHERE s."axport removed");

DELETE FROM main.staging AS s WHERE s."axport removed";

SELECT count(*) FROM (SELECT 1 FROM destination."fleet" AS t WHERE true LIMIT 1) AS t;

DELETE FROM main.staging AS s
WHERE EXISTS (SELECT 1 FROM destination."fleet" AS t WHERE true AND t."serial_number" = s."serial_number" AND t."color" COLLATE BINARY IS NOT DISTINCT FROM s."color" COLLATE BINARY AND t."removed_at" COLLATE BINARY IS NOT DISTINCT FROM s."removed_at" COLLATE BINARY);

SELECT count(*), count(*) FILTER (WHERE NOT true)
FROM main.staging AS s JOIN destination."fleet" AS t ON true AND t."serial_number" = s."serial_number";

-- behind a savepoint, where the database has them:
INSERT INTO destination."fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM main.staging AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

SELECT count(*) FILTER (WHERE t."color" COLLATE BINARY IS DISTINCT FROM s."color" COLLATE BINARY), count(*) FILTER (WHERE t."removed_at" COLLATE BINARY IS DISTINCT FROM s."removed_at" COLLATE BINARY) FROM main.staging AS s JOIN destination."fleet" AS t ON t."serial_number" = s."serial_number";

