//! What is remembered: one event, one fact. A payment's state is the fold of its events and nothing
//! else, so that whoever holds the events can compute every row again.
use crate::bank_statement::{Entry, Resolution};
use crate::canonical::{CanonicalError, to_canonical};
use crate::cause::Cause;
use crate::commitment::{Commit, Leaf, Salt};
use crate::erasure::Remains;
use crate::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use crate::ids::{ActorName, EmployerId, RailId};
use crate::money::Rupiah;
use crate::name::{Likeness, NameMatch};
use crate::policy::Choice;
use crate::reference::Reference;
use crate::row::PayRow;
use crate::run::{Digest, PaymentId, RunId};
use crate::time::Timestamp;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use serde::de::value::{EnumAccessDeserializer, StrDeserializer};
use serde::de::{DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer as _, Serialize};

/// What a payment was told to do: the row of the approved file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// Who pays.
    pub employer: EmployerId,
    /// The run whose approval it needs.
    pub run: RunId,
    /// The row as it was read.
    pub row: PayRow,
    /// What the approver must name before it may be sent (safety rules 23 and 24).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub holds: Vec<Cause>,
}

/// A new attempt, written down before its first byte leaves.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    /// Counted from 1.
    pub number: u16,
    /// Its derived reference.
    pub reference: Reference,
    /// The rail it goes over.
    pub rail: RailId,
    /// The rail's configuration under which it was made (safety rule 17).
    pub fingerprint: String,
    /// Which of the instruction's destinations.
    pub destination: u8,
    /// The exact minified body, sent and resent byte for byte (safety rule 3).
    pub body: String,
}

/// Over which rail a payment goes next, and why that one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routed {
    /// Which of the instruction's destinations.
    pub destination: u8,
    /// The rail.
    pub rail: RailId,
    /// Why this one.
    pub choice: Choice,
    /// When it opens, if it was closed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub not_before: Option<Timestamp>,
}

impl core::fmt::Debug for Attempted {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Attempted")
            .field("number", &self.number)
            .field("reference", &self.reference)
            .field("rail", &self.rail)
            .finish_non_exhaustive()
    }
}

