//! What a camt.053 statement says about itself: balances, counts and sums. One that contradicts itself is refused.

use upah_core::bank_statement::Side;
use upah_payfile::RowError;

use crate::Mistakes;

/// What a summary may count: all entries, or those of one side.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Total {
    pub(crate) count: Option<u64>,
    pub(crate) sum: Option<u64>,
}

/// The balances and the summary of one statement, and what its entries come to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Control {
    /// Before the first entry (`OPBD`, or else `PRCD`), in rupiah; below zero when the account is overdrawn.
    pub(crate) opening: Option<i128>,
    pub(crate) previous: Option<i128>,
    /// After the last entry (`CLBD`).
    pub(crate) closing: Option<i128>,
    pub(crate) all: Total,
    pub(crate) debits: Total,
    pub(crate) credits: Total,
    counted: [Counted; 2],
}

#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    count: u64,
    sum: u64,
}

impl Control {
    /// An entry was booked.
    pub(crate) fn count(&mut self, side: Side, amount: u64) {
        let counted = &mut self.counted[usize::from(side == Side::Credit)];
        counted.count += 1;
        counted.sum = counted.sum.saturating_add(amount);
    }

    /// Names everything in which the statement contradicts itself. `row` is the number of its last entry.
    pub(crate) fn check(&self, row: u64, mistakes: &mut Mistakes) {
        let [out, back] = self.counted;
        let both = Counted { count: out.count + back.count, sum: out.sum.saturating_add(back.sum) };
        let totals =
            [("TtlNtries", self.all, both), ("TtlDbtNtries", self.debits, out), ("TtlCdtNtries", self.credits, back)];
        for (column, said, counted) in totals {
            for (what, said, counted) in [("NbOfNtries", said.count, counted.count), ("Sum", said.sum, counted.sum)] {
                if let Some(said) = said.filter(|said| *said != counted) {
                    let message = format!("the file says {what} {said}, its entries come to {counted}");
                    mistakes.add(RowError::new(row.max(1), column, &said.to_string(), "control_sum", message));
                }
            }
        }
        if let (Some(opening), Some(closing)) = (self.opening.or(self.previous), self.closing) {
            let comes_to = opening + i128::from(back.sum) - i128::from(out.sum);
            if comes_to != closing {
                let message =
                    format!("the file closes with {closing}, its opening balance and entries come to {comes_to}");
                mistakes.add(RowError::new(row.max(1), "Bal", &closing.to_string(), "control_balance", message));
            }
        }
    }
}
