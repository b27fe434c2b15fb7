//! A run of wages of one employer: draft → sealed → approved, as types.
//!
//! A sealed run has a digest and cannot be edited; an unapproved one cannot be sent. Rows stream
//! through a [`Draft`], which keeps a few hashes of each and never the rows themselves, so that a
//! million rows cost a million times some hashes, whatever stands in them.
use crate::cause::Cause;
use crate::event::ApprovalProof;
use crate::ids::{ActorName, EmployerId, read_text};
use crate::money::Rupiah;
use crate::obligation::{Obligation, ObligationKey, Pepper};
use crate::period::Period;
use crate::row::PayRow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use data_encoding::{BASE32_NOPAD, HEXLOWER};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// The random name of a run; 10 lower-case base32 characters, 50 bits.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RunId(String);

impl<'de> Deserialize<'de> for RunId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        read_text(d, str::parse)
    }
}

impl RunId {
    /// From random bytes.
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let mut text = BASE32_NOPAD.encode(&bytes).to_ascii_lowercase();
        text.truncate(10);
        Self(text)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where an obligation stands among those of this run. The numbers of its payments and the indices of their leaves
    /// follow it, so that a number in the public log says nothing about a worker: without the pepper it cannot be told
    /// from a random one, and her place in one run has nothing to do with her place in another (safety rule 26).
    /// For one run it is always the same.
    pub fn place_of(&self, key: &ObligationKey, pepper: &Pepper) -> Place {
        Place(pepper.hash("place", &[self.0.as_bytes(), &key.0]))
    }
}

/// A place in a run, see [`RunId::place_of`]. Places are spread evenly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place([u8; 32]);

impl Place {
    /// In which of so many equal parts of the order it stands, from 0. Whoever cannot hold a whole run goes
    /// through it part by part.
    pub fn part(&self, of: u64) -> u64 {
        let first = self.0.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        u64::try_from((u128::from(first) * u128::from(of)) >> 64).unwrap_or(u64::MAX)
    }
}

/// A text that names no run or payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnId {
    /// Not a run.
    #[error("a run is named by 10 letters and digits, such as k7m2qx4dnp")]
    Run,
    /// Not a payment.
    #[error("a payment is named by its run and a number, such as k7m2qx4dnp-17")]
    Payment,
}

impl FromStr for RunId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let fits = text.len() == 10 && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7'));
        if fits { Ok(Self(text.into())) } else { Err(NotAnId::Run) }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One payment of a run. Its number follows [`RunId::place_of`], not the file and not the worker.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaymentId {
    /// The run that created it.
    pub run: RunId,
    /// From 1.
    pub n: u32,
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.run, self.n)
    }
}

impl fmt::Debug for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for PaymentId {
    type Err = NotAnId;
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (run, n) = text.split_once('-').ok_or(NotAnId::Payment)?;
        let run = run.parse().map_err(|_| NotAnId::Payment)?;
        // One spelling alone: no plus sign, no leading zero.
        let one_spelling = n == "0" || n.starts_with(|c| matches!(c, '1'..='9'));
        match n.parse() {
            Ok(n) if one_spelling => Ok(Self { run, n }),
            _ => Err(NotAnId::Payment),
        }
    }
}

impl Serialize for PaymentId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PaymentId {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        read_text(d, str::parse)
    }
}

/// SHA-256: over the canonical rows of a run, whatever their order, or over the bytes of a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// SHA-256 over these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = data_encoding::DecodeError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = HEXLOWER.decode(text.as_bytes())?;
        let whole = bytes
            .try_into()
            .map_err(|_| data_encoding::DecodeError { position: 0, kind: data_encoding::DecodeKind::Length })?;
        Ok(Self(whole))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(|_| serde::de::Error::custom("not a digest"))
    }
}

/// The first 16 bytes of SHA-256 over length-prefixed parts: enough to tell a million rows apart.
fn short_hash(parts: &[&str]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut short = [0u8; 16];
    short.copy_from_slice(&digest[..16]);
    short
}

/// A run that still takes rows.
#[derive(Debug)]
pub struct Draft {
    rows: RowDigests,
    total: Rupiah,
    workers: Vec<([u8; 16], [u8; 8], u32)>,
    destinations: Vec<([u8; 16], [u8; 8], u32)>,
    twins: Vec<([u8; 16], [u8; 8], u32)>,
    spans: Vec<([u8; 16], Period, u32)>,
}

/// Two rows of one file that cannot both be paid as they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// The same obligation twice.
    #[error(
        "rows {first} and {row} pay the same worker the same component of the same period; if both are owed, give one of them another component"
    )]
    DuplicateObligation {
        /// The earlier row.
        first: u64,
        /// The later row.
        row: u64,
    },
    /// Worker ids that differ only by case, leading zeros or spaces.
    #[error(
        "the worker ids of rows {first} and {row} differ only by capital letters, leading zeros or spaces; write one of them, or make them clearly different"
    )]
    WorkerIdsCollide {
        /// The earlier row.
        first: u64,
        /// The later row.
        row: u64,
    },
    /// The sum is beyond what one run can hold.
    #[error("with row {row} the total of the run is more than Rp9.999.999.999.999")]
    TotalTooLarge {
        /// The row that goes beyond.
        row: u64,
    },
}