/// One definition for both ways: a fact is written with its kind among its fields, and read by the kind,
/// which stands somewhere among them.
macro_rules! facts {
    ($(#[$about:meta])* pub enum $name:ident, $remote:literal read by $by_kind:ident { $($kinds:tt)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum $name { $($kinds)* }

        #[derive(Deserialize)]
        #[serde(remote = $remote, rename_all = "snake_case")]
        enum $by_kind { $($kinds)* }
    };
}

facts! {
    /// One fact about one payment.
    pub enum Fact, "Fact" read by FactByKind {
        /// First instruction, or (later in the stream) a reinstruction with the same amount.
        Instructed(Box<Instruction>),
        /// The approver named this payment although it was held.
        Confirmed {
            /// Who.
            by: ActorName,
        },
        /// Stopped before anything was sent.
        Cancelled {
            /// Who.
            by: ActorName,
            /// In their words.
            because: String,
        },
        /// The account inquiry before a payment was answered.
        Inspected {
            /// Which destination.
            destination: u8,
            /// Over which rail.
            rail: RailId,
            /// What it found.
            found: Inspection,
            /// The comparison with the payroll's name.
            matching: NameMatch,
            /// How near the names were and why it says so; not in records from before it was kept.
            #[serde(skip_serializing_if = "Option::is_none", default)]
            likeness: Option<Likeness>,
        },
        /// The way was chosen among several, or has to be waited for. Nothing was sent.
        Routed(Box<Routed>),
        /// A new attempt is durable; its first send follows.
        Attempted(Box<Attempted>),
        /// The stored bytes are about to be sent again.
        Resending {
            /// Which attempt.
            number: u16,
        },
        /// What came of a send.
        Answered {
            /// Which attempt.
            number: u16,
            /// The outcome.
            outcome: SubmitOutcome,
        },
        /// What the provider said when asked.
        Inquired {
            /// Which attempt.
            number: u16,
            /// The answer.
            answer: InquiryAnswer,
        },
        /// After a refusal: which destination comes next, and why.
        Rerouted {
            /// Why.
            cause: Cause,
            /// Which destination of the instruction.
            destination: u8,
        },
        /// Handed to people.
        Parked {
            /// Why.
            cause: Cause,
        },
        /// Asked right before a send: no provider knows of a payment under any other reference, or over any
        /// other rail, that another store of ours could have paid under. It licenses that send alone.
        Probed {
            /// Up to this attempt's reference.
            through: u16,
        },
        /// After a refusal for our own or the rail's fault: the same bytes may go again under the same
        /// reference. A second store may have paid under it, and then the provider says so.
        Released {
            /// Which attempt.
            number: u16,
            /// Why it was refused.
            cause: Cause,
        },
        /// A live attempt is ended: a repeat was refused and nothing was found (safety rule 2).
        Abandoned {
            /// Which attempt.
            number: u16,
            /// Why.
            cause: Cause,
        },
        /// A line of the bank's own statement shows this attempt, matched by its reference.
        Booked {
            /// Which attempt.
            number: u16,
            /// What the bank booked.
            entry: Entry,
            /// SHA-256 over the statement's file.
            statement: Digest,
        },
        /// Two people state what became of an attempt whose outcome the bank does not show (safety rule 16).
        Resolved {
            /// Which attempt.
            number: u16,
            /// Their word.
            resolution: Box<Resolution>,
        },
        /// The events before it were erased; it ends the stream.
        Erased(Box<Remains>),
    }
}

facts! {
    /// One fact about a run.
    pub enum RunFact, "RunFact" read by RunFactByKind {
        /// The run has a digest and cannot be edited any more.
        Sealed {
            /// Who pays.
            employer: EmployerId,
            /// Over the canonical rows, in any order.
            digest: Digest,
            /// The key of idempotency: the digest, or the host's own key.
            key: String,
            /// How many payments it created.
            count: u32,
            /// Their sum.
            total: Rupiah,
            /// How many earlier payments it gave a new instruction.
            reinstructed: u32,
            /// The maker.
            created_by: ActorName,
            /// Whether this store pays into a sandbox.
            sandbox: bool,
        },
        /// The checker's word, bound to the digest.
        Approved {
            /// The checker.
            by: ActorName,
            /// What was approved.
            digest: Digest,
            /// How the name is known.
            proof: ApprovalProof,
        },
        /// No further payment of this run may be approved.
        Cancelled {
            /// Who.
            by: ActorName,
            /// In their words.
            because: String,
        },
    }
}

/// How an approver's name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalProof {
    /// Stated by the caller.
    Asserted,
    /// A signature over the digest came with it.
    Signed,
}

/// An event of one stream: a payment's or a run's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Event<S, F> {
    /// When it was recorded.
    pub at: Timestamp,
    /// What happened. Its fields stand among the others by their names, so it is declared about where
    /// they go: the less there is to be put in order.
    #[serde(flatten)]
    pub fact: F,
    /// Its place in its stream, from 1.
    pub n: u32,
    /// The commitment to the event before it in the stream, zeros for the first.
    pub prev: Commit,
    /// Whose stream.
    pub stream: S,
    /// The version of this format.
    pub v: u8,
}

/// An event of a payment.
pub type PaymentEvent = Event<PaymentId, Fact>;
/// An event of a run.
pub type RunEvent = Event<RunId, RunFact>;

/// An event in its canonical form with its salt, ready to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedRecord {
    /// RFC 8785 JSON.
    pub record: String,
    /// Its salt.
    pub salt: Salt,
    /// The bytes of its leaf in the audit log.
    pub leaf: String,
}

impl core::fmt::Debug for SealedRecord {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("SealedRecord").field("leaf", &self.leaf).finish_non_exhaustive()
    }
}

impl PaymentEvent {
    /// Seals the event under a fresh salt.
    pub fn seal(&self, salt: Salt) -> Result<(SealedRecord, Commit), CanonicalError> {
        let record = to_canonical(self)?;
        let commit = Commit::to(&record, &salt);
        Ok((SealedRecord { record, salt, leaf: Leaf::of(commit).bytes() }, commit))
    }

