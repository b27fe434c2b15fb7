-- Format 1. Personal data stands in `record` alone (safety rule 27). Every other row follows from
-- the records, so that `log verify` can compute it again (rule 29).

-- One row: the number of the last migration.
CREATE TABLE upah.format (
    version bigint NOT NULL
);

-- Small named values: the stamp of live or sandbox, the pepper, the pinned log key.
CREATE TABLE upah.meta (
    key   text COLLATE "C" NOT NULL PRIMARY KEY,
    value text COLLATE "C" NOT NULL
);

CREATE TABLE upah.run (
    no           bigint           NOT NULL PRIMARY KEY, -- 1 to 2147483647, in the order of admission
    id           text COLLATE "C" NOT NULL UNIQUE,
    employer     text COLLATE "C" NOT NULL,
    key          text COLLATE "C" NOT NULL,
    digest       bytea            NOT NULL,
    count        bigint           NOT NULL,
    total        bigint           NOT NULL,             -- rupiah
    created_by   text COLLATE "C" NOT NULL,
    approved_seq bigint,
    cancelled    boolean          NOT NULL,
    version      bigint           NOT NULL,
    head         bytea            NOT NULL,
    UNIQUE (employer, key)
);

CREATE TABLE upah.payment (
    no            bigint  NOT NULL PRIMARY KEY,         -- run.no * 2^32 + n: a run's payments lie together
    state         bigint  NOT NULL,                     -- the codes of columns.rs
    held          boolean NOT NULL,
    amount        bigint  NOT NULL,                     -- rupiah
    instructed_by bigint  NOT NULL,                     -- run.no
    version       bigint  NOT NULL,
    file_row      bigint  NOT NULL,
    excess        bigint  NOT NULL,                     -- rupiah
    key           bytea   NOT NULL UNIQUE,              -- what is owed once, for ever
    head          bytea   NOT NULL
);
CREATE INDEX payment_state ON upah.payment (state, no);
CREATE INDEX payment_awaiting ON upah.payment (instructed_by) WHERE state = 0;

CREATE TABLE upah.attempt (
    reference text COLLATE "C" NOT NULL PRIMARY KEY,
    payment   bigint           NOT NULL,
    number    bigint           NOT NULL
);

CREATE TABLE upah.record (
    seq    bigint NOT NULL PRIMARY KEY,                 -- from 0 without gaps; the index of the leaf
    stream bigint NOT NULL,                             -- payment.no, or -run.no for a run's own events
    leaf   bytea  NOT NULL,                             -- RFC 6962 leaf hash
    salt   bytea,                                       -- NULL when erased
    record text COLLATE "C"                             -- NULL when erased
);
CREATE INDEX record_stream ON upah.record (stream, seq);

-- Roots of complete subtrees of 256^level leaves.
CREATE TABLE upah.node (
    level bigint NOT NULL,
    idx   bigint NOT NULL,
    hash  bytea  NOT NULL,
    PRIMARY KEY (level, idx)
);

CREATE TABLE upah.checkpoint (
    size bigint           NOT NULL PRIMARY KEY,
    text text COLLATE "C" NOT NULL
);

-- By what the same person or account is known again in another file; keyed hashes, component, period.
CREATE TABLE upah.trace (
    key   bytea            NOT NULL,
    value text COLLATE "C" NOT NULL,
    PRIMARY KEY (key, value)
);

-- Where a worker's money last arrived; both are keyed hashes.
CREATE TABLE upah.payee (
    worker      bytea NOT NULL PRIMARY KEY,
    destination bytea NOT NULL
);
