-- Format 1. Personal data stands in `record` alone (safety rule 27). Every other row follows from
-- the records, so that `log verify` can compute it again (rule 29).

-- Small named values: the stamp of live or sandbox, the pepper, the pinned log key, how much is filed.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    no           INTEGER PRIMARY KEY,      -- 1 to 2147483647, in the order of admission
    id           TEXT    NOT NULL UNIQUE,
    employer     TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    digest       BLOB    NOT NULL,
    count        INTEGER NOT NULL,
    total        INTEGER NOT NULL,         -- rupiah
    created_by   TEXT    NOT NULL,
    approved_seq INTEGER,
    cancelled    INTEGER NOT NULL,         -- 0 or 1
    version      INTEGER NOT NULL,
    head         BLOB    NOT NULL,
    last         INTEGER NOT NULL,         -- record.seq of its newest own event
    UNIQUE (employer, key)
) STRICT;

CREATE TABLE payment (
    no            INTEGER PRIMARY KEY,     -- run.no * 2^32 + n: a run's payments lie together
    state         INTEGER NOT NULL,        -- the codes of columns.rs
    held          INTEGER NOT NULL,        -- 0 or 1
    amount        INTEGER NOT NULL,        -- rupiah
    instructed_by INTEGER NOT NULL,        -- run.no
    version       INTEGER NOT NULL,
    row           INTEGER NOT NULL,        -- of the file
    excess        INTEGER NOT NULL,        -- rupiah
    key           BLOB    NOT NULL UNIQUE, -- what is owed once, for ever
    head          BLOB    NOT NULL,
    last          INTEGER NOT NULL         -- record.seq of its newest event
) STRICT;
-- Settled payments (5) are most of a store: whoever wants them reads them all.
CREATE INDEX payment_unsettled ON payment (state) WHERE state <> 5;
CREATE INDEX payment_awaiting ON payment (instructed_by) WHERE state = 0;

CREATE TABLE attempt (
    no        INTEGER PRIMARY KEY,         -- from 1 without gaps, in the order of commits
    payment   INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    reference TEXT    NOT NULL
) STRICT;

-- The references of all attempts up to meta.filed.
CREATE TABLE reference (
    reference TEXT    NOT NULL PRIMARY KEY,
    attempt   INTEGER NOT NULL             -- attempt.no
) STRICT, WITHOUT ROWID;

-- A stream is read from its newest event backwards, which needs no index beside the log.
-- `leaf` stands before `record`, so that reading hashes never walks through a long record.
CREATE TABLE record (
    seq    INTEGER PRIMARY KEY,            -- from 0 without gaps; the index of the leaf
    stream INTEGER NOT NULL,               -- payment.no, or -run.no for a run's own events
    prev   INTEGER,                        -- seq of the event before it in its stream
    leaf   BLOB    NOT NULL,               -- RFC 6962 leaf hash
    salt   BLOB,                           -- NULL when erased
    record TEXT                            -- NULL when erased
) STRICT;

-- Roots of complete subtrees of 256^level leaves.
CREATE TABLE node (
    level INTEGER NOT NULL,
    idx   INTEGER NOT NULL,
    hash  BLOB    NOT NULL,
    PRIMARY KEY (level, idx)
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoint (
    size INTEGER PRIMARY KEY,
    text TEXT NOT NULL
) STRICT;

-- By what the same person or account is known again in another file; keyed hashes, component, period.
CREATE TABLE trace (
    key   BLOB NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (key, value)
) STRICT, WITHOUT ROWID;

-- Where a worker's money last arrived; both are keyed hashes.
CREATE TABLE payee (
    worker      BLOB NOT NULL PRIMARY KEY,
    destination BLOB NOT NULL
) STRICT, WITHOUT ROWID;
