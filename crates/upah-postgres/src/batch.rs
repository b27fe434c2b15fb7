//! Changes of payments as arrays: one statement for each table, however many payments change, and all
//! of them sent before the first answer is waited for.
//!
//! What is refused is named as if the changes had been written one after the other: a batch holds the
//! changes up to the first that the ones before it rule out, and of what the server then refuses, the
//! first in order counts.
use crate::columns::{RunNo, plain, state_code, to_integer};
use crate::fault::{Fault, Result};
use crate::session::Session;
use crate::statements::Statements;
use crate::write::{conflict, fits, push};
use core::pin::pin;
use std::collections::{HashMap, HashSet};
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};
use upah_core::claim::Fence;
use upah_core::event::SealedRecord;
use upah_core::store::{PaymentChange, PaymentRow, StoreError};
use upah_tlog::{CoarseNode, Frontier};

/// A payment's row as it is after all its changes in the batch.
struct Slot<'a> {
    /// Which change of the batch came first.
    at: usize,
    no: i64,
    expected: i64,
    fence: Option<Fence>,
    instructed_by: i64,
    row: &'a PaymentRow,
}

/// A new event.
struct Leaf<'a> {
    seq: i64,
    stream: i64,
    hash: [u8; 32],
    sealed: &'a SealedRecord,
}

/// A reference that is used for the first time.
struct Used<'a> {
    at: usize,
    reference: &'a upah_core::reference::Reference,
    payment: i64,
    number: i64,
}

/// From how many events on copying is worth its own round trip.
const COPY_MIN: usize = 256;

/// What one round of statements writes.
#[derive(Default)]
pub(crate) struct Batch<'a> {
    added: usize,
    slots: Vec<Slot<'a>>,
    slot_of: HashMap<i64, usize>,
    keys: HashSet<[u8; 32]>,
    leaves: Vec<Leaf<'a>>,
    nodes: Vec<CoarseNode>,
    used: Vec<Used<'a>>,
    references: HashSet<&'a str>,
    traces: Vec<(&'a [u8], &'a str)>,
    payees: HashMap<&'a [u8], &'a [u8]>,
    /// What rules out the change after the last one.
    ruled_out: Option<Fault>,
}

impl<'a> Batch<'a> {
    /// At most so many changes in one round, so that a message and the memory for it stay small.
    pub(crate) const CHANGES_MAX: usize = 1_000;

    /// Adds a change. False when the ones before it rule it out: `write` then says why, unless one of
    /// those fails first.
    pub(crate) fn add(
        &mut self,
        change: &'a PaymentChange,
        no: i64,
        instructed_by: RunNo,
        frontier: &mut Frontier,
    ) -> Result<bool> {
        let fitting = fits(change.expected_version, change.records.len(), change.row.version);
        if let Err(fault) = fitting.and_then(|()| self.slot(change, no, instructed_by)) {
            self.ruled_out = Some(fault);
            return Ok(false);
        }
        for record in &change.records {
            self.record(no, record, frontier)?;
        }
        for (reference, number) in &change.new_references {
            if !self.references.insert(reference.as_str()) {
                self.ruled_out = Some(StoreError::ReferenceTaken(reference.clone()).into());
                return Ok(false);
            }
            self.used.push(Used { at: self.added, reference, payment: no, number: i64::from(*number) });
        }
        self.traces.extend(change.traces.iter().map(|trace| (&trace.key[..], trace.value.as_str())));
        if let Some(settled) = &change.settled_to {
            self.payees.insert(&settled.worker, &settled.destination);
        }
        self.added += 1;
        Ok(true)
    }

    /// Adds an event alone, and returns its sequence number.
    pub(crate) fn record(&mut self, stream: i64, sealed: &'a SealedRecord, frontier: &mut Frontier) -> Result<u64> {
        let (seq, hash) = push(frontier, sealed, &mut self.nodes);
        self.leaves.push(Leaf { seq: to_integer(seq)?, stream, hash, sealed });
        Ok(seq)
    }

    /// Places the row, after what the batch already holds of this payment and its obligation.
    fn slot(&mut self, change: &'a PaymentChange, no: i64, instructed_by: RunNo) -> Result<()> {
        let row = &change.row;
        if let Some(slot) = self.slot_of.get(&no).and_then(|index| self.slots.get_mut(*index)) {
            let fenced = slot.fence.zip(change.fence).is_none_or(|(earlier, later)| earlier == later);
            let follows = change.expected_version > 0 && slot.row.version == change.expected_version;
            if !fenced || !follows || slot.row.key != row.key {
                return Err(conflict(&row.id));
            }
            (slot.row, slot.instructed_by, slot.fence) = (row, instructed_by.0, slot.fence.or(change.fence));
            return Ok(());
        }
        if change.expected_version == 0 && !self.keys.insert(row.key.0) {
            return Err(StoreError::ObligationTaken { row: row.row }.into());
        }
        let expected = i64::from(change.expected_version);
        self.slot_of.insert(no, self.slots.len());
        let fence = change.fence;
        self.slots.push(Slot { at: self.added, no, expected, fence, instructed_by: instructed_by.0, row });
        Ok(())
    }

