//! What a check says, in the words of the contract.
use crate::reason::{Code, Reason};
use crate::trust::Judgement;
use core::fmt;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::json;
use upah_core::Timestamp;

/// The three verdicts. Of all files that do not fit, none is ever `Asli`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Everything fits, a key that the verifier already held signed it, and as many witnesses as its policy asks for
    /// cosigned it.
    Asli,
    /// Something does not fit.
    TidakCocok,
    /// What could be checked fits, but the verifier holds no key of this log, or witnesses are missing.
    BelumBisaDicek,
}

impl Outcome {
    /// `ASLI`, `TIDAK COCOK` or `BELUM BISA DICEK`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asli => "ASLI",
            Self::TidakCocok => "TIDAK COCOK",
            Self::BelumBisaDicek => "BELUM BISA DICEK",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What sort of file was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A worker's slip.
    Slip,
    /// The signed head of a log (c2sp.org/tlog-checkpoint).
    Checkpoint,
    /// The proof of one entry (c2sp.org/tlog-proof).
    Proof,
    /// That one head continues another (the body of an add-checkpoint request, c2sp.org/tlog-witness).
    Growth,
    /// A whole log as files (c2sp.org/tlog-tiles).
    Tree,
}

impl Kind {
    /// `slip`, `checkpoint`, `proof`, `growth` or `tree`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Slip => "slip",
            Self::Checkpoint => "checkpoint",
            Self::Proof => "proof",
            Self::Growth => "growth",
            Self::Tree => "tree",
        }
    }
}

/// What witnesses say of the checkpoint, by the policy that the verifier holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Witnesses {
    /// None was asked for: nobody but the book's keeper says when this was so (safety rule 31).
    NotAsked,
    /// Enough of them cosigned.
    Enough {
        /// The one whose cosignature made them enough; so the policy calls it.
        by: String,
        /// When that was, by its clock.
        at: Timestamp,
    },
    /// Not enough of them did.
    Missing {
        /// How many more are needed at least.
        count: usize,
        /// Of which group of the policy, or which witness.
        of: String,
    },
}

/// The result of a check. Serialises to the contract's `verify` object, with `kind`, `entries`,
/// `payment`, `sandbox`, `witnesses`, `id` and `en` besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What was checked.
    pub kind: Kind,
    /// The verdict.
    pub verdict: Outcome,
    /// Whether everything in the file fits together, whoever signed it.
    pub intact: bool,
    /// The log it speaks of, as the file says.
    pub log: Option<String>,
    /// How many entries that log had, as the file says.
    pub size: Option<u64>,
    /// The entries the file proves, ascending. Empty when they could not be read.
    pub entries: Vec<u64>,
    /// The payment of a slip.
    pub payment: Option<String>,
    /// Whether the slip says that it is a test.
    pub sandbox: bool,
    /// What witnesses say of the checkpoint; enough of them are named for what is genuine alone.
    pub witnesses: Witnesses,
    /// What was found. Everything that does not fit, and what else is to know.
    pub reasons: Vec<Reason>,
}

