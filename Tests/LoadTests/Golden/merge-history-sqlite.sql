-- The table "fleet", loaded twice with `sqlite: { removed: mark, history: true, max_removed: 100% }`.

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

SELECT count(*) FROM (SELECT 1 FROM destination."fleet" AS t WHERE true LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO destination."fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM main.staging AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

-- the catalog is asked for table fleet_history
CREATE TABLE destination."fleet_history" (
    "serial_number" TEXT NOT NULL, -- Serial number.
    "color" TEXT, -- Colour.
    "last_seen_at" TEXT, -- When a listing last held it.
    "removed_at" TEXT, -- When a listing first lacked it.
    "valid_from" TEXT NOT NULL, -- When the run began that brought this version.
    "valid_to" TEXT, -- When the run began that changed or retired it.
    PRIMARY KEY ("serial_number", "valid_from"),
    CHECK ("valid_to" > "valid_from")
);

CREATE UNIQUE INDEX destination."fleet_history_current" ON "fleet_history"
("serial_number") WHERE "valid_to" IS NULL;

SELECT max(moment), CASE WHEN max(moment) > '2100-01-01T00:00:00.000Z' THEN strftime('%Y-%m-%dT%H:%M:%fZ', max(moment), '+0.001 seconds') END,
  CASE WHEN max(moment) > '2100-01-01T00:00:00.000Z' THEN 1 END
FROM (SELECT "valid_from" AS moment FROM destination."fleet_history" WHERE true UNION ALL SELECT "valid_to" AS moment FROM destination."fleet_history" WHERE true) AS moments
WHERE moment >= '2100-01-01T00:00:00.000Z';

UPDATE destination."fleet_history" AS h SET "valid_to" = '2100-01-01T00:00:00.000Z' WHERE h."valid_to" IS NULL AND true AND NOT EXISTS (SELECT 1 FROM destination."fleet" AS t WHERE t."removed_at" IS NULL AND t."serial_number" = h."serial_number" AND t."color" IS NOT DISTINCT FROM h."color" AND t."removed_at" IS NOT DISTINCT FROM h."removed_at");

INSERT INTO destination."fleet_history" ("serial_number", "color", "last_seen_at", "removed_at", "valid_from")
SELECT "serial_number", "color", "last_seen_at", "removed_at", '2100-01-01T00:00:00.000Z' FROM destination."fleet" AS t WHERE true AND t."removed_at" IS NULL AND NOT EXISTS (SELECT 1 FROM destination."fleet_history" AS h WHERE h."valid_to" IS NULL AND t."serial_number" = h."serial_number");

SELECT count(*) FROM destination."fleet" AS t WHERE true AND t."removed_at" IS NULL;

SELECT count(*) FROM destination."fleet_history" AS h WHERE true AND h."valid_to" IS NULL;


-- The second night: one row of each kind.

SELECT "serial_number", count(*) FROM main.staging AS s
GROUP BY "serial_number" HAVING count(*) > 1 OR (s."serial_number" IS NULL) ORDER BY (s."serial_number" IS NULL) DESC, "serial_number" LIMIT 4;

SELECT count(*) FROM (SELECT 1 FROM destination."fleet" AS t WHERE true LIMIT 1) AS t;

DELETE FROM main.staging AS s
WHERE EXISTS (SELECT 1 FROM destination."fleet" AS t WHERE true AND t."serial_number" = s."serial_number" AND t."color" COLLATE BINARY IS NOT DISTINCT FROM s."color" COLLATE BINARY AND t."removed_at" COLLATE BINARY IS NOT DISTINCT FROM s."removed_at" COLLATE BINARY);

SELECT count(*), count(*) FILTER (WHERE t."removed_at" IS NULL AND s."axport removed" AND s."removed_at" IS NOT NULL)
FROM main.staging AS s JOIN destination."fleet" AS t ON true AND t."serial_number" = s."serial_number";

-- behind a savepoint, where the database has them:
INSERT INTO destination."fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM main.staging AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

SELECT count(*) FILTER (WHERE t."color" COLLATE BINARY IS DISTINCT FROM s."color" COLLATE BINARY), count(*) FILTER (WHERE t."removed_at" COLLATE BINARY IS DISTINCT FROM s."removed_at" COLLATE BINARY) FROM main.staging AS s JOIN destination."fleet" AS t ON t."serial_number" = s."serial_number";

-- the catalog is asked for table fleet_history
SELECT max(moment), CASE WHEN max(moment) > '2100-01-02T00:00:00.000Z' THEN strftime('%Y-%m-%dT%H:%M:%fZ', max(moment), '+0.001 seconds') END,
  CASE WHEN max(moment) > '2100-01-02T00:00:00.000Z' THEN 1 END
FROM (SELECT "valid_from" AS moment FROM destination."fleet_history" WHERE true UNION ALL SELECT "valid_to" AS moment FROM destination."fleet_history" WHERE true) AS moments
WHERE moment >= '2100-01-02T00:00:00.000Z';

UPDATE destination."fleet_history" AS h SET "valid_to" = '2100-01-02T00:00:00.000Z' WHERE h."valid_to" IS NULL AND true AND NOT EXISTS (SELECT 1 FROM destination."fleet" AS t WHERE t."removed_at" IS NULL AND t."serial_number" = h."serial_number" AND t."color" COLLATE BINARY IS NOT DISTINCT FROM h."color" COLLATE BINARY AND t."removed_at" COLLATE BINARY IS NOT DISTINCT FROM h."removed_at" COLLATE BINARY);

INSERT INTO destination."fleet_history" ("serial_number", "color", "last_seen_at", "removed_at", "valid_from")
SELECT "serial_number", "color", "last_seen_at", "removed_at", '2100-01-02T00:00:00.000Z' FROM destination."fleet" AS t WHERE true AND t."removed_at" IS NULL AND NOT EXISTS (SELECT 1 FROM destination."fleet_history" AS h WHERE h."valid_to" IS NULL AND t."serial_number" = h."serial_number");

SELECT count(*) FROM destination."fleet" AS t WHERE true AND t."removed_at" IS NULL;

SELECT count(*) FROM destination."fleet_history" AS h WHERE true AND h."valid_to" IS NULL;

