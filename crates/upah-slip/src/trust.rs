//! Whom the verifier believes. What it holds comes from the office, never from the file it checks.
use crate::reason::{Code, Reason};
use crate::verdict::{Outcome, Witnesses};
use upah_core::Timestamp;
use upah_tlog::{NoteError, Policy, Quorum, SignedNote, VerifyingKey};

/// What the verifier already held before it saw the file (safety rule 30).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Trust {
    /// Nothing: nothing can be called genuine.
    #[default]
    None,
    /// The office's policy: keys of logs, witnesses, and how many of them must have cosigned.
    Policy(Policy),
}

/// Whose word a checkpoint is.
pub(crate) struct Judgement {
    pub(crate) outcome: Outcome,
    pub(crate) witnesses: Witnesses,
    pub(crate) reasons: Vec<Reason>,
}

impl Judgement {
    fn of(outcome: Outcome, code: Code, place: impl Into<String>) -> Self {
        Self { outcome, witnesses: Witnesses::NotAsked, reasons: vec![Reason::new(code, place)] }
    }
}

impl Trust {
    /// Keys of logs alone, from the office: a policy that asks for no witness. During a change of keys, the old one
    /// and the new one.
    #[must_use]
    pub fn log_keys(keys: Vec<VerifyingKey>) -> Self {
        Self::Policy(Policy::of_logs(keys))
    }

    /// Whose word the signed text is. `hint` is the key that the file itself names.
    pub(crate) fn judge(&self, note: &SignedNote, origin: &str, hint: Option<&VerifyingKey>) -> Judgement {
        let policy = match self {
            Self::Policy(policy) if !policy.logs().is_empty() => policy,
            _ => return Judgement::of(Outcome::BelumBisaDicek, Code::NoKey, origin),
        };
        let ours: Vec<&VerifyingKey> = policy.logs().iter().filter(|key| key.name() == origin).collect();
        if ours.is_empty() {
            return Judgement::of(Outcome::BelumBisaDicek, Code::OtherLog, origin);
        }
        if note.verify(&ours).is_err() {
            return Judgement::of(Outcome::TidakCocok, Code::NotSignedByOffice, "checkpoint");
        }
        // A forger may add his own signature to a genuine checkpoint and name his own key on the slip.
        if hint.is_some_and(|hint| !ours.contains(&hint)) {
            return Judgement::of(Outcome::TidakCocok, Code::HintIsNotTheOfficeKey, "log_key");
        }
        match ask_witnesses(policy, note) {
            Err(witness) => Judgement::of(Outcome::TidakCocok, Code::WitnessSignature, witness),
            Ok(witnesses) => {
                let mut reasons = Vec::new();
                let mut outcome = Outcome::Asli;
                if let Witnesses::Missing { count, of } = &witnesses {
                    outcome = Outcome::BelumBisaDicek;
                    reasons.push(Reason::new(Code::WitnessesMissing, format!("{of}, {count} missing")));
                }
                if has_strangers(policy, note, &ours) {
                    reasons.push(Reason::new(Code::OtherSignatures, "checkpoint"));
                }
                Judgement { outcome, witnesses, reasons }
            }
        }
    }
}

/// What the policy's witnesses said; or the one whose cosignature is wrong, or bears a time in no calendar.
fn ask_witnesses(policy: &Policy, note: &SignedNote) -> Result<Witnesses, String> {
    let quorum = match policy.check(note) {
        Ok(witnessed) => witnessed.quorum,
        Err(NoteError::WrongSignature { name }) => return Err(name),
        Err(other) => return Err(other.to_string()),
    };
    Ok(match quorum {
        Quorum::NotAsked => Witnesses::NotAsked,
        Quorum::Missing { witnesses, of } => Witnesses::Missing { count: witnesses, of: of.into() },
        Quorum::Met { by, time } => Witnesses::Enough { by: by.into(), at: timestamp(time).ok_or(by)? },
    })
}

/// Seconds as a witness writes them, up to the year 9999.
fn timestamp(seconds: u64) -> Option<Timestamp> {
    let at = Timestamp::from_millis(i64::try_from(seconds).ok()?.checked_mul(1_000)?);
    // A time that no calendar holds is not written back as it is.
    (at.to_string().parse() == Ok(at)).then_some(at)
}

fn has_strangers(policy: &Policy, note: &SignedNote, logs: &[&VerifyingKey]) -> bool {
    let is_known = |name: &str, id: u32| {
        logs.iter().any(|key| key.name() == name && key.key_id() == id)
            || policy.witnesses().iter().any(|one| one.key.name() == name && one.key.key_id() == id)
    };
    note.signatures().iter().any(|one| !is_known(one.name(), one.key_id()))
}
