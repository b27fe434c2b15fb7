//! What is printed: sentences on standard error, one JSON object on standard output.
use crate::failure::{Exit, Failure};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io::Write;
use upah_core::state::PaymentState;
use upah_core::store::Sum;
use upah_core::{Cause, Rupiah};

/// Counts and sums by state; states with nothing are omitted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally(pub(crate) BTreeMap<PaymentState, Sum>);

impl Tally {
    pub(crate) fn of(sums: Vec<(PaymentState, Sum)>) -> Self {
        Self(sums.into_iter().filter(|(_, sum)| sum.count > 0).collect())
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (state, sum) in &other.0 {
            let mine = self.0.entry(*state).or_default();
            mine.count += sum.count;
            mine.amount += sum.amount;
        }
    }

    pub(crate) fn count_one(&mut self, state: PaymentState, amount: u64) {
        let mine = self.0.entry(state).or_default();
        mine.count += 1;
        mine.amount += amount;
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.values().map(|sum| sum.count).sum()
    }

    pub(crate) fn amount(&self) -> u64 {
        self.0.values().map(|sum| sum.amount).sum()
    }

    pub(crate) fn json(&self) -> Value {
        let states: Map<String, Value> = self
            .0
            .iter()
            .map(|(state, sum)| (state.name().to_owned(), json!({"count": sum.count, "amount": sum.amount})))
            .collect();
        Value::Object(states)
    }

    /// 0 when everything settled, 4 when nothing but an approval is missing, 3 otherwise.
    pub(crate) fn exit(&self) -> Exit {
        let has = |state: PaymentState| self.0.contains_key(&state);
        let only = |states: &[PaymentState]| self.0.keys().all(|state| states.contains(state));
        if only(&[PaymentState::Settled, PaymentState::Cancelled]) {
            Exit::Done
        } else if has(PaymentState::AwaitingApproval)
            && only(&[PaymentState::Settled, PaymentState::Cancelled, PaymentState::AwaitingApproval])
        {
            Exit::WaitsForApproval
        } else {
            Exit::Open
        }
    }
}

/// An amount of rupiah as people write it.
pub(crate) fn rupiah(amount: u64) -> String {
    Rupiah::new(amount).map_or_else(|_| format!("Rp{amount}"), |rupiah| rupiah.to_string())
}

/// One object on standard output. A closed pipe is nobody's error.
pub(crate) fn object(value: &Value) {
    line(&value.to_string());
}

/// One line on standard output. A closed pipe is nobody's error.
pub(crate) fn line(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{text}");
}

/// A failure: prose for people, and an object for scripts.
pub(crate) fn failure(failure: &Failure, json: bool) {
    for error in &failure.rows {
        let value = if error.value.is_empty() { String::new() } else { format!(" ({})", error.value) };
        eprintln!("row {}, {}{value}: {}", error.row, error.column, error.message);
    }
    let unlisted = failure.rows_total.saturating_sub(failure.rows.len() as u64);
    if unlisted > 0 {
        eprintln!("and {unlisted} more");
    }
    eprintln!("upah: {}", failure.message);
    if !json {
        return;
    }
    if failure.rows_total > 0 {
        object(&json!({"errors": failure.rows, "errors_total": failure.rows_total}));
    } else {
        object(&json!({"error": {"code": failure.code, "message": failure.message}}));
    }
}

/// Why a rail took nothing more, for whoever runs the command.
pub(crate) fn parked(rail: &str, cause: Cause) -> String {
    let why = match cause {
        Cause::InsufficientFunds => "the account that pays is short of funds; top it up",
        Cause::RailUnreachable => "the provider cannot be reached",
        Cause::CredentialsRefused => {
            "the provider does not accept our credentials or signature; check client_secret and private_key"
        }
        Cause::PayerBlocked => "the provider has blocked this payer; call it",
        Cause::PayerLimitReached => "the daily limit of the paying account is used up",
        Cause::FeatureNotAllowed => "the contract with the provider does not allow this service",
        Cause::OutsideHours => "the provider takes no payments at this hour",
        Cause::BadRequest => "the provider refuses our requests as malformed; check the configuration",
        Cause::NoAnswer => "the provider gives no clear answers at the moment",
        _ => "the provider refuses our requests",
    };
    format!("rail {rail}: {why}. Nothing more was sent over it; run `upah resume` when that is mended.")
}

/// The tally in a sentence for each state.
pub(crate) fn tell(tally: &Tally) {
    for (state, sum) in &tally.0 {
        eprintln!("  {:<17} {:>9}   {}", state.name(), sum.count, rupiah(sum.amount));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(states: &[PaymentState]) -> Tally {
        let mut tally = Tally::default();
        for state in states {
            tally.count_one(*state, 1);
        }
        tally
    }

    #[test]
    fn the_exit_code_says_what_a_script_has_to_know() {
        use PaymentState as P;
        assert_eq!(tally(&[P::Settled]).exit(), Exit::Done);
        assert_eq!(tally(&[]).exit(), Exit::Done);
        assert_eq!(tally(&[P::Settled, P::AwaitingApproval]).exit(), Exit::WaitsForApproval);
        assert_eq!(tally(&[P::AwaitingApproval, P::Unknown]).exit(), Exit::Open);
        for open in [P::Ready, P::Sending, P::Pending, P::Unknown, P::Returned, P::NeedsAction] {
            assert_eq!(tally(&[P::Settled, open]).exit(), Exit::Open, "{open:?}");
        }
    }
}
