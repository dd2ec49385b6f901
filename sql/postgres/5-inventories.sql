-- Inventories of workers without a disk (`inventory: { keep_in: … }`), and who may run which organization now.
-- axport creates this itself if it may. Otherwise run it with psql, by the owner of the database, after the other
-- files. Only axport_load may read the copies: they have IMEIs. Generated; regenerate it with `make docs`.

CREATE SCHEMA IF NOT EXISTS axport_inventory;
CREATE TABLE IF NOT EXISTS axport_inventory.lease (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization text NOT NULL UNIQUE,
    holder text NOT NULL,
    token text NOT NULL,
    fence bigint NOT NULL,
    taken_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    served_at timestamptz,
    pipeline text
);
COMMENT ON TABLE axport_inventory.lease IS 'Which process may run an organization, and until when.';
CREATE TABLE IF NOT EXISTS axport_inventory.copy (
    lease integer PRIMARY KEY REFERENCES axport_inventory.lease ON DELETE CASCADE,
    layout integer NOT NULL,
    generation bigint NOT NULL,
    stamp text NOT NULL,
    size bigint NOT NULL,
    piece integer NOT NULL,
    checksum text NOT NULL,
    stored_at timestamptz NOT NULL,
    holder text NOT NULL,
    version text NOT NULL
);
COMMENT ON TABLE axport_inventory.copy IS 'The latest copy of each inventory.';
CREATE TABLE IF NOT EXISTS axport_inventory.piece (
    lease integer NOT NULL REFERENCES axport_inventory.lease ON DELETE CASCADE,
    number integer NOT NULL,
    generation bigint NOT NULL,
    hash bytea NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (lease, number, generation)
);
ALTER TABLE axport_inventory.piece ALTER COLUMN data SET STORAGE EXTERNAL;
COMMENT ON TABLE axport_inventory.piece IS 'The pieces of the copies, compressed. They have IMEIs.';

REVOKE ALL ON SCHEMA axport_inventory FROM PUBLIC;
GRANT USAGE ON SCHEMA axport_inventory TO axport_load;
GRANT SELECT, INSERT, UPDATE, DELETE ON axport_inventory.lease, axport_inventory.copy, axport_inventory.piece
    TO axport_load;
