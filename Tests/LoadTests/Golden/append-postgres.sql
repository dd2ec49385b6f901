-- The table "fleet", loaded twice with `postgres: { mode: append }`.

-- The first night: there is no table.

CREATE TABLE "fleet" (
    "run_id" text NOT NULL,
    "serial_number" text NOT NULL,
    "color" text,
    "last_seen_at" timestamptz,
    "removed_at" timestamptz,
    PRIMARY KEY ("run_id", "serial_number")
);

COMMENT ON TABLE "fleet" IS 'Devices of a test.';

COMMENT ON COLUMN "fleet"."run_id" IS 'The run that added the row.';

COMMENT ON COLUMN "fleet"."serial_number" IS 'Serial number.';

COMMENT ON COLUMN "fleet"."color" IS 'Colour.';

COMMENT ON COLUMN "fleet"."last_seen_at" IS 'When a listing last held it.';

COMMENT ON COLUMN "fleet"."removed_at" IS 'When a listing first lacked it.';

SELECT DISTINCT "run_id" FROM "pg_temp"."axport_staging" AS s;

SELECT "run_id", "serial_number", count(*) FROM "pg_temp"."axport_staging" AS s
GROUP BY "run_id", "serial_number" HAVING count(*) > 1 OR (s."run_id" IS NULL OR s."serial_number" IS NULL) ORDER BY (s."run_id" IS NULL OR s."serial_number" IS NULL) DESC, "run_id", "serial_number" LIMIT 4;

SELECT count(*) FROM (SELECT 1 FROM "fleet" AS t WHERE t."run_id" IN ('run-1') LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO "fleet" ("run_id", "serial_number", "color", "last_seen_at", "removed_at") SELECT "run_id", "serial_number", "color", "last_seen_at", "removed_at" FROM "pg_temp"."axport_staging" AS s WHERE true
ON CONFLICT ("run_id", "serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";


-- The second night: one row of each kind.

SELECT DISTINCT "run_id" FROM "pg_temp"."axport_staging" AS s;

SELECT "run_id", "serial_number", count(*) FROM "pg_temp"."axport_staging" AS s
GROUP BY "run_id", "serial_number" HAVING count(*) > 1 OR (s."run_id" IS NULL OR s."serial_number" IS NULL) ORDER BY (s."run_id" IS NULL OR s."serial_number" IS NULL) DESC, "run_id", "serial_number" LIMIT 4;

SELECT count(*) FROM (SELECT 1 FROM "fleet" AS t WHERE t."run_id" IN ('run-2') LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO "fleet" ("run_id", "serial_number", "color", "last_seen_at", "removed_at") SELECT "run_id", "serial_number", "color", "last_seen_at", "removed_at" FROM "pg_temp"."axport_staging" AS s WHERE true
ON CONFLICT ("run_id", "serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