    /// Sends all statements, then looks what was refused.
    pub(crate) async fn write(self, session: &mut Session) -> Result<()> {
        let (new, known): (Vec<&Slot<'_>>, Vec<&Slot<'_>>) = self.slots.iter().partition(|slot| slot.expected == 0);
        let (inserts, updates) = (Columns::of(&new)?, Columns::of(&known)?);
        let statements = Statements::prepare(session).await?;
        let client = &session.client;
        let copied = self.leaves.len() >= COPY_MIN;
        // In this order on the wire, each sent without waiting for the one before.
        let (inserted, updated, recorded, completed, attempted, traced, paid) = tokio::join!(biased;
            inserts.send(client, &statements.insert, false),
            updates.send(client, &statements.update, true),
            async { if copied { Ok(()) } else { self.send_leaves(client, &statements.record).await } },
            self.send_nodes(client, &statements.node),
            self.send_references(client, &statements.attempt),
            self.send_traces(client, &statements.trace),
            self.send_payees(client, &statements.payee),
        );
        // After the first that fails the server answers nothing but that the transaction is aborted.
        let (inserted, updated) = (inserted?, updated?);
        recorded?;
        completed?;
        let attempted = attempted?;
        traced?;
        paid?;
        if copied {
            self.copy_leaves(client, &statements.copy).await?;
        }
        let refused = [
            refused_insert(session, &new, &inserted).await?,
            refused_update(&known, &updated)?,
            refused_reference(&self.used, &attempted)?,
        ];
        let first = refused.into_iter().flatten().min_by_key(|(place, _)| *place);
        match (first, self.ruled_out) {
            (Some((_, fault)), _) | (None, Some(fault)) => Err(fault),
            (None, None) => Ok(()),
        }
    }

    async fn send_leaves(&self, client: &Client, statement: &Statement) -> Result<()> {
        let leaves = || self.leaves.iter();
        send(
            client,
            statement,
            self.leaves.len(),
            &[
                &leaves().map(|leaf| leaf.seq).collect::<Vec<_>>(),
                &leaves().map(|leaf| leaf.stream).collect::<Vec<_>>(),
                &leaves().map(|leaf| &leaf.hash[..]).collect::<Vec<_>>(),
                &leaves().map(|leaf| &leaf.sealed.salt.0[..]).collect::<Vec<_>>(),
                &leaves().map(|leaf| leaf.sealed.record.as_str()).collect::<Vec<_>>(),
            ],
        )
        .await
        .map(drop)
    }

    /// The same for many, at half the server's cost.
    async fn copy_leaves(&self, client: &Client, statement: &Statement) -> Result<()> {
        let types = [Type::INT8, Type::INT8, Type::BYTEA, Type::BYTEA, Type::TEXT];
        let mut copy = pin!(BinaryCopyInWriter::new(client.copy_in(statement).await?, &types));
        for leaf in &self.leaves {
            let (hash, salt) = (&leaf.hash[..], &leaf.sealed.salt.0[..]);
            copy.as_mut().write(&[&leaf.seq, &leaf.stream, &hash, &salt, &leaf.sealed.record.as_str()]).await?;
        }
        copy.finish().await?;
        Ok(())
    }

    async fn send_nodes(&self, client: &Client, statement: &Statement) -> Result<()> {
        let indices = self.nodes.iter().map(|node| to_integer(node.index)).collect::<Result<Vec<_>>>()?;
        send(
            client,
            statement,
            self.nodes.len(),
            &[
                &self.nodes.iter().map(|node| i64::from(node.level)).collect::<Vec<_>>(),
                &indices,
                &self.nodes.iter().map(|node| &node.hash.0[..]).collect::<Vec<_>>(),
            ],
        )
        .await
        .map(drop)
    }

    async fn send_references(&self, client: &Client, statement: &Statement) -> Result<Vec<Row>> {
        send(
            client,
            statement,
            self.used.len(),
            &[
                &self.used.iter().map(|used| used.reference.as_str()).collect::<Vec<_>>(),
                &self.used.iter().map(|used| used.payment).collect::<Vec<_>>(),
                &self.used.iter().map(|used| used.number).collect::<Vec<_>>(),
            ],
        )
        .await
    }

    async fn send_traces(&self, client: &Client, statement: &Statement) -> Result<()> {
        let (keys, values): (Vec<_>, Vec<_>) = self.traces.iter().copied().unzip();
        send(client, statement, keys.len(), &[&keys, &values]).await.map(drop)
    }

