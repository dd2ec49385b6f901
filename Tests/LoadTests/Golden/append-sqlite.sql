-- The table "fleet", loaded twice with `sqlite: { mode: append }`.

-- The first night: there is no table.

CREATE TABLE destination."fleet" (
    "run_id" TEXT NOT NULL, -- The run that added the row.
    "serial_number" TEXT NOT NULL, -- Serial number.
    "color" TEXT, -- Colour.
    "last_seen_at" TEXT, -- When a listing last held it.
    "removed_at" TEXT, -- When a listing first lacked it.
    PRIMARY KEY ("run_id", "serial_number")
);

SELECT DISTINCT "run_id" FROM main.staging AS s;

SELECT "run_id", "serial_number", count(*) FROM main.staging AS s
GROUP BY "run_id", "serial_number" HAVING count(*) > 1 OR (s."run_id" IS NULL OR s."serial_number" IS NULL) ORDER BY (s."run_id" IS NULL OR s."serial_number" IS NULL) DESC, "run_id", "serial_number" LIMIT 4;

SELECT count(*) FROM (SELECT 1 FROM destination."fleet" AS t WHERE t."run_id" IN ('run-1') LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO destination."fleet" ("run_id", "serial_number", "color", "last_seen_at", "removed_at") SELECT "run_id", "serial_number", "color", "last_seen_at", "removed_at" FROM main.staging AS s WHERE true
ON CONFLICT ("run_id", "serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";


-- The second night: one row of each kind.

SELECT DISTINCT "run_id" FROM main.staging AS s;

SELECT "run_id", "serial_number", count(*) FROM main.staging AS s
GROUP BY "run_id", "serial_number" HAVING count(*) > 1 OR (s."run_id" IS NULL OR s."serial_number" IS NULL) ORDER BY (s."run_id" IS NULL OR s."serial_number" IS NULL) DESC, "run_id", "serial_number" LIMIT 4;

SELECT count(*) FROM (SELECT 1 FROM destination."fleet" AS t WHERE t."run_id" IN ('run-2') LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO destination."fleet" ("run_id", "serial_number", "color", "last_seen_at", "removed_at") SELECT "run_id", "serial_number", "color", "last_seen_at", "removed_at" FROM main.staging AS s WHERE true
ON CONFLICT ("run_id", "serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

