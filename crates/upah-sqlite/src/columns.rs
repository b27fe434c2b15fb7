//! How the core's values stand in columns. The codes are part of the file's format: never renumber them.
use crate::fault::{Fault, Result};
use rusqlite::Row;
use upah_core::Rupiah;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;

/// The code of a state.
pub(crate) const fn state_code(state: PaymentState) -> i64 {
    match state {
        PaymentState::AwaitingApproval => 0,
        PaymentState::Ready => 1,
        PaymentState::Sending => 2,
        PaymentState::Pending => 3,
        PaymentState::Unknown => 4,
        PaymentState::Settled => 5,
        PaymentState::Refused => 6,
        PaymentState::Returned => 7,
        PaymentState::NeedsAction => 8,
        PaymentState::Cancelled => 9,
    }
}

/// The state with a code.
pub(crate) fn state_of(code: i64) -> Result<PaymentState> {
    PaymentState::ALL
        .into_iter()
        .find(|state| state_code(*state) == code)
        .ok_or_else(|| Fault::damaged("a payment has a state that does not exist"))
}

/// A run's number in this file, 1 to 2^31 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RunNo(pub(crate) i64);

impl RunNo {
    /// The largest, so that a payment's number stays positive.
    pub(crate) const MAX: Self = Self((1 << 31) - 1);

    /// The number of the run's payment `n`.
    pub(crate) const fn payment(self, n: u32) -> i64 {
        (self.0 << 32) | n as i64
    }

    /// The number of the run's own stream.
    pub(crate) const fn stream(self) -> i64 {
        -self.0
    }

    /// The run to which a payment's number belongs, and which of its payments it is.
    pub(crate) const fn split(payment: i64) -> (Self, u32) {
        (Self(payment >> 32), (payment & 0xffff_ffff) as u32)
    }
}

/// The payment `n` of a run.
pub(crate) fn payment_id(run: RunId, n: u32) -> PaymentId {
    PaymentId { run, n }
}

/// A number that fits SQLite's signed 64 bits.
pub(crate) fn to_integer(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|_| Fault::misused("a number is larger than 2^63 - 1"))
}

/// A column of a number that is never negative.
pub(crate) fn natural<T: TryFrom<i64>>(row: &Row<'_>, column: usize) -> Result<T> {
    let value: i64 = row.get(column)?;
    T::try_from(value).map_err(|_| Fault::damaged("a number is out of its range"))
}

/// A column of 0 or 1; another number was not written by us, although SQLite would take it for true.
pub(crate) fn truth(row: &Row<'_>, column: usize) -> Result<bool> {
    match row.get(column)? {
        0i64 => Ok(false),
        1 => Ok(true),
        _ => Err(Fault::damaged("a yes or no of a payment or run is neither")),
    }
}

/// A column of rupiah.
pub(crate) fn rupiah(row: &Row<'_>, column: usize) -> Result<Rupiah> {
    Rupiah::new(natural(row, column)?).map_err(|_| Fault::damaged("an amount is out of its range"))
}

/// A column of exactly `N` bytes.
pub(crate) fn bytes<const N: usize>(row: &Row<'_>, column: usize) -> Result<[u8; N]> {
    let blob = row.get_ref(column)?.as_blob().map_err(|_| Fault::damaged("a hash is not one"))?;
    blob.try_into().map_err(|_| Fault::damaged("a hash has the wrong length"))
}

/// A column of a text that its own parser must accept.
///
/// What is stored is canonical: a text that its parser would trim or fold was changed.
pub(crate) fn text<T: core::str::FromStr + core::fmt::Display>(row: &Row<'_>, column: usize) -> Result<T> {
    let damaged = || {
        let name = row.as_ref().column_name(column).unwrap_or("?");
        Fault::damaged(format!("column {name} of a run or payment is not in its form"))
    };
    let text = row.get_ref(column)?.as_str().map_err(|_| damaged())?;
    let value: T = text.parse().map_err(|_| damaged())?;
    if value.to_string() == text { Ok(value) } else { Err(damaged()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_own_code() {
        for state in PaymentState::ALL {
            assert_eq!(state_of(state_code(state)).unwrap(), state);
        }
        assert!(state_of(10).is_err() && state_of(-1).is_err());
    }

    #[test]
    fn a_payment_s_number_tells_its_run_at_both_ends_of_the_range() {
        for run in [RunNo(1), RunNo(2), RunNo::MAX] {
            for n in [0, 1, u32::MAX] {
                assert_eq!(RunNo::split(run.payment(n)), (run, n));
                assert!(run.payment(n) > 0 && run.stream() < 0);
            }
        }
        assert!(RunNo(1).payment(u32::MAX) < RunNo(2).payment(0));
    }
}
