//! The rail: a file out, files in.
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use upah_core::evidence::{InquiryAnswer, SubmitOutcome};
use upah_core::policy::{NameCheck, Pattern, RailPolicy};
use upah_core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah_core::{Cause, Destination, RailId, Rupiah, Timestamp};

use crate::bank_file::Unread;
use crate::codes::BICS;
use crate::digest::fingerprint;
use crate::inbox::{Inbox, Listener};
use crate::judge::{Placed, Wage, judge};
use crate::outbox::{Item, Making, Outbox, recorded, said};
use crate::payment_file::Debtor;
use crate::register::Register;
use crate::transfer::{Transfer, is_bic, shown};

/// So long a wage may wait for the file before its own, beside the time in which a file is gathered. Whoever slept longer
/// may have been replaced.
const LATE: Duration = Duration::from_secs(30);

/// What the rail wants of its host besides folders.
pub trait FileEnvironment: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;
    /// Fills the bytes with some that nobody else draws. Says whether it could.
    fn fill_random(&self, bytes: &mut [u8]) -> bool;
}

/// One paying account with its folders, as it is configured.
#[derive(Clone)]
pub struct BankFileConfig {
    /// The rail's name.
    pub id: RailId,
    /// Where files are put for the bank. It must exist.
    pub outbox: PathBuf,
    /// Where the bank's files are found, one after the other. They must exist; what was read must stay in one of them
    /// for as long as wages are watched.
    pub inbox: Vec<PathBuf>,
    /// Where the register is kept, on the same file system as the outbox; beside it unless said otherwise.
    pub register: Option<PathBuf>,
    /// Who pays.
    pub debtor: Debtor,
    /// Whether the bank is asked to book one sum for a file. Then only its reports on single transfers tell of a wage.
    pub batch_booking: bool,
    /// BICs by bank code (`014`), beside and before the built-in ones.
    pub bics: BTreeMap<String, String>,
    /// The most wages of a file.
    pub payments_per_file: usize,
    /// How long a wage waits for others before its file is made.
    pub gather: Duration,
    /// Told of each file of the inbox of which nothing was believed.
    pub on_unread: Option<Listener>,
}

impl fmt::Debug for BankFileConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "BankFileConfig", &self.id)
    }
}

/// What in a configuration cannot be used; never its value.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The name, account or BIC of the one who pays.
    #[error("{field} is not of the form that a file takes")]
    Debtor {
        /// Which.
        field: &'static str,
    },
    /// A BIC of the table.
    #[error("the BIC of bank {code} does not have 8 or 11 capitals and digits")]
    Bic {
        /// Of which bank.
        code: String,
    },
    /// A folder is missing, or is no folder.
    #[error("{field} is no folder that exists; make it first")]
    Folder {
        /// Which.
        field: &'static str,
    },
    /// Two of the folders are the same.
    #[error("outbox, inbox and register must be folders of their own")]
    SameFolder,
    /// The register and the outbox lie on two file systems, so that nothing can be moved at once.
    #[error("register and outbox must lie on the same file system")]
    OtherFileSystem,
    /// No wages may go into a file, or too many.
    #[error("payments_per_file must be between 1 and 100.000")]
    PaymentsPerFile,
    /// The register cannot be made or read.
    #[error("the register beside the outbox cannot be used: {0}")]
    Register(#[from] io::Error),
}

/// A paying account that is used by files. Share it: it holds what was read.
pub struct BankFileRail {
    id: RailId,
    fingerprint: String,
    bics: BTreeMap<String, String>,
    outbox: Arc<Outbox>,
    inbox: Arc<Inbox>,
}

impl fmt::Debug for BankFileRail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(f, "BankFileRail", &self.id)
    }
}

impl BankFileRail {
    /// Opens the folders; makes the register where there is none.
    ///
    /// # Errors
    /// [`ConfigError`]; nothing was sent.
    pub fn new(config: BankFileConfig, environment: &Arc<dyn FileEnvironment>) -> Result<Self, ConfigError> {
        check(&config)?;
        let folder = config.register.clone().unwrap_or_else(|| beside(&config.outbox));
        let register = Register::open(folder.clone(), config.outbox.clone())?;
        check_folders(&config, &folder)?;
        let identity = register.identity(|bytes| environment.fill_random(bytes))?;
        register.read()?;
        let Debtor { account, bic, .. } = &config.debtor;
        let fingerprint = fingerprint(&["bankfile", account, bic, &identity]);
        let inbox = Inbox::new(config.inbox, account.clone(), config.on_unread);
        let making = Making { register, debtor: config.debtor, batch_booking: config.batch_booking };
        let clock = Arc::clone(environment);
        let outbox =
            Outbox::new(making, (config.gather, LATE), config.payments_per_file, Arc::new(move || clock.now()));
        Ok(Self { id: config.id, fingerprint, bics: config.bics, outbox: Arc::new(outbox), inbox: Arc::new(inbox) })
    }

    /// What an attempt is bound to (safety rule 17): kind, paying account, and the register. A register that was lost
    /// is another rail, because nobody can say any more what went into a file.
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The policy of this rail. `reference_memory_days` is 0, and it must stay so: a bank knows a file by its `MsgId`
    /// and not a wage by its reference, so a wage that is "not found" must never go into another file.
    pub fn policy(&self, serves: Vec<Pattern>) -> RailPolicy {
        RailPolicy {
            reference_memory_days: 0,
            // Nobody can be asked about an account.
            inspects: false,
            name_check: NameCheck::Off,
            inquire_after_seconds: vec![2, 10, 60],
            trust_not_found_after_seconds: 60,
            max_concurrency: 1_000,
            ..RailPolicy::new(self.id.clone(), self.fingerprint.clone(), serves)
        }
    }

