-- The journal. Times are milliseconds since the Unix epoch, hours are whole hours since then; streams are 0 (good) and
-- 1 (quarantine). All names are in the schema "ingest".
--
-- The lock on a row of partitions guards everything of that partition in every other table. Whoever locks several of
-- them does so in the order of their ids; a row of sources comes before any of them.

-- One row: the journal's own id, 8 of a-z 2-7, part of every key in the lake.
CREATE TABLE ingest.journal (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    id text NOT NULL CHECK (id ~ '^[a-z2-7]{8}$'),
    created_at timestamptz NOT NULL DEFAULT now());

INSERT INTO ingest.journal (id)
SELECT string_agg(substr('abcdefghijklmnopqrstuvwxyz234567', 1 + (get_byte(uuid_send(gen_random_uuid()), 0) & 31), 1), '')
FROM generate_series(1, 8);

CREATE TABLE ingest.sources (
    name text COLLATE "C" PRIMARY KEY,
    partition_count int NOT NULL CHECK (partition_count > 0));

-- Rows are never deleted. Every append rewrites one, so pages keep room for the new version beside the old one.
-- lane is the hash of the name by which batches are shared among shippers.
-- Of each stream: all blocks with a seq above sealed_to are unsealed; blocks, events and bytes count them, oldest is when
-- the first event in them was received, and none of them is in a generation below generation.
CREATE TABLE ingest.partitions (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text COLLATE "C" NOT NULL REFERENCES ingest.sources,
    number int NOT NULL,
    lane bigint NOT NULL,
    partition_count int NOT NULL,
    next_seq bigint NOT NULL DEFAULT 1,
    clock bigint NOT NULL DEFAULT 0,
    forget_ids_below bigint NOT NULL DEFAULT -9223372036854775808,
    pending_batches bigint NOT NULL DEFAULT 0,
    pending_events bigint NOT NULL DEFAULT 0,
    pending_bytes bigint NOT NULL DEFAULT 0,
    good_sealed_to bigint NOT NULL DEFAULT 0,
    good_blocks bigint NOT NULL DEFAULT 0,
    good_events bigint NOT NULL DEFAULT 0,
    good_bytes bigint NOT NULL DEFAULT 0,
    good_oldest bigint NOT NULL DEFAULT 9223372036854775807,
    good_generation int NOT NULL DEFAULT 0,
    quarantine_sealed_to bigint NOT NULL DEFAULT 0,
    quarantine_blocks bigint NOT NULL DEFAULT 0,
    quarantine_events bigint NOT NULL DEFAULT 0,
    quarantine_bytes bigint NOT NULL DEFAULT 0,
    quarantine_oldest bigint NOT NULL DEFAULT 9223372036854775807,
    quarantine_generation int NOT NULL DEFAULT 0,
    UNIQUE (source, number)) WITH (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.2);

-- The tables that bodies and ids go to: blocks_N and ids_N for each row. The open one (closed_at is null) takes what is
-- new; a closed one is dropped as a whole when nothing in it is needed any more.
CREATE TABLE ingest.generations (
    kind text NOT NULL CHECK (kind IN ('blocks', 'ids')),
    id int NOT NULL CHECK (id > 0),
    opened_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz,
    PRIMARY KEY (kind, id));

CREATE UNIQUE INDEX generations_open ON ingest.generations (kind) WHERE closed_at IS NULL;

-- The form of blocks_N; holds nothing itself. piece is 0 for a block; 1 and up for the pieces of a merged body, whose seq is
-- the first of its batch. Bodies are compressed already. crc is CRC-32C over the other columns and the body.
CREATE TABLE ingest.blocks_form (
    partition int NOT NULL,
    piece smallint NOT NULL,
    seq bigint NOT NULL,
    received bigint NOT NULL,
    hour int NOT NULL,
    events int NOT NULL,
    line_bytes int NOT NULL,
    crc int NOT NULL,
    stream smallint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (partition, seq, piece));

ALTER TABLE ingest.blocks_form ALTER COLUMN body SET STORAGE EXTERNAL;

-- The form of ids_N: one row for the ids of an append, 16 bytes each.
CREATE TABLE ingest.ids_form (
    partition int NOT NULL,
    crc int NOT NULL,
    first_seq bigint NOT NULL,
    clock bigint NOT NULL,
    ids bytea NOT NULL,
    PRIMARY KEY (partition, first_seq));

ALTER TABLE ingest.ids_form ALTER COLUMN ids SET STORAGE EXTERNAL;

-- Never vacuumed: rows are not deleted one by one, and the whole goes soon.
CREATE TABLE ingest.blocks_1 (LIKE ingest.blocks_form INCLUDING ALL)
    WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
CREATE TABLE ingest.ids_1 (LIKE ingest.ids_form INCLUDING ALL)
    WITH (autovacuum_enabled = false, toast.autovacuum_enabled = false);
INSERT INTO ingest.generations (kind, id) VALUES ('blocks', 1), ('ids', 1);

-- Sealed batches that the lake has not confirmed. Its blocks, or the pieces of its merged body (pieces > 0), are in
-- generations from first_generation to last_generation.
CREATE TABLE ingest.batches (
    partition int NOT NULL REFERENCES ingest.partitions,
    stream smallint NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint NOT NULL,
    hour int NOT NULL,
    blocks int NOT NULL,
    events int NOT NULL,
    line_bytes bigint NOT NULL,
    body_bytes bigint NOT NULL,
    sealed_at bigint NOT NULL,
    reason smallint NOT NULL,
    received bigint NOT NULL,
    pieces smallint NOT NULL,
    first_generation int NOT NULL,
    last_generation int NOT NULL,
    PRIMARY KEY (partition, stream, from_seq));

CREATE INDEX batches_by_age ON ingest.batches (sealed_at);
CREATE INDEX batches_by_receipt ON ingest.batches (received);
CREATE INDEX batches_by_generation ON ingest.batches (first_generation);

-- Batches that the lake confirmed, for the audit.
CREATE TABLE ingest.shipped (
    partition int NOT NULL REFERENCES ingest.partitions,
    stream smallint NOT NULL,
    from_seq bigint NOT NULL,
    to_seq bigint NOT NULL,
    hour int NOT NULL,
    blocks int NOT NULL,
    events int NOT NULL,
    line_bytes bigint NOT NULL,
    body_bytes bigint NOT NULL,
    sealed_at bigint NOT NULL,
    reason smallint NOT NULL,
    key text NOT NULL,
    length bigint NOT NULL,
    sha256 text NOT NULL,
    shipped_at bigint NOT NULL,
    PRIMARY KEY (partition, stream, from_seq));

CREATE INDEX shipped_by_hour ON ingest.shipped (hour);

CREATE TABLE ingest.ledger (
    partition int NOT NULL REFERENCES ingest.partitions,
    hour int NOT NULL,
    received bigint NOT NULL,
    good bigint NOT NULL,
    quarantined bigint NOT NULL,
    duplicates bigint NOT NULL,
    refused bigint NOT NULL,
    shipped_good bigint NOT NULL,
    shipped_quarantined bigint NOT NULL,
    PRIMARY KEY (partition, hour)) WITH (fillfactor = 60);

CREATE INDEX ledger_by_hour ON ingest.ledger (hour);
