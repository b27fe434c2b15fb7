//! Leases and claims, as `upah_core::claim` wants them.
//!
//! * Leases are renewed over a connection of their own, so that a renewal never waits behind a commit, and each call
//!   is one statement.
//! * A claim is one message to the server, from `BEGIN` to `COMMIT`: a process that is paused in its midst holds no
//!   lock. Claims exclude each other by a lock of the transaction, and pass over rows that a commit has locked.
//! * A lease is found to have ended by whoever claims next. It locks the drive's row, as a renewal does: of the two
//!   one comes first, and the other sees what it did.
use crate::address::Address;
use crate::columns::{natural, plain, to_integer};
use crate::fault::{Fault, Result};
use crate::open;
use crate::session::Session;
use crate::write::Writer;
use core::time::Duration;
use std::collections::HashMap;
use upah_core::claim::{DriveId, Fence, Hold};

/// The lock of claims: "UPAH" and a 3.
const BEGIN: &str = "BEGIN; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock(6147485268854177795);
                     SET LOCAL lock_timeout = '10s';
                     UPDATE upah.drive SET lapsed = true WHERE NOT lapsed AND until <= clock_timestamp()";

const CLAIM: &str = "
    WITH free AS (
        SELECT p.no FROM upah.payment AS p
        WHERE p.no = ANY ($2) AND (p.state = ANY ($3) OR $4)
          AND (p.drive IS NULL OR ($4 AND p.drive = $1)
               OR NOT EXISTS (SELECT 1 FROM upah.drive AS d WHERE d.id = p.drive AND NOT d.lapsed))
          AND EXISTS (SELECT 1 FROM upah.drive AS me WHERE me.id = $1 AND NOT me.lapsed)
        FOR UPDATE OF p SKIP LOCKED)
    UPDATE upah.payment AS p
    SET fence = p.fence + CASE WHEN p.drive = $1 THEN 0 ELSE 1 END,
        lapsed = greatest(p.lapsed, (SELECT d.until FROM upah.drive AS d WHERE d.id = p.drive AND d.id <> $1)),
        drive = $1
    FROM free WHERE p.no = free.no
    RETURNING p.no, p.fence, (extract(epoch FROM clock_timestamp() - p.lapsed) * 1000)::bigint";

const ELSEWHERE: &str = "
    SELECT EXISTS (SELECT 1 FROM upah.payment AS p
                   WHERE p.no = ANY ($2) AND (p.state = ANY ($3) OR $4) AND p.drive IS DISTINCT FROM $1)";

/// How long a drive that has lapsed is remembered: far longer than anything that it signed is good for.
const ENLIST: &str = "
    WITH old AS (DELETE FROM upah.drive WHERE until < clock_timestamp() - interval '30 days')
    INSERT INTO upah.drive (id, until, lapsed)
    VALUES ($1, clock_timestamp() + $2::bigint * interval '1 millisecond', false) ON CONFLICT DO NOTHING";

const RENEW: &str = "
    UPDATE upah.drive SET until = clock_timestamp() + $2::bigint * interval '1 millisecond'
    WHERE id = $1 AND NOT lapsed AND until > clock_timestamp()";

const DISMISS: &str = "DELETE FROM upah.drive WHERE id = $1 AND NOT lapsed AND until > clock_timestamp()";

/// What is asked for: numbers of payments, and the codes of states, or by name.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) drive: DriveId,
    pub(crate) numbers: Vec<i64>,
    pub(crate) states: Vec<i64>,
    pub(crate) by_name: bool,
}

/// Which of them were given, and whether some are in other hands.
pub(crate) type Given = (HashMap<i64, Hold>, bool);

impl Writer {
    /// Claims what is free of what is asked for.
    pub(crate) async fn claim(&mut self, asked: &Asked) -> Result<Given> {
        self.check()?;
        let drive = to_integer(asked.drive.value())?;
        let (claim, elsewhere) = (self.session.prepare(CLAIM).await?, self.session.prepare(ELSEWHERE).await?);
        let client = &self.session.client;
        let values: [&(dyn tokio_postgres::types::ToSql + Sync); 4] =
            [&drive, &asked.numbers, &asked.states, &asked.by_name];
        let (begun, claimed, elsewhere, committed) = tokio::join!(biased;
            client.batch_execute(BEGIN),
            client.query(&claim, &values),
            client.query_one(&elsewhere, &values),
            client.batch_execute("COMMIT"),
        );
        begun?;
        let (claimed, elsewhere) = (claimed?, elsewhere?);
        committed?;
        let mut holds = HashMap::with_capacity(claimed.len());
        for row in &claimed {
            let millis: Option<i64> = plain(row, 2)?;
            let lapsed = millis.map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or(0)));
            holds.insert(plain(row, 0)?, Hold { fence: Some(Fence(natural(row, 1)?)), lapsed });
        }
        Ok((holds, plain(&elsewhere, 0)?))
    }
}

/// The connection that keeps leases alive; made when it is first needed, and again when it was lost.
pub(crate) struct Pulse {
    address: Address,
    session: Option<Session>,
}

impl Pulse {
    pub(crate) const fn new(address: Address) -> Self {
        Self { address, session: None }
    }

    pub(crate) async fn enlist(&mut self, drive: DriveId, lease: Duration) -> Result<()> {
        match self.say(ENLIST, drive, Some(lease)).await? {
            1 => Ok(()),
            _ => Err(Fault::misused("a drive has the name of another one")),
        }
    }

    pub(crate) async fn renew(&mut self, drive: DriveId, lease: Duration) -> Result<bool> {
        Ok(self.say(RENEW, drive, Some(lease)).await? == 1)
    }

    pub(crate) async fn dismiss(&mut self, drive: DriveId) -> Result<()> {
        self.say(DISMISS, drive, None).await.map(drop)
    }

    async fn say(&mut self, sql: &'static str, drive: DriveId, lease: Option<Duration>) -> Result<u64> {
        let mut session = match self.session.take().filter(|session| !session.is_closed()) {
            Some(session) => session,
            None => open::writing_again(&self.address).await?,
        };
        let id = to_integer(drive.value())?;
        let millis = lease.map(|lease| i64::try_from(lease.as_millis()).unwrap_or(i64::MAX));
        let said = match &millis {
            Some(millis) => session.execute(sql, &[&id, millis]).await,
            None => session.execute(sql, &[&id]).await,
        };
        // A connection that was lost is not asked again, even where its end has not been noticed yet.
        if !said.as_ref().is_err_and(Fault::lost_connection) {
            self.session = Some(session);
        }
        said
    }
}
