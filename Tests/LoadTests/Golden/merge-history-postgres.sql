-- The table "fleet", loaded twice with `postgres: { removed: mark, history: true, max_removed: 100% }`.

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

SELECT count(*) FROM (SELECT 1 FROM "fleet" AS t WHERE true LIMIT 1) AS t;

-- no row seems to be there; PostgreSQL tries a plain INSERT of the same rows first:
INSERT INTO "fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM "pg_temp"."axport_staging" AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

-- the catalog is asked for table fleet_history
CREATE TABLE "fleet_history" (
    "serial_number" text NOT NULL,
    "color" text,
    "last_seen_at" timestamptz,
    "removed_at" timestamptz,
    "valid_from" timestamptz NOT NULL,
    "valid_to" timestamptz,
    PRIMARY KEY ("serial_number", "valid_from"),
    CHECK ("valid_to" > "valid_from")
);

COMMENT ON TABLE "fleet_history" IS 'Every version of the rows of fleet: the current one has no valid_to.';

COMMENT ON COLUMN "fleet_history"."serial_number" IS 'Serial number.';

COMMENT ON COLUMN "fleet_history"."color" IS 'Colour.';

COMMENT ON COLUMN "fleet_history"."last_seen_at" IS 'When a listing last held it.';

COMMENT ON COLUMN "fleet_history"."removed_at" IS 'When a listing first lacked it.';

COMMENT ON COLUMN "fleet_history"."valid_from" IS 'When the run began that brought this version.';

COMMENT ON COLUMN "fleet_history"."valid_to" IS 'When the run began that changed or retired it.';

CREATE UNIQUE INDEX "fleet_history_current" ON "fleet_history"
("serial_number") WHERE "valid_to" IS NULL;

SELECT max(moment), CASE WHEN max(moment) > '2100-01-01T00:00:00.000Z' THEN max(moment) + interval '1 millisecond' END,
  CASE WHEN max(moment) > '2100-01-01T00:00:00.000Z' THEN 1 END
FROM (SELECT "valid_from" AS moment FROM "fleet_history" WHERE true UNION ALL SELECT "valid_to" AS moment FROM "fleet_history" WHERE true) AS moments
WHERE moment >= '2100-01-01T00:00:00.000Z';

UPDATE "fleet_history" AS h SET "valid_to" = '2100-01-01T00:00:00.000Z' WHERE h."valid_to" IS NULL AND true AND NOT EXISTS (SELECT 1 FROM "fleet" AS t WHERE t."removed_at" IS NULL AND t."serial_number" = h."serial_number" AND t."color" IS NOT DISTINCT FROM h."color" AND t."removed_at" IS NOT DISTINCT FROM h."removed_at");

INSERT INTO "fleet_history" ("serial_number", "color", "last_seen_at", "removed_at", "valid_from")
SELECT "serial_number", "color", "last_seen_at", "removed_at", '2100-01-01T00:00:00.000Z' FROM "fleet" AS t WHERE true AND t."removed_at" IS NULL AND NOT EXISTS (SELECT 1 FROM "fleet_history" AS h WHERE h."valid_to" IS NULL AND t."serial_number" = h."serial_number");

SELECT count(*) FROM "fleet" AS t WHERE true AND t."removed_at" IS NULL;

SELECT count(*) FROM "fleet_history" AS h WHERE true AND h."valid_to" IS NULL;


-- The second night: one row of each kind.

SELECT "serial_number", count(*) FROM "pg_temp"."axport_staging" AS s
GROUP BY "serial_number" HAVING count(*) > 1 OR (s."serial_number" IS NULL) ORDER BY (s."serial_number" IS NULL) DESC, "serial_number" LIMIT 4;

SELECT count(*) FROM (SELECT 1 FROM "fleet" AS t WHERE true LIMIT 1) AS t;

CREATE TEMPORARY TABLE axport_differing ON COMMIT DROP AS
SELECT s.*, t."serial_number" IS NOT NULL AS "axport existing", t."serial_number" IS NOT NULL AND t."removed_at" IS NULL AND s."axport removed" AND s."removed_at" IS NOT NULL AS "axport marked"
FROM "pg_temp"."axport_staging" AS s LEFT JOIN "fleet" AS t ON true AND t."serial_number" = s."serial_number"
WHERE (t."serial_number" = s."serial_number" AND t."color" IS NOT DISTINCT FROM s."color" AND t."removed_at" IS NOT DISTINCT FROM s."removed_at") IS NOT TRUE;

SELECT count(*) FILTER (WHERE "axport existing"), count(*) FILTER (WHERE "axport marked") FROM pg_temp.axport_differing;

-- behind a savepoint, where the database has them:
INSERT INTO "fleet" ("serial_number", "color", "last_seen_at", "removed_at") SELECT "serial_number", "color", "last_seen_at", "removed_at" FROM pg_temp.axport_differing AS s WHERE true
ON CONFLICT ("serial_number") DO UPDATE SET "color" = excluded."color", "last_seen_at" = excluded."last_seen_at", "removed_at" = excluded."removed_at";

-- the catalog is asked for table public.fleet_history
SELECT max(moment), CASE WHEN max(moment) > '2100-01-02T00:00:00.000Z' THEN max(moment) + interval '1 millisecond' END,
  CASE WHEN max(moment) > '2100-01-02T00:00:00.000Z' THEN 1 END
FROM (SELECT "valid_from" AS moment FROM "public"."fleet_history" WHERE true UNION ALL SELECT "valid_to" AS moment FROM "public"."fleet_history" WHERE true) AS moments
WHERE moment >= '2100-01-02T00:00:00.000Z';

UPDATE "public"."fleet_history" AS h SET "valid_to" = '2100-01-02T00:00:00.000Z' WHERE h."valid_to" IS NULL AND true AND NOT EXISTS (SELECT 1 FROM "public"."fleet" AS t WHERE t."removed_at" IS NULL AND t."serial_number" = h."serial_number" AND t."color" IS NOT DISTINCT FROM h."color" AND t."removed_at" IS NOT DISTINCT FROM h."removed_at");

INSERT INTO "public"."fleet_history" ("serial_number", "color", "last_seen_at", "removed_at", "valid_from")
SELECT "serial_number", "color", "last_seen_at", "removed_at", '2100-01-02T00:00:00.000Z' FROM "public"."fleet" AS t WHERE true AND t."removed_at" IS NULL AND NOT EXISTS (SELECT 1 FROM "public"."fleet_history" AS h WHERE h."valid_to" IS NULL AND t."serial_number" = h."serial_number");

SELECT count(*) FROM "public"."fleet" AS t WHERE true AND t."removed_at" IS NULL;

SELECT count(*) FROM "public"."fleet_history" AS h WHERE true AND h."valid_to" IS NULL;

