//! The SQL of a round of changes: arrays in, and out what was not refused.
use crate::fault::Result;
use crate::session::Session;
use tokio_postgres::Statement;

/// The statements of a round, prepared once for each session.
pub(crate) struct Statements {
    /// New payments; answers the numbers of those that came in.
    pub(crate) insert: Statement,
    /// Known payments; answers the numbers of those whose version, fence and obligation were as expected.
    pub(crate) update: Statement,
    /// Events.
    pub(crate) record: Statement,
    /// Events, copied.
    pub(crate) copy: Statement,
    /// Completed nodes of the tree.
    pub(crate) node: Statement,
    /// New references; answers those that came in.
    pub(crate) attempt: Statement,
    /// Traces.
    pub(crate) trace: Statement,
    /// Where workers were paid last.
    pub(crate) payee: Statement,
}

impl Statements {
    /// Those that this session has, or has now.
    pub(crate) async fn prepare(session: &mut Session) -> Result<Self> {
        Ok(Self {
            insert: session.prepare(INSERT).await?,
            update: session.prepare(UPDATE).await?,
            record: session.prepare(RECORD).await?,
            copy: session.prepare(COPY).await?,
            node: session.prepare(NODE).await?,
            attempt: session.prepare(ATTEMPT).await?,
            trace: session.prepare(TRACE).await?,
            payee: session.prepare(PAYEE).await?,
        })
    }
}

// The order of the arrays decides which of two rows with one obligation comes in.
const INSERT: &str = "
    INSERT INTO upah.payment (no, state, held, amount, instructed_by, version, file_row, excess, key, head)
    SELECT no, state, held, amount, instructed_by, version, file_row, excess, key, head
    FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[], $9::bytea[], $10::bytea[]) WITH ORDINALITY
         AS new (no, state, held, amount, instructed_by, version, file_row, excess, key, head, place)
    ORDER BY place
    ON CONFLICT DO NOTHING RETURNING no";

// The states in which a payment stays in its drive's hands are the open ones.
const UPDATE: &str = "
    UPDATE upah.payment AS old
    SET state = new.state, held = new.held, amount = new.amount, instructed_by = new.instructed_by,
        version = new.version, file_row = new.file_row, excess = new.excess, head = new.head,
        drive = CASE WHEN new.state IN (1, 2, 3, 4, 6) THEN old.drive END
    FROM unnest($1::bigint[], $2::bigint[], $3::boolean[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
                $8::bigint[], $9::bytea[], $10::bytea[], $11::bigint[], $12::bigint[])
         AS new (no, state, held, amount, instructed_by, version, file_row, excess, key, head, expected, fence)
    WHERE old.no = new.no AND old.version = new.expected AND old.key = new.key
      AND (new.fence < 0 OR old.fence = new.fence)
    RETURNING old.no";

const RECORD: &str = "
    INSERT INTO upah.record (seq, stream, leaf, salt, record)
    SELECT seq, stream, leaf, salt, record
    FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::text[])
         AS new (seq, stream, leaf, salt, record)";

const COPY: &str = "COPY upah.record (seq, stream, leaf, salt, record) FROM STDIN (FORMAT binary)";

const NODE: &str = "
    INSERT INTO upah.node (level, idx, hash)
    SELECT level, idx, hash FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS new (level, idx, hash)";

const ATTEMPT: &str = "
    INSERT INTO upah.attempt (reference, payment, number)
    SELECT reference, payment, number
    FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS new (reference, payment, number)
    ON CONFLICT DO NOTHING RETURNING reference";

const TRACE: &str = "
    INSERT INTO upah.trace (key, value)
    SELECT key, value FROM unnest($1::bytea[], $2::text[]) AS new (key, value) ON CONFLICT DO NOTHING";

const PAYEE: &str = "
    INSERT INTO upah.payee (worker, destination)
    SELECT worker, destination FROM unnest($1::bytea[], $2::bytea[]) AS new (worker, destination)
    ON CONFLICT (worker) DO UPDATE SET destination = excluded.destination
        WHERE payee.destination <> excluded.destination";
