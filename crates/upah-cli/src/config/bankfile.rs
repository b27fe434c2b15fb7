//! What a rail by files wants to know: its folders, and the account that pays.
use super::{Kind, RailConfig};
use crate::failure::Failure;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use upah::{Environment, SystemEnvironment};
use upah_bankfile::{BankFileConfig, BankFileRail, Debtor, FileEnvironment, Unread};
use upah_core::Timestamp;
use upah_core::policy::{NameCheck, RailPolicy};
use upah_core::rail::Rail;

/// The keys of `kind = "bankfile"`. Folders are relative to the configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BankFileKeys {
    outbox: PathBuf,
    inbox: Vec<PathBuf>,
    /// `<outbox>.register` unless said otherwise.
    register: Option<PathBuf>,
    debtor_name: String,
    debtor_account: String,
    debtor_bic: String,
    #[serde(default)]
    batch_booking: bool,
    /// BICs by bank code, beside the built-in ones.
    #[serde(default)]
    bics: BTreeMap<String, String>,
    #[serde(default = "a_thousand")]
    payments_per_file: usize,
    #[serde(default = "half_a_second")]
    gather_milliseconds: u32,
}

fn a_thousand() -> usize {
    1_000
}
fn half_a_second() -> u32 {
    500
}

/// The clock and the randomness of this machine.
struct Host;

impl FileEnvironment for Host {
    fn now(&self) -> Timestamp {
        SystemEnvironment.now()
    }

    fn fill_random(&self, bytes: &mut [u8]) -> bool {
        SystemEnvironment.fill_random(bytes).is_ok()
    }
}

/// A file of the bank of which nothing was believed is named, once for each state of it.
fn name(unread: &Unread) {
    eprintln!("{} was left unread: {} ({})", unread.file, unread.message, unread.code);
}

impl Kind for BankFileKeys {
    /// It calls nobody.
    fn base_url(&self) -> Option<&str> {
        None
    }

    fn open(self: Box<Self>, rail: &RailConfig, beside: &Path) -> Result<(Arc<dyn Rail>, RailPolicy), Failure> {
        if rail.reference_memory_days.is_some_and(|days| days != 0) {
            let why = "reference_memory_days must be 0 here: a bank knows a file and not the wages in it, so a wage that is \
                       not found is never put into another file";
            return Err(rail.unusable(why));
        }
        if rail.name_check == Some(NameCheck::Stop) {
            return Err(
                rail.unusable("name_check = \"stop\" cannot be kept here: nobody can be asked whose an account is")
            );
        }
        let folder = |path: &PathBuf| beside.parent().unwrap_or(Path::new(".")).join(path);
        let at_once = rail.max_concurrency.and_then(|at_once| usize::try_from(at_once).ok()).unwrap_or(usize::MAX);
        let config = BankFileConfig {
            id: rail.id.clone(),
            outbox: folder(&self.outbox),
            inbox: self.inbox.iter().map(folder).collect(),
            register: self.register.as_ref().map(folder),
            debtor: Debtor { name: self.debtor_name, account: self.debtor_account, bic: self.debtor_bic },
            batch_booking: self.batch_booking,
            bics: self.bics,
            // No more than are on their way at once ever wait for the same file.
            payments_per_file: self.payments_per_file.min(at_once),
            gather: Duration::from_millis(u64::from(self.gather_milliseconds)),
            on_unread: Some(Arc::new(name)),
        };
        let host: Arc<dyn FileEnvironment> = Arc::new(Host);
        let adapter = BankFileRail::new(config, &host).map_err(|why| rail.unusable(why))?;
        let policy = adapter.policy(rail.serves.clone());
        Ok((Arc::new(adapter), policy))
    }
}
