//! A witness's word on a checkpoint, c2sp.org/tlog-cosignature v1 with Ed25519: "at this time, this was the furthest head
//! of this log that I had seen, and it continued every earlier one".
//!
//! It is the only thing in a log that gives a date which its keeper did not write himself. It stands on the note as one
//! more signature line, so that a cosigned checkpoint is read by everybody who reads checkpoints.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::checkpoint::Checkpoint;
use crate::key::{WitnessKey, WitnessSigner};
use crate::note::{NoteError, NoteSignature, SignedNote};

/// A cosignature that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cosigned<'k> {
    /// Whose.
    pub witness: &'k WitnessKey,
    /// When, in seconds since 1970-01-01T00:00:00Z by the witness's clock; from 1 to 2^63 − 1.
    pub time: u64,
}

impl WitnessSigner {
    /// Vouches for a checkpoint at this time (POSIX seconds).
    ///
    /// The caller has seen to it that the log signed the checkpoint, that it continues everything this key ever
    /// cosigned of the log, and that it is durably the furthest: see [`witness`](crate::witness).
    ///
    /// `None` when the time is one that no cosignature may bear: 0, which means "no time", or above 2^63 − 1.
    pub fn cosign(&self, checkpoint: &Checkpoint, time: u64) -> Option<NoteSignature> {
        if !is_time(time) {
            return None;
        }
        let mut bytes = Vec::from(time.to_be_bytes());
        bytes.extend_from_slice(&self.sign(message(time, &format!("{checkpoint}")).as_bytes()));
        Some(NoteSignature::of(self.verifying_key(), bytes))
    }
}

impl SignedNote {
    /// Which of `witnesses` cosigned this note, in their order, each at most once.
    ///
    /// A witness that cosigned twice counts with the earlier time: it had seen the head by then. Signatures of others
    /// are passed over, as in [`SignedNote::verify`]; and as there, the whole note is refused when one that names a
    /// known witness is wrong.
    ///
    /// # Errors
    /// [`NoteError::WrongSignature`].
    pub fn cosignatures<'k>(&self, witnesses: &[&'k WitnessKey]) -> Result<Vec<Cosigned<'k>>, NoteError> {
        let mut cosigned = Vec::new();
        for witness in witnesses {
            let mut first = None;
            for signature in self.naming(witness) {
                let time = self
                    .cosigned_at(signature, witness)
                    .ok_or_else(|| NoteError::WrongSignature { name: witness.name().into() })?;
                first = Some(first.map_or(time, |first: u64| first.min(time)));
            }
            cosigned.extend(first.map(|time| Cosigned { witness, time }));
        }
        Ok(cosigned)
    }

    /// Takes over what a witness answered: from its signature lines, those of `witnesses` who have not cosigned this
    /// note yet. Returns whose cosignatures the answer held. Other lines are ignored, and nothing is taken when one of
    /// a known witness is wrong.
    ///
    /// # Errors
    /// Any [`NoteError`] about the form of the lines, [`NoteError::WrongSignature`] or
    /// [`NoteError::TooManySignatures`].
    pub fn take_cosignatures<'k>(
        &mut self,
        lines: &str,
        witnesses: &[&'k WitnessKey],
    ) -> Result<Vec<Cosigned<'k>>, NoteError> {
        let answer = Self::parse(&format!("{}\n{lines}", self.unverified_text()))?;
        let cosigned = answer.cosignatures(witnesses)?;
        let mut longer = self.clone();
        for witness in cosigned.iter().map(|one| one.witness) {
            // Whoever cosigned before keeps the earlier word.
            if longer.naming(witness).next().is_none() {
                answer.naming(witness).take(1).try_for_each(|signature| longer.push(signature.clone()))?;
            }
        }
        *self = longer;
        Ok(cosigned)
    }

    fn cosigned_at(&self, signature: &NoteSignature, witness: &WitnessKey) -> Option<u64> {
        let (time, raw) = signature.bytes().split_first_chunk()?;
        let time = u64::from_be_bytes(*time);
        let holds = is_time(time) && witness.accepts(message(time, self.unverified_text()).as_bytes(), raw);
        holds.then_some(time)
    }
}

/// 0 means "no time" in the standard's other format, which a witness never answers with.
fn is_time(time: u64) -> bool {
    time != 0 && i64::try_from(time).is_ok()
}

/// What is signed: another beginning than a checkpoint's own, so that no cosignature passes for a log's signature.
fn message(time: u64, body: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{body}")
}