    /// The files of the inbox of which nothing was believed, each with the reason.
    ///
    /// # Errors
    /// A folder cannot be read.
    pub fn unread(&self) -> io::Result<Vec<Unread>> {
        Ok(self.inbox.look()?.unread.clone())
    }
}

/// Beside the outbox: `<outbox>.register`.
fn beside(outbox: &std::path::Path) -> PathBuf {
    let mut name = outbox.file_name().unwrap_or_default().to_owned();
    name.push(".register");
    outbox.with_file_name(name)
}

fn check(config: &BankFileConfig) -> Result<(), ConfigError> {
    let Debtor { name, account, bic } = &config.debtor;
    let fits = |text: &str, chars_max: usize| {
        !text.is_empty()
            && text.trim() == text
            && text.chars().count() <= chars_max
            && !text.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'))
    };
    if !fits(name, 70) {
        return Err(ConfigError::Debtor { field: "debtor_name" });
    }
    if !fits(account, 34) || !account.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ConfigError::Debtor { field: "debtor_account" });
    }
    if !is_bic(bic) {
        return Err(ConfigError::Debtor { field: "debtor_bic" });
    }
    if let Some((code, _)) = config.bics.iter().find(|(_, bic)| !is_bic(bic)) {
        return Err(ConfigError::Bic { code: code.clone() });
    }
    if !(1..=100_000).contains(&config.payments_per_file) {
        return Err(ConfigError::PaymentsPerFile);
    }
    if !config.outbox.is_dir() {
        return Err(ConfigError::Folder { field: "outbox" });
    }
    if config.inbox.is_empty() || config.inbox.iter().any(|folder| !folder.is_dir()) {
        return Err(ConfigError::Folder { field: "inbox" });
    }
    Ok(())
}

/// No file may be read as its own answer, and a move must be one step.
fn check_folders(config: &BankFileConfig, register: &std::path::Path) -> Result<(), ConfigError> {
    let mut folders = vec![config.outbox.canonicalize()?, register.canonicalize()?];
    for folder in &config.inbox {
        folders.push(folder.canonicalize()?);
    }
    folders.sort();
    if folders.windows(2).any(|pair| pair[0] == pair[1]) {
        return Err(ConfigError::SameFolder);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if config.outbox.metadata()?.dev() != register.metadata()?.dev() {
            return Err(ConfigError::OtherFileSystem);
        }
    }
    Ok(())
}

impl Rail for BankFileRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        let Destination::Bank { code, account } = order.destination else { return Err(ComposeError::NotServed) };
        let built_in = || BICS.iter().find(|(known, _)| *known == code.as_str()).map(|(_, bic)| *bic);
        let bic = self.bics.get(code.as_str()).map(String::as_str).or_else(built_in).ok_or(ComposeError::NotServed)?;
        let transfer = Transfer {
            reference: order.reference.as_str().to_owned(),
            amount: order.amount,
            bic: bic.to_owned(),
            account: account.as_str().to_owned(),
            // Spaces around a name say nothing, and no reader of XML keeps them.
            name: order.name.as_str().trim().to_owned(),
        };
        if transfer.fits() { Ok(transfer.fragment()) } else { Err(ComposeError::TooLong) }
    }

    fn reaches(&self) -> Option<Vec<Pattern>> {
        let codes = BICS.iter().map(|(code, _)| *code).chain(self.bics.keys().map(String::as_str));
        Some(codes.map(|code| Pattern::new(format!("bank:{code}:*"))).collect())
    }

    /// Goes into a file together with whoever else is sent in the same moment. `Accepted` means that the file is in the
    /// outbox, durably: whether anybody takes it to the bank, its answers tell.
    ///
    /// # When it is cut off
    /// Whoever stops waiting before the file is written is left out of it; whoever stops later finds the wage in the register.
    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(self.outbox.submit(Item::of(attempt)))
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        let (outbox, inbox) = (Arc::clone(&self.outbox), Arc::clone(&self.inbox));
        let reference = attempt.reference().as_str().to_owned();
        let (body, amount) = (attempt.body().to_owned(), attempt.amount());
        Box::pin(async move {
            let looked = tokio::task::spawn_blocking(move || look(&outbox, &inbox, &reference, &body, amount)).await;
            match looked {
                Ok(Ok(answer)) => answer,
                // A folder or the register cannot be read: nothing was learned.
                Ok(Err(_)) => InquiryAnswer::Unavailable { cause: Cause::RailUnreachable, retry_after_seconds: None },
                Err(_) => InquiryAnswer::Unavailable { cause: Cause::Interrupted, retry_after_seconds: None },
            }
        })
    }
}

fn look(outbox: &Outbox, inbox: &Inbox, reference: &str, body: &str, amount: Rupiah) -> io::Result<InquiryAnswer> {
    let register = outbox.register();
    let known = register.read()?;
    let index = inbox.look()?;
    let record = known.of(reference).map(|record| &**record);
    let placed = match record {
        None => Placed::Nowhere(said("unknown", serde_json::json!({ "state": "in no file" }))),
        Some(record) if register.is_in_outbox(&record.file) => Placed::Out(recorded(record, "in_outbox")),
        Some(record) if register.is_left_behind(record) => Placed::Nowhere(recorded(record, "prepared")),
        Some(record) => Placed::Out(recorded(record, "taken")),
    };
    let sent = Transfer::read(body);
    let wage = Wage { amount, account: sent.as_ref().map(|it| it.account.as_str()), record, placed };
    let of_file = record.map(|record| index.of_file(&record.message_id)).unwrap_or_default();
    Ok(judge(&wage, &index.of_wage(reference), &of_file))
}

#[cfg(test)]
mod tests;