    /// Reads an event back from its canonical form.
    pub fn open(record: &str) -> Result<Self, RecordError> {
        open(record, FactByKind::deserialize)
    }
}

impl RunEvent {
    /// Seals the event under a fresh salt. The sealing of a run shows its count and day in clear.
    pub fn seal(&self, salt: Salt) -> Result<(SealedRecord, Commit), CanonicalError> {
        let record = to_canonical(self)?;
        let commit = Commit::to(&record, &salt);
        Ok((SealedRecord { record, salt, leaf: self.leaf(commit).bytes() }, commit))
    }

    /// The leaf of this event under its commitment.
    pub fn leaf(&self, commit: Commit) -> Leaf {
        match &self.fact {
            RunFact::Sealed { count, .. } => Leaf::sealing(commit, &self.stream, *count, self.at.day()),
            _ => Leaf::of(commit),
        }
    }

    /// Reads an event back from its canonical form.
    pub fn open(record: &str) -> Result<Self, RecordError> {
        open(record, RunFactByKind::deserialize)
    }
}

/// The only version of the format so far.
const VERSION: u8 = 1;

/// An event without its fact.
#[derive(Deserialize)]
struct Envelope<'a, S> {
    at: Timestamp,
    kind: &'a str,
    n: u32,
    prev: Commit,
    stream: S,
    v: u8,
}

/// Reads the record twice, for its envelope and for its fact: each passes over what is the other's, which
/// costs less than keeping everything until the kind is known.
fn open<'a, S: Deserialize<'a>, F>(
    record: &'a str,
    fact: fn(EnumAccessDeserializer<Kind<'a>>) -> Result<F, serde_json::Error>,
) -> Result<Event<S, F>, RecordError> {
    let envelope: Envelope<'a, S> = serde_json::from_str(record).map_err(|_| RecordError::Unreadable)?;
    let Envelope { at, kind, n, prev, stream, v } = envelope;
    // An array of the same values is no event.
    if v != VERSION || !record.starts_with('{') {
        return Err(RecordError::Unreadable);
    }
    let fact = fact(EnumAccessDeserializer::new(Kind { kind, record })).map_err(|_| RecordError::Unreadable)?;
    Ok(Event { at, n, prev, stream, v, fact })
}

/// A record of a known kind: to serde the variant of an enum with the record's members as its fields.
struct Kind<'a> {
    kind: &'a str,
    record: &'a str,
}

impl<'a> EnumAccess<'a> for Kind<'a> {
    type Error = serde_json::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'a>>(self, seed: V) -> Result<(V::Value, Self), Self::Error> {
        let kind: StrDeserializer<'_, Self::Error> = self.kind.into_deserializer();
        Ok((seed.deserialize(kind)?, self))
    }
}

impl<'a> VariantAccess<'a> for Kind<'a> {
    type Error = serde_json::Error;

    fn newtype_variant_seed<T: DeserializeSeed<'a>>(self, seed: T) -> Result<T::Value, Self::Error> {
        seed.deserialize(&mut serde_json::Deserializer::from_str(self.record))
    }

    fn struct_variant<V: Visitor<'a>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Self::Error> {
        serde_json::Deserializer::from_str(self.record).deserialize_map(visitor)
    }

    fn unit_variant(self) -> Result<(), Self::Error> {
        Err(Self::Error::custom("a fact has fields"))
    }

    fn tuple_variant<V: Visitor<'a>>(self, _: usize, _: V) -> Result<V::Value, Self::Error> {
        Err(Self::Error::custom("a fact's fields have names"))
    }
}

/// A stored record that is not an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Not an event of this version.
    #[error("the record is not an event that this version can read, or its lines do not add up and compute")]
    Unreadable,
    /// An event stands in a place where it cannot stand.
    #[error("the record stands in the wrong place of its stream")]
    OutOfOrder,
    /// The stream does not begin with an instruction.
    #[error("the stream does not begin with its instruction")]
    NoInstruction,
    /// The events before it were erased: there is no payment to be folded.
    #[error("the records of this payment were erased")]
    Erased,
}