impl DraftError {
    /// The row to name first.
    pub const fn row(self) -> u64 {
        match self {
            Self::DuplicateObligation { row, .. }
            | Self::WorkerIdsCollide { row, .. }
            | Self::TotalTooLarge { row } => row,
        }
    }

    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::DuplicateObligation { .. } => "duplicate_obligation",
            Self::WorkerIdsCollide { .. } => "worker_ids_collide",
            Self::TotalTooLarge { .. } => "total_too_large",
        }
    }

    /// The column in which it shows.
    pub const fn column(self) -> &'static str {
        match self {
            Self::DuplicateObligation { .. } => "component",
            Self::WorkerIdsCollide { .. } => "worker_id",
            Self::TotalTooLarge { .. } => "amount",
        }
    }
}

impl Draft {
    /// An empty run of an employer.
    pub fn of(employer: EmployerId) -> Self {
        Self {
            rows: RowDigests::of(employer),
            total: Rupiah::ZERO,
            workers: Vec::new(),
            destinations: Vec::new(),
            twins: Vec::new(),
            spans: Vec::new(),
        }
    }

    /// What a row obliges this employer to.
    pub fn obligation(&self, row: &PayRow) -> Obligation {
        obligation_of(&self.rows.employer, row)
    }

    /// Takes a row. Row numbers beyond 4.294.967.295 are not told apart.
    ///
    /// # Errors
    /// [`DraftError::TotalTooLarge`]; the row is then not part of the draft.
    pub fn add(&mut self, row: &PayRow) -> Result<(), DraftError> {
        self.total = self.total.checked_add(row.amount).map_err(|_| DraftError::TotalTooLarge { row: row.row })?;
        let at = u32::try_from(row.row).unwrap_or(u32::MAX);
        self.rows.add(row);
        let worker = row.worker_id.to_string();
        let component = row.component.to_string();
        let period = row.period.to_string();
        let mut who = [0u8; 8];
        who.copy_from_slice(&short_hash(&[&worker])[..8]);
        self.workers.push((short_hash(&[&row.worker_id.collision_form()]), who, at));
        self.spans.push((short_hash(&[&worker, &component]), row.period, at));
        for destination in &row.destinations {
            let destination = destination.to_string();
            self.destinations.push((short_hash(&[&destination]), who, at));
            self.twins.push((short_hash(&[&destination, &row.amount.to_string(), &period]), who, at));
        }
        Ok(())
    }

    /// Ends the draft: the run, and what its approver has to look at.
    ///
    /// # Errors
    /// Every pair of rows that cannot both be paid, all at once, in the order of the later row.
    pub fn seal(self, key: Option<String>) -> Result<Sealed, Vec<DraftError>> {
        let mut errors = Vec::new();
        let mut holds: BTreeMap<u64, Vec<Cause>> = BTreeMap::new();
        let mut hold = |row: u64, cause: Cause| {
            let causes = holds.entry(row).or_default();
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        };
        same_component(self.spans, |same_period, first, row| {
            if same_period {
                errors.push(DraftError::DuplicateObligation { first, row });
            } else {
                hold(first, Cause::PossibleDuplicate);
                hold(row, Cause::PossibleDuplicate);
            }
        });
        other_worker_pairs(self.workers, |first, row| errors.push(DraftError::WorkerIdsCollide { first, row }));
        if !errors.is_empty() {
            errors.sort_by_key(|error| error.row());
            return Err(errors);
        }
        other_worker_pairs(self.twins, |first, row| {
            hold(first, Cause::PossibleDuplicate);
            hold(row, Cause::PossibleDuplicate);
        });
        other_worker_pairs(self.destinations, |first, row| {
            hold(first, Cause::DestinationShared);
            hold(row, Cause::DestinationShared);
        });
        let count = u32::try_from(self.rows.digests.len()).unwrap_or(u32::MAX);
        let employer = self.rows.employer.clone();
        let digest = self.rows.finish();
        let key = key.unwrap_or_else(|| digest.to_string());
        Ok(Sealed { employer, digest, key, count, total: self.total, holds })
    }
}

/// What a row obliges an employer to.
pub fn obligation_of(employer: &EmployerId, row: &PayRow) -> Obligation {
    Obligation {
        employer: employer.clone(),
        period: row.period,
        worker_id: row.worker_id.clone(),
        component: row.component.clone(),
    }
}

/// The digest of a run under way: one hash a row, in any order.
#[derive(Debug)]
pub struct RowDigests {
    employer: EmployerId,
    digests: Vec<[u8; 32]>,
}

