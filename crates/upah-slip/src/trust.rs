//! Whom the verifier believes. What it holds comes from the office, never from the file it checks.
use crate::reason::{Code, Reason};
use crate::verdict::Outcome;
use upah_tlog::{SignedNote, VerifyingKey};

/// What the verifier already held before it saw the file (safety rule 30).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Trust {
    /// Nothing: nothing can be called genuine.
    #[default]
    None,
    /// Verification keys of logs, from the office. During a change of keys: the old and the new one.
    LogKeys(Vec<VerifyingKey>),
}

impl Trust {
    /// Whose word the signed text is. `hint` is the key that the file itself names.
    pub(crate) fn judge(&self, note: &SignedNote, origin: &str, hint: Option<&VerifyingKey>) -> (Outcome, Vec<Reason>) {
        let all: &[VerifyingKey] = match self {
            Self::None => &[],
            Self::LogKeys(keys) => keys,
        };
        if all.is_empty() {
            return (Outcome::BelumBisaDicek, vec![Reason::new(Code::NoKey, origin)]);
        }
        let ours: Vec<&VerifyingKey> = all.iter().filter(|key| key.name() == origin).collect();
        if ours.is_empty() {
            return (Outcome::BelumBisaDicek, vec![Reason::new(Code::OtherLog, origin)]);
        }
        if note.verify(&ours).is_err() {
            return (Outcome::TidakCocok, vec![Reason::new(Code::NotSignedByOffice, "checkpoint")]);
        }
        // A forger may add his own signature to a genuine checkpoint and name his own key on the slip.
        if hint.is_some_and(|hint| !ours.contains(&hint)) {
            return (Outcome::TidakCocok, vec![Reason::new(Code::HintIsNotTheOfficeKey, "log_key")]);
        }
        let is_ours = |name: &str, id: u32| ours.iter().any(|key| key.name() == name && key.key_id() == id);
        let unchecked = note.signatures().iter().any(|one| !is_ours(one.name(), one.key_id()));
        let notes = if unchecked { vec![Reason::new(Code::OtherSignatures, "checkpoint")] } else { Vec::new() };
        (Outcome::Asli, notes)
    }
}
