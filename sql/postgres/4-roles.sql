-- Who may do what. Run it with psql, by the owner of the database, after the other files:
--
--   axport_load   for `axport run`: reads and writes rows; makes no tables, alters none, drops none
--   axport_read   for reports: reads tables and views
--
-- Both are groups without a login. Make the users yourself, with whatever your site logs in by:
--
--   CREATE ROLE axport LOGIN IN ROLE axport_load;
--   \password axport
--
-- `migrate: true` and `history: true` need more: a role that owns the tables, or a DBA who runs the printed ALTER once.

SELECT 'CREATE ROLE axport_load NOLOGIN' WHERE to_regrole('axport_load') IS NULL \gexec
SELECT 'CREATE ROLE axport_read NOLOGIN' WHERE to_regrole('axport_read') IS NULL \gexec

REVOKE ALL ON SCHEMA "axport" FROM PUBLIC;

-- TEMPORARY: new rows wait in a temporary table until they are merged.
GRANT CONNECT, TEMPORARY ON DATABASE :"DBNAME" TO axport_load;
GRANT USAGE ON SCHEMA "axport" TO axport_load;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON "axport"."devices", "axport"."coverage", "axport"."servers", "axport"."changes", "axport"."rejects", "axport"."runs"
    TO axport_load;

GRANT CONNECT ON DATABASE :"DBNAME" TO axport_read;
GRANT USAGE ON SCHEMA "axport" TO axport_read;
GRANT SELECT ON ALL TABLES IN SCHEMA "axport" TO axport_read;

-- Tables and views that the same owner makes later.
ALTER DEFAULT PRIVILEGES IN SCHEMA "axport" GRANT SELECT ON TABLES TO axport_read;
