//! What can go wrong, named by what the caller may do next.
use upah_core::erasure::ErasedPayment;
use upah_core::run::ApprovalError;
use upah_core::store::StoreError;

/// An error of the gateway. Whatever the error, money that may have moved is remembered as such.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// # The store could not write or read
    /// Nothing of the failed commit is kept. Mend the medium, then run the same command again.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// # What is stored does not fit together
    /// Stop using the store; `upah log verify` names every place.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// # Another log key, or none
    /// Nothing was sent. Configure the key that this store was begun with.
    #[error("{0}")]
    LogKey(String),
    /// # The store is behind its head
    /// It was restored from a backup or begun anew. `resume` asks about everything first; until then
    /// nothing is signed, for two histories under one key would be two books.
    #[error(
        "this store is older than its last checkpoint; run `upah resume`, which asks about everything before it sends anything"
    )]
    WentBack,
    /// # A sandbox store used for real money, or the other way round
    /// Nothing was sent. Name the other store.
    #[error("this store was begun {stamped} and cannot be used {asked}; name another store with --store")]
    WrongMode {
        /// How the store was begun.
        stamped: &'static str,
        /// How it was to be used.
        asked: &'static str,
    },
    /// # The clock is behind the store's last event
    /// Nothing was sent. Set the clock.
    #[error("this computer's clock is {seconds} seconds behind the last recorded event; set the clock, then try again")]
    ClockBehind {
        /// By how much.
        seconds: u64,
    },
    /// # The approval does not count
    /// Nothing was sent.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// # The same run key with other rows
    /// Nothing was sent.
    #[error("run key {key:?} was used before for other rows (digest {digest}); use another key, or the same file")]
    RunKeyConflict {
        /// The key.
        key: String,
        /// The digest of the run that has it.
        digest: String,
    },
    /// # The rows changed between being checked and being admitted
    /// Nothing was admitted.
    #[error("the rows changed while they were being read; try again with a file that nobody is writing to")]
    RowsChanged,
    /// # Other rows were admitted since these were surveyed
    /// Nothing was admitted. Survey them again: what came in meanwhile may concern the same wages.
    #[error("another payroll came in while this one was being checked; run it again, so that the two are compared")]
    Outdated,
    /// # Rows that cannot be admitted
    /// Nothing was admitted; every row is named.
    #[error("{} rows cannot be admitted", .0.len())]
    Rows(Vec<crate::admission::RowProblem>),
    /// # No such run or payment
    #[error("there is no {0} in this store")]
    NotFound(String),
    /// # The payment's records were erased
    /// Whether and where it was paid only the worker's own slip still tells.
    #[error("the records of payment {} were erased on {} (entry {} of the log)", .0.id, .0.at.day(), .0.entry)]
    Erased(Box<ErasedPayment>),
    /// # Too late to cancel
    #[error("payment {id} is {state}: it cannot be cancelled any more")]
    TooLate {
        /// The payment.
        id: String,
        /// Its state.
        state: &'static str,
    },
    /// # These people cannot resolve this payment
    /// Nobody was asked and nothing was recorded.
    #[error(transparent)]
    Resolution(#[from] crate::resolve::ResolutionError),
    /// # No randomness
    #[error(transparent)]
    Randomness(#[from] crate::environment::RandomnessFailed),
    /// # The slip could not be made
    #[error("the slip could not be made: {0}")]
    Slip(String),
    /// # A file beside the store could not be read or written
    #[error("{what}: {}", in_words(why))]
    File {
        /// Which file, in words.
        what: String,
        /// Why.
        why: std::io::Error,
    },
    /// # Stopped from outside
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    pub(crate) fn damaged(what: &str) -> Self {
        Self::Damaged(what.to_owned())
    }
}

/// What went wrong with a file, and what to do where there is anything to be done.
fn in_words(why: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match why.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "the disk is full; free some space and run the same command again".into()
        }
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        ErrorKind::PermissionDenied => "this user may not read or write there".into(),
        _ => why.to_string(),
    }
}