impl Verdict {
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            kind,
            verdict: Outcome::TidakCocok,
            intact: false,
            log: None,
            size: None,
            entries: Vec::new(),
            payment: None,
            sandbox: false,
            witnesses: Witnesses::NotAsked,
            reasons: Vec::new(),
        }
    }

    /// The file could not even be read.
    pub(crate) fn unreadable(kind: Kind, code: Code, place: &str) -> Self {
        Self { reasons: vec![Reason::new(code, place)], ..Self::of(kind) }
    }

    /// Settles the verdict: what does not fit outweighs every signature.
    pub(crate) fn settle(mut self, signed: Outcome) -> Self {
        self.intact = !self.reasons.iter().any(|reason| reason.code.does_not_fit());
        self.verdict = if self.intact { signed } else { Outcome::TidakCocok };
        self
    }

    /// Settles the verdict by whose word the checkpoint is.
    pub(crate) fn settle_by(mut self, judgement: Judgement) -> Self {
        self.reasons.extend(judgement.reasons);
        let mut settled = self.settle(judgement.outcome);
        // The day of a witness is the day of its checkpoint, and says nothing of a file that does not fit.
        if settled.intact {
            settled.witnesses = judgement.witnesses;
        }
        settled
    }

    /// The first thing that does not fit.
    fn fault(&self) -> Option<&Reason> {
        self.reasons.iter().find(|reason| reason.code.does_not_fit())
    }

    /// The sentence for a person, in Bahasa Indonesia. It promises nothing about later events, and names a day only
    /// when a witness does (safety rule 31).
    #[must_use]
    pub fn indonesian(&self) -> String {
        let log = self.log.as_deref().unwrap_or("?");
        let size = self.size.unwrap_or(0);
        let test = if self.sandbox { "UJI COBA, bukan uang sungguhan. " } else { "" };
        let day = match &self.witnesses {
            Witnesses::Enough { by, at } => format!("Saksi {by} mencatatnya pada {}.", at.day()),
            _ => "Tanggalnya tidak disaksikan siapa pun.".into(),
        };
        match (self.verdict, self.entries.last(), &self.witnesses) {
            (Outcome::Asli, Some(last), _) => format!(
                "{test}ASLI: benar menurut buku {log} sampai entri {last}, saat buku itu berisi {size} entri. {day} \
                 Kejadian sesudahnya tidak terlihat dari berkas ini."
            ),
            (Outcome::Asli, None, _) => format!(
                "{test}ASLI: checkpoint buku {log} dengan {size} entri ditandatangani dengan kunci dari kantor. {day} \
                 Entri sesudahnya tidak terlihat dari berkas ini."
            ),
            (Outcome::TidakCocok, _, _) => format!(
                "TIDAK COCOK: ada yang tidak cocok. {} Jangan dipercaya sebelum ditanyakan ke kantor.",
                self.fault().map_or_else(String::new, |fault| format!("{} ({})", fault.code.indonesian(), fault.place))
            ),
            (Outcome::BelumBisaDicek, _, Witnesses::Missing { count, of }) => format!(
                "{test}BELUM BISA DICEK: isinya utuh dan ditandatangani pembuat buku {log}, tetapi masih kurang {count} \
                 saksi ({of}). Minta berkas yang sudah disaksikan."
            ),
            (Outcome::BelumBisaDicek, _, _) if self.intact => format!(
                "{test}BELUM BISA DICEK: isinya utuh, tetapi belum terbukti asli. Minta kunci pemeriksa buku {log} \
                 kepada kantor, jangan dari berkas ini."
            ),
            (Outcome::BelumBisaDicek, _, _) => "BELUM BISA DICEK: berkas ini tidak dapat diperiksa di sini.".into(),
        }
    }

    /// The same sentence in English.
    #[must_use]
    pub fn english(&self) -> String {
        let log = self.log.as_deref().unwrap_or("?");
        let size = self.size.unwrap_or(0);
        let test = if self.sandbox { "TEST, not real money. " } else { "" };
        let day = match &self.witnesses {
            Witnesses::Enough { by, at } => format!("The witness {by} recorded it on {}.", at.day()),
            _ => "No witness vouches for its date.".into(),
        };
        match (self.verdict, self.entries.last(), &self.witnesses) {
            (Outcome::Asli, Some(last), _) => format!(
                "{test}GENUINE: true according to the book {log} up to entry {last}, as of its checkpoint of {size} \
                 entries. {day} Later events cannot be seen from this file."
            ),
            (Outcome::Asli, None, _) => format!(
                "{test}GENUINE: the checkpoint of the book {log} with {size} entries is signed by the office's key. \
                 {day} Later entries cannot be seen from this file."
            ),
            (Outcome::TidakCocok, _, _) => format!(
                "DOES NOT FIT: something does not fit. {} Do not rely on it before asking the office.",
                self.fault().map_or_else(String::new, |fault| format!("{} ({})", fault.code.english(), fault.place))
            ),
            (Outcome::BelumBisaDicek, _, Witnesses::Missing { count, of }) => format!(
                "{test}CANNOT BE CHECKED YET: it is intact and signed by the keeper of the book {log}, but {count} \
                 more of the witnesses are needed ({of}). Ask for a file that they have cosigned."
            ),
            (Outcome::BelumBisaDicek, _, _) if self.intact => format!(
                "{test}CANNOT BE CHECKED YET: it is intact, but not proven genuine. Ask the office for the \
                 verification key of the book {log}; never take it from this file."
            ),
            (Outcome::BelumBisaDicek, _, _) => "CANNOT BE CHECKED YET: this file cannot be checked here.".into(),
        }
    }
}

/// `{"by":"kantor","day":"2026-11-30","at":"2026-11-30T…"}`, `{"missing":1,"of":"kantor"}`, or null.
impl Serialize for Witnesses {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::NotAsked => s.serialize_none(),
            Self::Enough { by, at } => json!({"by": by, "day": at.day(), "at": at}).serialize(s),
            Self::Missing { count, of } => json!({"missing": count, "of": of}).serialize(s),
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let mut fields = s.serialize_struct("Verdict", 12)?;
        fields.serialize_field("verdict", self.verdict.as_str())?;
        fields.serialize_field("intact", &self.intact)?;
        fields.serialize_field("log", &self.log)?;
        fields.serialize_field("size", &self.size)?;
        fields.serialize_field("reasons", &self.reasons)?;
        fields.serialize_field("kind", self.kind.as_str())?;
        fields.serialize_field("entries", &self.entries)?;
        fields.serialize_field("payment", &self.payment)?;
        fields.serialize_field("sandbox", &self.sandbox)?;
        fields.serialize_field("witnesses", &self.witnesses)?;
        fields.serialize_field("id", &self.indonesian())?;
        fields.serialize_field("en", &self.english())?;
        fields.end()
    }
}