    async fn send_payees(&self, client: &Client, statement: &Statement) -> Result<()> {
        let (workers, destinations): (Vec<_>, Vec<_>) = self.payees.iter().map(|(a, b)| (*a, *b)).unzip();
        send(client, statement, workers.len(), &[&workers, &destinations]).await.map(drop)
    }
}

/// The rows of payments, column by column.
struct Columns<'a> {
    no: Vec<i64>,
    state: Vec<i64>,
    held: Vec<bool>,
    amount: Vec<i64>,
    instructed_by: Vec<i64>,
    version: Vec<i64>,
    file_row: Vec<i64>,
    excess: Vec<i64>,
    key: Vec<&'a [u8]>,
    head: Vec<&'a [u8]>,
    expected: Vec<i64>,
    /// -1 where none is named.
    fence: Vec<i64>,
}

impl<'a> Columns<'a> {
    fn of(slots: &[&Slot<'a>]) -> Result<Self> {
        let numbers =
            |of: fn(&PaymentRow) -> u64| slots.iter().map(|slot| to_integer(of(slot.row))).collect::<Result<Vec<_>>>();
        let rows = || slots.iter().map(|slot| slot.row);
        Ok(Self {
            no: slots.iter().map(|slot| slot.no).collect(),
            state: rows().map(|row| state_code(row.state)).collect(),
            held: rows().map(|row| row.held).collect(),
            amount: numbers(|row| row.amount.value())?,
            instructed_by: slots.iter().map(|slot| slot.instructed_by).collect(),
            version: rows().map(|row| i64::from(row.version)).collect(),
            file_row: numbers(|row| row.row)?,
            excess: numbers(|row| row.excess.value())?,
            key: rows().map(|row| &row.key.0[..]).collect(),
            head: rows().map(|row| &row.head.0[..]).collect(),
            expected: slots.iter().map(|slot| slot.expected).collect(),
            fence: slots
                .iter()
                .map(|slot| slot.fence.map_or(Ok(-1), |fence| to_integer(fence.0)))
                .collect::<Result<_>>()?,
        })
    }

    async fn send(&self, client: &Client, statement: &Statement, expects: bool) -> Result<Vec<Row>> {
        let values: [&(dyn ToSql + Sync); 12] = [
            &self.no,
            &self.state,
            &self.held,
            &self.amount,
            &self.instructed_by,
            &self.version,
            &self.file_row,
            &self.excess,
            &self.key,
            &self.head,
            &self.expected,
            &self.fence,
        ];
        let used = if expects { &values[..] } else { &values[..10] };
        send(client, statement, self.no.len(), used).await
    }
}

/// Sends a statement, unless it would write nothing.
async fn send(client: &Client, statement: &Statement, rows: usize, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
    if rows == 0 { Ok(Vec::new()) } else { Ok(client.query(statement, values).await?) }
}

/// Where in the batch something was refused: the change, and the table within it.
type Place = (usize, u8);

async fn refused_insert(session: &mut Session, new: &[&Slot<'_>], inserted: &[Row]) -> Result<Option<(Place, Fault)>> {
    if inserted.len() == new.len() {
        return Ok(None);
    }
    let inserted = numbers(inserted)?;
    let missing: Vec<i64> = new.iter().map(|slot| slot.no).filter(|no| !inserted.contains(no)).collect();
    let taken = numbers(&session.query("SELECT no FROM upah.payment WHERE no = ANY ($1)", &[&missing]).await?)?;
    Ok(new.iter().find(|slot| !inserted.contains(&slot.no)).map(|slot| {
        let fault = if taken.contains(&slot.no) {
            conflict(&slot.row.id)
        } else {
            StoreError::ObligationTaken { row: slot.row.row }.into()
        };
        ((slot.at, 0), fault)
    }))
}

/// The obligation of a payment never changes: a row with another key counts as somebody else's.
fn refused_update(known: &[&Slot<'_>], updated: &[Row]) -> Result<Option<(Place, Fault)>> {
    let updated = numbers(updated)?;
    let refused = known.iter().find(|slot| !updated.contains(&slot.no));
    Ok(refused.map(|slot| ((slot.at, 0), conflict(&slot.row.id))))
}

fn refused_reference(used: &[Used<'_>], attempted: &[Row]) -> Result<Option<(Place, Fault)>> {
    let new = attempted.iter().map(|row| plain(row, 0)).collect::<Result<HashSet<&str>>>()?;
    let refused = used.iter().find(|used| !new.contains(used.reference.as_str()));
    Ok(refused.map(|used| ((used.at, 1), StoreError::ReferenceTaken(used.reference.clone()).into())))
}

fn numbers(rows: &[Row]) -> Result<HashSet<i64>> {
    rows.iter().map(|row| plain(row, 0)).collect()
}
