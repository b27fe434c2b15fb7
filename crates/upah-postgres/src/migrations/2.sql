-- Format 2. Several processes drive the payments of one store under leases (the contract stands in
-- upah_core::claim). Nothing here is told by events, and nothing in the log follows from it.

-- A drive that neither ended nor was dismissed stays here, lapsed, for whoever takes over what it held.
CREATE TABLE upah.drive (
    id     bigint      NOT NULL PRIMARY KEY,            -- random
    until  timestamptz NOT NULL,                        -- the end of its lease, by this server's clock
    lapsed boolean     NOT NULL                         -- found to have ended; never revived
);

ALTER TABLE upah.payment
    ADD COLUMN fence  bigint NOT NULL DEFAULT 0,        -- of the last claim
    ADD COLUMN drive  bigint,                           -- who holds it, when that drive is in the table
    ADD COLUMN lapsed timestamptz;                      -- when the last lease ended under which it was not given back

-- Room beside each row, so that a claim touches no index.
ALTER TABLE upah.payment SET (fillfactor = 75);
