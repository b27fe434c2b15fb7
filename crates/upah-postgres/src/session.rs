//! One connection: how it is made, its settings, its prepared statements, and the task that drives it.
use crate::address::Address;
use crate::fault::{Fault, Result};
use crate::tls;
use core::future::poll_fn;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::error::Severity;
use tokio_postgres::types::ToSql;
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls, Row, Statement};
use upah_core::store::StoreError;

/// What a session is made with: values of PostgreSQL's settings. One that a server does not know is left out.
pub(crate) type Settings = &'static [(&'static str, &'static str)];

/// A plan must not depend on statistics that nobody has gathered yet: minutes after an admission they
/// still say that the tables are empty. Everything here is found by an index.
const PLANS: Settings = &[
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_seqscan", "off"),
    ("jit", "off"),
    ("plan_cache_mode", "force_generic_plan"),
];

/// An admission may wait long between its chunks; a peer that is gone is found by questions instead.
const LIFE: Settings = &[
    ("search_path", "pg_catalog"),
    ("statement_timeout", "0"),
    ("transaction_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("idle_session_timeout", "0"),
    ("tcp_keepalives_idle", "30"),
    ("tcp_keepalives_interval", "10"),
    ("tcp_keepalives_count", "3"),
    ("default_transaction_deferrable", "off"),
];

/// What is particular to the ones that write. Others wait for a transaction that has begun to write, so the server
/// ends one whose process sleeps in its midst; an admission is given longer.
pub(crate) const WRITING: Settings = &[
    ("default_transaction_isolation", "read committed"),
    ("default_transaction_read_only", "off"),
    ("idle_in_transaction_session_timeout", "15s"),
];

/// What is particular to the one that reads: each transaction is one snapshot.
pub(crate) const READING: Settings =
    &[("default_transaction_isolation", "repeatable read"), ("default_transaction_read_only", "on")];

/// One connection.
pub(crate) struct Session {
    pub(crate) client: Client,
    statements: HashMap<&'static str, Statement>,
    warned: Arc<AtomicBool>,
}

impl Session {
    /// Connects and makes the settings. The connection is driven by a task of the present runtime.
    pub(crate) async fn connect(address: &Address, particular: Settings) -> Result<Self> {
        let warned = Arc::new(AtomicBool::new(false));
        let client = match &address.tls {
            None => {
                let (client, connection) = address.config.connect(NoTls).await?;
                tokio::spawn(drive(connection, Arc::clone(&warned)));
                client
            }
            Some(tls) => {
                let connector = tls::connector(tls).map_err(StoreError::Medium)?;
                let (client, connection) = address.config.connect(connector).await?;
                tokio::spawn(drive(connection, Arc::clone(&warned)));
                client
            }
        };
        let session = Self { client, statements: HashMap::new(), warned };
        for settings in [PLANS, LIFE, particular] {
            session.set(settings).await?;
        }
        Ok(session)
    }

    /// Makes settings for the life of the session.
    pub(crate) async fn set(&self, settings: &[(&'static str, &'static str)]) -> Result<()> {
        let (names, values): (Vec<_>, Vec<_>) = settings.iter().copied().unzip();
        self.client
            .query(
                "SELECT set_config(wanted.name, wanted.value, false)
                 FROM unnest($1::text[], $2::text[]) AS wanted (name, value)
                 WHERE wanted.name IN (SELECT known.name FROM pg_catalog.pg_settings AS known)",
                &[&names, &values],
            )
            .await?;
        Ok(())
    }

    /// The statement, prepared once.
    pub(crate) async fn prepare(&mut self, sql: &'static str) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        self.statements.insert(sql, statement.clone());
        Ok(statement)
    }

    /// All rows that a statement answers.
    pub(crate) async fn query(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        let statement = self.prepare(sql).await?;
        Ok(self.client.query(&statement, values).await?)
    }

    /// The first row that a statement answers.
    pub(crate) async fn first(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Option<Row>> {
        Ok(self.query(sql, values).await?.into_iter().next())
    }

    /// The one row that a statement always answers.
    pub(crate) async fn one(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<Row> {
        self.first(sql, values).await?.ok_or_else(|| Fault::damaged("the server left a question without an answer"))
    }

    /// How many rows a statement changed.
    pub(crate) async fn execute(&mut self, sql: &'static str, values: &[&(dyn ToSql + Sync)]) -> Result<u64> {
        let statement = self.prepare(sql).await?;
        Ok(self.client.execute(&statement, values).await?)
    }

    /// Runs statements without values.
    pub(crate) async fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.client.batch_execute(sql).await?)
    }

    /// Whether nothing can be asked any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Forgets warnings of the server.
    pub(crate) fn forget_warnings(&self) {
        self.warned.store(false, Ordering::Release);
    }

    /// Whether the server has warned since.
    pub(crate) fn was_warned(&self) -> bool {
        self.warned.load(Ordering::Acquire)
    }
}

/// Carries what is asked to the server and back until either side is gone. Warnings come before the
/// answer to which they belong, and are noted before it is handed on.
async fn drive<S, T>(mut connection: Connection<S, T>, warned: Arc<AtomicBool>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notice(notice) = message
            && notice.parsed_severity() == Some(Severity::Warning)
        {
            warned.store(true, Ordering::Release);
        }
    }
}
