-- The table "fleet", loaded twice with `postgres: { removed: delete, max_removed: 100% }`.

-- The first night: there is no table.

CREATE TABLE "fleet" (
    "serial_number" text NOT NULL,
    "color" text,
    "last_seen_at" timestamptz,
    "removed_at" timestamptz,
    PRIMARY KEY ("serial_number")
);

COMMENT ON TABLE "fleet" IS 'Devices of a test.';

COMMENT ON COLUMN "fleet"."serial_number" IS 'Serial number.';

COMMENT ON COLUMN "fleet"."color" IS 'Colour.';

COMMENT ON COLUMN "fleet"."last_seen_at" IS 'When a listing last held it.';

COMMENT ON COLUMN "fleet"."removed_at" IS 'When a listing first lacked it.';

SELECT "serial_number", count(*) FROM "pg_temp"."axport_staging" AS s
GROUP BY "serial_number" HAVING count(*) > 1 OR (s."serial_number" IS NULL) ORDER BY (s."serial_number" IS NULL) DESC, "serial_number" LIMIT 4;

SELECT count(*) FROM "fleet" AS t WHERE true;

SELECT count(*) FROM "fleet" AS t WHERE true AND (t."serial_number") IN (SELECT s."serial_number" FROM "pg_temp"."axport_staging" AS s WHERE s."axport removed");

DELETE FROM "pg_temp"."axport_staging" AS s WHERE s."axport removed";

SELECT count(*) FROM (SELECT 1 FROM "fleet" AS t WHERE true LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO "fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM "pg_temp"."axport_staging" AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";


-- The second night: one row of each kind.

SELECT "serial_number", count(*) FROM "pg_temp"."axport_staging" AS s
GROUP BY "serial_number" HAVING count(*) > 1 OR (s."serial_number" IS NULL) ORDER BY (s."serial_number" IS NULL) DESC, "serial_number" LIMIT 4;

SELECT count(*) FROM "fleet" AS t WHERE true;

SELECT count(*) FROM "fleet" AS t WHERE true AND (t."serial_number") IN (SELECT s."serial_number" FROM "pg_temp"."axport_staging" AS s WHERE s."axport removed");

-- behind a savepoint, where the database has them:
DELETE FROM "fleet" AS t WHERE true AND (t."serial_number") IN (SELECT s."serial_number" FROM "pg_temp"."axport_staging" AS s WHERE s."axport removed");

DELETE FROM "pg_temp"."axport_staging" AS s WHERE s."axport removed";

SELECT count(*) FROM (SELECT 1 FROM "fleet" AS t WHERE true LIMIT 1) AS t;

CREATE TEMPORARY TABLE axport_differing ON COMMIT DROP AS
SELECT s.*, t."serial_number" IS NOT NULL AS "axport existing", t."serial_number" IS NOT NULL AND NOT true AS "axport marked"
FROM "pg_temp"."axport_staging" AS s LEFT JOIN "fleet" AS t ON true AND t."serial_number" = s."serial_number"
WHERE (t."serial_number" = s."serial_number" AND t."color" IS NOT DISTINCT FROM s."color" AND t."removed_at" IS NOT DISTINCT FROM s."removed_at") IS NOT TRUE;

SELECT count(*) FILTER (WHERE "axport existing"), count(*) FILTER (WHERE "axport marked") FROM pg_temp.axport_differing;

-- behind a savepoint, where the database has them:
INSERT INTO "fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM pg_temp.axport_differing AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

