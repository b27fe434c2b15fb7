//! How a command ends, and what it says when it cannot go on: one clear sentence.
use std::process::ExitCode;
use upah::RowProblem;
use upah_core::store::StoreError;
use upah_payfile::RowError;

/// The exit codes of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All settled, genuine, clean.
    Done,
    /// Anything else: store, key, tampering.
    Other,
    /// Usage, bad file, bad configuration, conflict. Nothing was sent.
    BadInput,
    /// Something is open or needs action.
    Open,
    /// Waiting for approval.
    WaitsForApproval,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Other => 1,
            Exit::BadInput => 2,
            Exit::Open => 3,
            Exit::WaitsForApproval => 4,
        })
    }
}

/// Why a command cannot go on.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) rows: Vec<RowError>,
    pub(crate) rows_total: u64,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: &'static str, message: impl Into<String>) -> Self {
        Self { exit, code, message: message.into(), rows: Vec::new(), rows_total: 0 }
    }

    /// A usage or configuration that cannot be worked with; nothing was sent.
    pub(crate) fn usage(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Exit::BadInput, code, message)
    }

    /// Bad rows; nothing was sent.
    pub(crate) fn rows(rows: Vec<RowError>, rows_total: u64) -> Self {
        let message = match rows_total {
            1 => "the file has 1 mistake; nothing was sent".to_owned(),
            n => format!("the file has {n} mistakes; nothing was sent"),
        };
        Self { exit: Exit::BadInput, code: "bad_rows", message, rows, rows_total }
    }
}

/// A problem between rows in the form in which the file's own mistakes are reported.
pub(crate) fn row_error(problem: &RowProblem) -> RowError {
    RowError {
        row: problem.row,
        column: problem.column.to_owned(),
        value: problem.value.clone(),
        code: problem.code,
        message: problem.message.clone(),
    }
}

impl From<upah::Error> for Failure {
    fn from(error: upah::Error) -> Self {
        use upah::Error as E;
        let message = error.to_string();
        match error {
            E::Rows(problems) => {
                let total = problems.len() as u64;
                Self::rows(problems.iter().map(row_error).collect(), total)
            }
            E::WrongMode { .. } => Self::usage("wrong_mode", message),
            E::RunKeyConflict { .. } => Self::usage("run_key_conflict", message),
            E::RowsChanged => Self::usage("rows_changed", message),
            E::Outdated => Self::usage("outdated", message),
            E::Approval(_) => Self::usage("approval", message),
            E::Resolution(_) => Self::usage("resolution", message),
            E::NotFound(_) => Self::usage("not_found", message),
            E::TooLate { .. } => Self::usage("too_late", message),
            E::Store(StoreError::ObligationTaken { .. } | StoreError::RunKeyTaken | StoreError::Conflict(_)) => {
                Self::usage("conflict", message)
            }
            E::Store(_) | E::File { .. } => Self::new(Exit::Other, "store", message),
            E::Erased(_) => Self::new(Exit::Other, "erased", message),
            E::Damaged(_) => Self::new(Exit::Other, "damaged", message),
            E::LogKey(_) => Self::new(Exit::Other, "log_key", message),
            E::ClockBehind { .. } => Self::new(Exit::Other, "clock_behind", message),
            E::Interrupted => Self::new(Exit::Open, "interrupted", message),
            _ => Self::new(Exit::Other, "failed", message),
        }
    }
}