impl RowDigests {
    /// No rows yet.
    pub fn of(employer: EmployerId) -> Self {
        Self { employer, digests: Vec::new() }
    }

    /// Takes a row.
    pub fn add(&mut self, row: &PayRow) {
        let mut hash = Sha256::new();
        hash.update(b"upah/v1/row");
        hash.update(row.canonical(&self.employer));
        self.digests.push(hash.finalize().into());
    }

    /// The digest over all rows taken: length-prefixed, sorted, so that order does not matter.
    pub fn finish(mut self) -> Digest {
        self.digests.sort_unstable();
        let employer = self.employer.as_str();
        let mut hash = Sha256::new();
        hash.update(b"upah/v1/run");
        hash.update((employer.len() as u64).to_be_bytes());
        hash.update(employer.as_bytes());
        hash.update((self.digests.len() as u64).to_be_bytes());
        for row in &self.digests {
            hash.update(row);
        }
        Digest(hash.finalize().into())
    }
}

/// Pairs with the same first hash and two workers, such that every row of both is in one of them.
fn other_worker_pairs(mut seen: Vec<([u8; 16], [u8; 8], u32)>, mut found: impl FnMut(u64, u64)) {
    seen.sort_unstable();
    for group in seen.chunk_by(|a, b| a.0 == b.0) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        if first.1 == last.1 {
            continue;
        }
        for row in &group[1..] {
            // Sorted by worker: whoever is not the first one's has her as partner, the others have the last.
            let partner = if row.1 == first.1 { last } else { first };
            let (a, b) = (u64::from(row.2), u64::from(partner.2));
            found(a.min(b), a.max(b));
        }
    }
}

/// The same worker and component twice: in one period, or in two that overlap, such as a month and a
/// day of it. Every row that overlaps another is in one of the pairs.
fn same_component(mut seen: Vec<([u8; 16], Period, u32)>, mut found: impl FnMut(bool, u64, u64)) {
    seen.sort_unstable();
    for group in seen.chunk_by(|a, b| a.0 == b.0) {
        // Sorted by first day: whatever overlaps an earlier period overlaps the one that ends last.
        let Some(mut longest) = group.first() else { continue };
        for pair in group.windows(2) {
            let (before, row) = (&pair[0], &pair[1]);
            let partner = if before.1 == row.1 { before } else { longest };
            if partner.1.overlaps(&row.1) {
                let (x, y) = (u64::from(partner.2), u64::from(row.2));
                found(partner.1 == row.1, x.min(y), x.max(y));
            }
            if row.1.last_day() > longest.1.last_day() {
                longest = row;
            }
        }
    }
}

/// A run with a digest, which cannot be edited any more.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// Who pays.
    pub employer: EmployerId,
    /// Over the canonical rows.
    pub digest: Digest,
    /// The run's idempotency key: the digest unless the host chose another.
    pub key: String,
    /// How many rows.
    pub count: u32,
    /// Their sum.
    pub total: Rupiah,
    /// Rows that the approver must name, and why.
    pub holds: BTreeMap<u64, Vec<Cause>>,
}

impl Sealed {
    /// Whether the host chose the key, rather than the rows.
    pub fn has_own_key(&self) -> bool {
        self.key != self.digest.to_string()
    }
}

/// The checker's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    by: ActorName,
    digest: Digest,
    proof: ApprovalProof,
}

/// Why an approval does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// The maker cannot be the checker (invariant 12).
    #[error("the person who made the run cannot approve it")]
    SamePerson,
    /// The approval is for other rows.
    #[error("the approval is for another digest: the file was changed after it was approved")]
    OtherDigest,
    /// The run was cancelled.
    #[error("the run was cancelled and cannot be approved any more")]
    Cancelled,
}

impl Approval {
    /// A name stated by the caller, bound to what was looked at.
    pub fn asserted(by: ActorName, digest: Digest) -> Self {
        Self { by, digest, proof: ApprovalProof::Asserted }
    }

    /// Checks the approval against the run that it is for.
    ///
    /// # Errors
    /// Maker and checker are one person, or the digest is another run's.
    pub fn check(self, created_by: &ActorName, digest: &Digest) -> Result<Approved, ApprovalError> {
        if self.by.same_person(created_by) {
            return Err(ApprovalError::SamePerson);
        }
        if self.digest != *digest {
            return Err(ApprovalError::OtherDigest);
        }
        Ok(Approved { by: self.by, digest: self.digest, proof: self.proof })
    }
}

/// An approval that was checked; only [`Approval::check`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    by: ActorName,
    digest: Digest,
    proof: ApprovalProof,
}

impl Approved {
    /// The fact for the run's stream.
    pub fn fact(self) -> crate::event::RunFact {
        crate::event::RunFact::Approved { by: self.by, digest: self.digest, proof: self.proof }
    }
}
