//! The command line, as the contract fixes it.
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Pays wages exactly once, and can explain each of them.
#[derive(Debug, Parser)]
#[command(
    name = "upah",
    version,
    about = "Pays wages exactly once, and can explain each of them.",
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check, seal, approve, admit, send, and wait until every payment is final or parked.
    Pay {
        /// The payroll file (CSV or JSON Lines).
        file: PathBuf,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Everything that can be known without sending.
    Check {
        /// The payroll file (CSV or JSON Lines).
        file: PathBuf,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// The checker's word on a run.
    Approve {
        /// The run.
        run: String,
        /// The checker's name; the maker of the run cannot approve it.
        #[arg(long)]
        by: String,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Stop what has not been sent.
    Cancel {
        /// A run, a payment, or a partner reference.
        what: String,
        /// Who stops it.
        #[arg(long)]
        by: String,
        /// Why, in a sentence.
        #[arg(long)]
        because: String,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Counts and sums by state.
    Status {
        /// One run; all of them without it.
        run: Option<String>,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// What waits, for whom, and since when.
    Open {
        /// Of this run; of all runs without it.
        run: Option<String>,
        /// The language of what is to be done: id or en.
        #[arg(long, default_value = "id")]
        lang: String,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Send what is open, ask about what is unknown, look for returns.
    Resume {
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Hear what providers say unasked: ask about it and record the answer, until interrupted.
    Listen {
        /// Where to listen. Encryption is left to a reverse proxy.
        #[arg(long, default_value = "127.0.0.1:8902")]
        addr: String,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Match the bank's own statement with the book.
    Reconcile {
        /// The statement: CSV, or ISO 20022 camt.053.
        statement: PathBuf,
        /// How it is written.
        #[arg(long, value_enum, default_value_t = StatementFormat::Auto)]
        format: StatementFormat,
        /// The rail whose account it is of, when several rails pay from this store.
        #[arg(long)]
        rail: Option<String>,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// State, as two people with a file in hand, what became of a payment that the bank does not decide.
    Resolve {
        /// A payment or a partner reference.
        payment: String,
        /// What became of it.
        #[arg(long = "as", value_enum)]
        claim: ClaimArg,
        /// The file that shows it; its fingerprint goes on the log.
        #[arg(long, value_name = "FILE")]
        evidence: PathBuf,
        /// Who states it; neither who made nor who approved the payment.
        #[arg(long)]
        by: String,
        /// Who agrees; another person, and not one of those either.
        #[arg(long)]
        and_by: String,
        /// Why, in a sentence.
        #[arg(long)]
        because: String,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Erase what is known of a worker, where nothing obliges to keep it; says what stays, until when, and why.
    Erase {
        /// The worker's id, as the payroll writes it.
        worker: String,
        /// requested, consent_withdrawn, not_needed or unlawfully_obtained (UU 27/2022 art. 43); other words are recorded as "other".
        #[arg(long)]
        reason: String,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Why a payment stands where it stands.
    Explain {
        /// A payment or a partner reference.
        payment: String,
        /// The language: id or en; jv, su and mad are drafts that no speaker has checked, and say so.
        #[arg(long, default_value = "id")]
        lang: String,
        /// For whom it is told.
        #[arg(long = "for", value_enum, default_value_t = AudienceArg::Worker)]
        audience: AudienceArg,
        /// Tell also how it differs from the same worker's payment of this period, such as 2026-10.
        #[arg(long, value_name = "PERIOD")]
        compare: Option<String>,
        /// As what: for a terminal, a chat, a short message, a receipt printer, a page, a program.
        #[arg(long = "as", value_enum, default_value_t = StoryForm::Text)]
        form: StoryForm,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Write the slip of a payment, or of every payment of a run.
    Slip {
        /// A payment, a partner reference, or a run.
        what: String,
        /// The file, or for a run the folder, to write to.
        #[arg(long)]
        out: PathBuf,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Check slips, proofs, checkpoints, and a log that was exported as files, without a store.
    Verify {
        /// The files; of an exported log its folder.
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The office's verification key, as text or as a file that holds it. Never from the slip.
        #[arg(long)]
        log_key: Option<String>,
        /// The office's policy: logs, witnesses, and how many of them; or its keys alone, one on each line.
        #[arg(long, conflicts_with = "log_key")]
        policy: Option<PathBuf>,
        /// The counsellor's own copy: a folder that remembers the largest genuine head of each book, and is compared with.
        #[arg(long, value_name = "DIR")]
        seen: Option<PathBuf>,
        /// One object on standard output.
        #[arg(long)]
        json: bool,
    },
    /// The book: the audit log of a store.
    Log {
        #[command(subcommand)]
        action: LogAction,
    },
    /// A witness: an office that keeps the heads of others' books and cosigns what continues them.
    Witness {
        #[command(subcommand)]
        action: WitnessAction,
    },
    /// QRIS codes.
    Qris {
        #[command(subcommand)]
        action: QrisAction,
    },
    /// Providers to test against, on loopback.
    Sandbox {
        /// Where to listen.
        #[arg(long, default_value = "127.0.0.1:8901")]
        listen: String,
        /// Misbehaviour, such as `reset_after_booking=0.05,timeout_504=0.02`.
        #[arg(long)]
        faults: Option<String>,
        /// The seed of the misbehaviour.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where the sandbox keeps its ledger; in memory without it.
        #[arg(long)]
        ledger: Option<PathBuf>,
        /// The client's private key (PEM); made when the file is missing.
        #[arg(long)]
        key: Option<PathBuf>,
        /// Tell how payments end, signed, to this address: `http://127.0.0.1:8902/v1.0`.
        #[arg(long, value_name = "URL")]
        callbacks: Option<String>,
        /// The bank's private key (PEM), which signs them; made when the file is missing, its public half beside it.
        #[arg(long, value_name = "FILE", default_value = "upah-sandbox.bank.key.pem")]
        callback_key: PathBuf,
        /// Lets a provider of payouts tell how they end: `xendit=http://127.0.0.1:8902/xendit/payouts`; likewise flip, oy, iris.
        #[arg(long, value_name = "PROVIDER=URL")]
        payout_callbacks: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum LogAction {
    /// Sign and print a checkpoint over everything that is durable.
    Checkpoint {
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Print the proof that a payment's last entry is in the log.
    Prove {
        /// A payment or a partner reference.
        payment: String,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Have witnesses cosign the newest checkpoint, so that slips and proofs carry their date.
    Cosign {
        /// The office's policy: which witnesses there are, and where.
        #[arg(long, value_name = "FILE")]
        policy: PathBuf,
        /// A witness to ask; without it, those whose address stands in the policy.
        #[arg(long, value_name = "URL")]
        witness: Vec<String>,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Write the log as static files.
    Export {
        /// The folder to write to.
        dir: PathBuf,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Print the proof that the book continues what a slip, a proof or a checkpoint speaks of.
    Since {
        /// The older file.
        file: PathBuf,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Show that nobody was dropped from a run after it was sealed, and nobody added.
    Audit {
        /// One run; all of them without it.
        run: Option<String>,
        #[command(flatten)]
        with: StoreArgs,
    },
    /// Compute everything that is stored again, and compare.
    Verify {
        /// A checkpoint that was kept elsewhere.
        #[arg(long)]
        against: Option<PathBuf>,
        #[command(flatten)]
        with: StoreArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum WitnessAction {
    /// Answer those who ask for a cosignature, until interrupted.
    Serve {
        #[command(flatten)]
        who: WitnessArgs,
        /// The logs that are witnessed: a policy, or their keys alone, one on each line.
        #[arg(long, value_name = "FILE")]
        logs: PathBuf,
        /// The folder in which the last head of each log is kept.
        #[arg(long, value_name = "DIR")]
        state: PathBuf,
        /// Where to listen. Encryption is left to a reverse proxy.
        #[arg(long, default_value = "127.0.0.1:8903")]
        listen: String,
        /// One object on standard output, when it listens.
        #[arg(long)]
        json: bool,
    },
    /// Print the verification key, for policies; the key is made when there is none.
    Key {
        #[command(flatten)]
        who: WitnessArgs,
        /// One object on standard output.
        #[arg(long)]
        json: bool,
    },
}

/// Who witnesses.
#[derive(Clone, Debug, Args)]
pub(crate) struct WitnessArgs {
    /// The file of its secret key; made when it is missing.
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    /// Its name, such as `disnaker.example/saksi`; part of its key.
    #[arg(long)]
    pub(crate) name: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum QrisAction {
    /// Say who is paid by a code, and what in it deviates from the standard.
    Decode {
        /// The text of the code, or a destination `qris:…` of a payroll file; from standard input without it.
        payload: Option<String>,
        /// One object on standard output.
        #[arg(long)]
        json: bool,
    },
    /// Write a code anew, for one payment with --amount, and draw it.
    Encode {
        /// The text of the code, or a destination `qris:…` of a payroll file; from standard input without it.
        payload: Option<String>,
        /// Whole rupiah: the code is then for one payment of exactly this amount.
        #[arg(long)]
        amount: Option<String>,
        /// What the payment is for, at most 25 characters.
        #[arg(long, requires = "amount")]
        reference: Option<String>,
        /// Draw it as a PNG.
        #[arg(long, value_name = "FILE")]
        png: Option<PathBuf>,
        /// Draw it as an SVG.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
        /// One object on standard output.
        #[arg(long)]
        json: bool,
    },
    /// Print what stands on the QRIS sheet of a run: one page, to be paid with a phone.
    Sheet {
        /// The run.
        run: String,
        /// The page to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        #[command(flatten)]
        with: StoreArgs,
    },
}

/// For whom a story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum AudienceArg {
    Worker,
    Counsellor,
    Employer,
}

impl From<AudienceArg> for upah_explain::Audience {
    fn from(audience: AudienceArg) -> Self {
        match audience {
            AudienceArg::Worker => Self::Worker,
            AudienceArg::Counsellor => Self::Counsellor,
            AudienceArg::Employer => Self::Employer,
        }
    }
}

/// As what a story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StoryForm {
    Text,
    /// At most 1.024 characters.
    Whatsapp,
    /// At most 160 septets of GSM-7.
    Sms,
    /// 32 columns of ASCII.
    #[value(name = "58mm")]
    Receipt,
    /// A section to put into a page.
    Html,
    /// The same as with `--json`.
    Json,
}

/// How a bank's statement is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StatementFormat {
    Auto,
    Csv,
    Camt053,
}

impl From<StatementFormat> for upah_statement::Format {
    fn from(format: StatementFormat) -> Self {
        match format {
            StatementFormat::Auto => Self::Detect,
            StatementFormat::Csv => Self::Csv,
            StatementFormat::Camt053 => Self::Camt053,
        }
    }
}

/// What two people state about a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ClaimArg {
    Settled,
    Refused,
}

impl From<ClaimArg> for upah_core::bank_statement::Claim {
    fn from(claim: ClaimArg) -> Self {
        match claim {
            ClaimArg::Settled => Self::Settled,
            ClaimArg::Refused => Self::Refused,
        }
    }
}

/// What every command that uses a store takes.
#[derive(Clone, Debug, Args)]
pub(crate) struct StoreArgs {
    /// Where everything is remembered: sqlite:PATH or postgres://user@host/database.
    #[arg(long)]
    pub(crate) store: Option<String>,
    /// The configuration of the real rails. Without it, the sandbox.
    #[arg(long)]
    pub(crate) rails: Option<PathBuf>,
    /// The employer of rows that name none.
    #[arg(long)]
    pub(crate) employer: Option<String>,
    /// The maker of the run.
    #[arg(long)]
    pub(crate) created_by: Option<String>,
    /// The checker of the run.
    #[arg(long)]
    pub(crate) approved_by: Option<String>,
    /// The run's idempotency key; the digest of the rows without it.
    #[arg(long = "run", value_name = "KEY")]
    pub(crate) run_key: Option<String>,
    /// How long to wait for final states once everything is sent.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) wait: Option<u64>,
    /// Write the slips of the run's payments to this folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) slips: Option<PathBuf>,
    /// Held rows that the checker names: `all`, or row numbers separated by commas.
    #[arg(long, value_name = "ROWS")]
    pub(crate) confirm: Option<String>,
    /// Misbehaviour of the sandbox that runs in this process.
    #[arg(long, conflicts_with = "rails")]
    pub(crate) faults: Option<String>,
    /// One object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Command {
    /// Whether a failure is to be told as an object on standard output.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Self::Pay { with, .. }
            | Self::Check { with, .. }
            | Self::Approve { with, .. }
            | Self::Cancel { with, .. }
            | Self::Status { with, .. }
            | Self::Open { with, .. }
            | Self::Resume { with }
            | Self::Listen { with, .. }
            | Self::Reconcile { with, .. }
            | Self::Resolve { with, .. }
            | Self::Erase { with, .. }
            | Self::Slip { with, .. } => with.json,
            Self::Explain { form, with, .. } => with.json || *form == StoryForm::Json,
            Self::Verify { json, .. } => *json,
            Self::Log { action } => match action {
                LogAction::Checkpoint { with }
                | LogAction::Prove { with, .. }
                | LogAction::Cosign { with, .. }
                | LogAction::Export { with, .. }
                | LogAction::Audit { with, .. }
                | LogAction::Since { with, .. }
                | LogAction::Verify { with, .. } => with.json,
            },
            Self::Witness { action: WitnessAction::Serve { json, .. } | WitnessAction::Key { json, .. } } => *json,
            Self::Qris { action } => match action {
                QrisAction::Decode { json, .. } | QrisAction::Encode { json, .. } => *json,
                QrisAction::Sheet { with, .. } => with.json,
            },
            Self::Sandbox { .. } => false,
        }
    }
}
