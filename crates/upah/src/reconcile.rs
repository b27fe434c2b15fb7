//! `reconcile`: the bank's own statement of the paying account, line by line against the book.
//!
//! It begins with the statement and not with the book: what the bank has booked and we do not know of is
//! found only there. What a line proves is decided by [`upah_core::planner::on_entries`].
use crate::error::Error;
use crate::gateway::{Gateway, PaymentsPage};
use crate::journal::Working;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use upah_core::bank_statement::{BankStatement, BookingDay, Entry, Side, StatementLine};
use upah_core::planner::{Showing, on_entries};
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::state::{AttemptState, PaymentState};
use upah_core::store::{ChangeSet, Page, StoreError, Sum};
use upah_core::{Cause, Payment, RailId, Rupiah};

/// So many payments are written by one commit.
const BATCH: usize = 200;
/// So often a batch is decided anew when somebody else was faster.
const TRIES: usize = 3;
/// The most breaks that are listed; all are counted.
pub const BREAKS_MAX: usize = 1_000;

/// What may be said about a statement besides its lines.
#[derive(Clone, Debug, Default)]
pub struct ReconcileOptions {
    /// Whose account it is of. Without it, what is missing is looked for among the rails that its lines name, or
    /// among all when they name none.
    pub rail: Option<RailId>,
    /// What one transfer over each rail costs: such a line under a reference of ours is a fee and no break.
    pub fees: HashMap<RailId, Rupiah>,
}

/// Why a line or a payment needs somebody's eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum BreakKind {
    /// Money left the account under no reference of ours.
    UnknownDebit,
    /// Money came in under no reference of ours.
    UnknownCredit,
    /// A reference of ours, and another amount than the wage.
    AmountMismatch,
    /// The wage was booked, or came back, more than once under one reference.
    Repeated,
    /// The wage was paid although its attempt had been ended, or more than once under several references.
    Overpaid,
    /// The line agrees with the wage; the book holds something that contradicts it.
    Contradicted,
    /// The book says settled within the statement's days, and the statement does not show it. Changes nothing.
    Missing,
}

impl BreakKind {
    /// The stable name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::UnknownDebit => "unknown_debit",
            Self::UnknownCredit => "unknown_credit",
            Self::AmountMismatch => "amount_mismatch",
            Self::Repeated => "repeated",
            Self::Overpaid => "overpaid",
            Self::Contradicted => "contradicted",
            Self::Missing => "missing",
        }
    }
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// What.
    pub kind: BreakKind,
    /// The line of the statement; nothing for what is missing from it.
    pub row: Option<u64>,
    /// The day of the line, or the day on which the book says that it was settled.
    pub day: BookingDay,
    /// The amount of the line; the wage for what is missing.
    pub amount: Rupiah,
    /// Whose wage.
    pub payment: Option<PaymentId>,
    /// Under which reference.
    pub reference: Option<Reference>,
    /// The wage.
    pub expected: Option<Rupiah>,
    /// Where the payment stands now.
    pub state: Option<PaymentState>,
}

/// What came of reading a statement. The five sums of lines add up to `debits` and `credits`, whatever the file holds.
#[derive(Clone, Debug, Default)]
pub struct Reconciled {
    /// Everything that left the account.
    pub debits: Sum,
    /// Everything that came in.
    pub credits: Sum,
    /// Lines that show a wage as it was sent.
    pub settled: Sum,
    /// Lines that show a wage coming back.
    pub returned: Sum,
    /// Fees under a reference of ours.
    pub fees: Sum,
    /// Lines under a reference of ours that show something else.
    pub mismatched: Sum,
    /// Lines under no reference of ours.
    pub unknown: Sum,
    /// What the book calls settled and the statement does not show; no line, so in none of the sums.
    pub missing: Sum,
    /// Lines that were news and are on the log now.
    pub recorded: u64,
    /// Payments that a line speaks of, by where they stand now.
    pub states: BTreeMap<PaymentState, Sum>,
    /// What does not fit; the first [`BREAKS_MAX`].
    pub breaks: Vec<Break>,
    /// How many breaks there are.
    pub breaks_total: u64,
}

impl Reconciled {
    /// Everything fits, and nothing that the statement speaks of waits for people.
    pub fn is_clean(&self) -> bool {
        let waits = |state: &PaymentState| matches!(state, PaymentState::NeedsAction | PaymentState::Returned);
        self.breaks_total == 0 && !self.states.keys().any(waits)
    }

    fn found(&mut self, one: Break) {
        self.breaks_total += 1;
        if self.breaks.len() < BREAKS_MAX {
            self.breaks.push(one);
        }
    }

    fn absorb(&mut self, part: Self) {
        let sums = [
            (&mut self.settled, part.settled),
            (&mut self.returned, part.returned),
            (&mut self.fees, part.fees),
            (&mut self.mismatched, part.mismatched),
        ];
        for (sum, more) in sums {
            sum.count += more.count;
            sum.amount += more.amount;
        }
        for (state, more) in part.states {
            let sum = self.states.entry(state).or_default();
            sum.count += more.count;
            sum.amount += more.amount;
        }
        self.recorded += part.recorded;
        self.breaks_total += part.breaks_total - part.breaks.len() as u64;
        part.breaks.into_iter().for_each(|one| self.found(one));
    }
}

fn count(sum: &mut Sum, amount: Rupiah) {
    sum.count += 1;
    sum.amount = sum.amount.saturating_add(amount.value());
}

impl Gateway {
    /// Matches every line of a bank's statement with the payment whose reference stands in it, and records what it
    /// proves (safety rules 7, 13, 14 and 21): it settles what is open, makes a settled payment returned, and hands
    /// contradictions and money too much to people. It sends nothing and asks nobody.
    ///
    /// Durable when it returns: every line that was news, in batches; and, with a log key, a checkpoint over them. Safe to
    /// drop and to repeat: a line that is known, from this statement or another one, changes nothing.
    ///
    /// # Errors
    /// The store is behind its head, the clock is behind, or the store failed; batches before the failure are kept.
    pub async fn reconcile(&self, statement: &BankStatement, options: &ReconcileOptions) -> Result<Reconciled, Error> {
        self.check_clock().await?;
        if self.book().went_back().await? {
            return Err(Error::WentBack);
        }
        let mut result = Reconciled::default();
        let mut of_payment: BTreeMap<PaymentId, Vec<&StatementLine>> = BTreeMap::new();
        for line in &statement.lines {
            let debit = line.entry.side == Side::Debit;
            count(if debit { &mut result.debits } else { &mut result.credits }, line.entry.amount);
            match self.payment_of(line).await? {
                Some(id) => of_payment.entry(id).or_default().push(line),
                None => {
                    count(&mut result.unknown, line.entry.amount);
                    result.found(Break {
                        kind: if debit { BreakKind::UnknownDebit } else { BreakKind::UnknownCredit },
                        row: Some(line.row),
                        day: line.entry.day,
                        amount: line.entry.amount,
                        payment: None,
                        reference: None,
                        expected: None,
                        state: None,
                    });
                }
            }
        }
        let mut rails = BTreeSet::new();
        let payments: Vec<_> = of_payment.into_iter().collect();
        for batch in payments.chunks(BATCH) {
            let part = self.reconcile_batch(batch, statement, options, &mut rails).await?;
            result.absorb(part);
        }
        rails = options.rail.iter().cloned().chain(rails.into_iter().filter(|_| options.rail.is_none())).collect();
        self.find_missing(statement, &rails, &mut result).await?;
        if result.recorded > 0 && self.book().require_key().is_ok() {
            self.book().sign().await?;
        }
        Ok(result)
    }

    /// The payment whose reference stands in a line: the first text of the line that is one, unless its records were
    /// erased.
    async fn payment_of(&self, line: &StatementLine) -> Result<Option<PaymentId>, Error> {
        for text in &line.references {
            let stored = self.store().by_reference(Reference::from_stored(text.as_str())).await?;
            if let Some(stored) = stored.filter(|stored| !stored.is_erased()) {
                return Ok(Some(stored.row.id));
            }
        }
        Ok(None)
    }

    async fn reconcile_batch(
        &self,
        batch: &[(PaymentId, Vec<&StatementLine>)],
        statement: &BankStatement,
        options: &ReconcileOptions,
        rails: &mut BTreeSet<RailId>,
    ) -> Result<Reconciled, Error> {
        let mut tries = 0;
        loop {
            let approvals = self.approvals().await?;
            let approved_at = |run: &RunId| approvals.get(run).copied();
            let mut changes = ChangeSet::default();
            let mut part = Reconciled::default();
            for (id, lines) in batch {
                let stored = self.stored(id).await?;
                let mut working = match Working::open(&stored, &approved_at) {
                    Ok(working) => working,
                    // Erased since its reference was found: as if it had not been.
                    Err(Error::Erased(_)) => continue,
                    // Somebody approved its run in the meantime.
                    Err(_) => self.opened(&stored).await?,
                };
                self.reconcile_payment(&mut working, lines, statement, options, rails, &mut part)?;
                if working.is_dirty() {
                    changes.payments.push(working.change(self.pepper()));
                }
            }
            if changes.payments.is_empty() {
                return Ok(part);
            }
            match self.store().commit(Arc::new(changes)).await {
                Ok(_) => return Ok(part),
                Err(StoreError::Conflict(_)) if tries < TRIES => tries += 1,
                Err(why) => return Err(why.into()),
            }
        }
    }

    /// Everything that the statement says about one payment.
    fn reconcile_payment(
        &self,
        working: &mut Working,
        lines: &[&StatementLine],
        statement: &BankStatement,
        options: &ReconcileOptions,
        rails: &mut BTreeSet<RailId>,
        part: &mut Reconciled,
    ) -> Result<(), Error> {
        let mut of_attempt: BTreeMap<u16, Vec<&StatementLine>> = BTreeMap::new();
        for line in lines {
            let made = working
                .payment
                .attempts
                .iter()
                .map(|attempt| &attempt.made)
                .find(|made| line.references.iter().any(|text| text == made.reference.as_str()));
            let made =
                made.ok_or_else(|| Error::damaged("a reference is filed under a payment that does not have it"))?;
            rails.insert(made.rail.clone());
            of_attempt.entry(made.number).or_default().push(line);
        }
        let mut shown = Vec::new();
        for (number, lines) in of_attempt {
            let made = working.payment.attempts.iter().map(|attempt| &attempt.made).find(|made| made.number == number);
            let fee = made.and_then(|made| options.fees.get(&made.rail).copied());
            let entries: Vec<Entry> = lines.iter().map(|line| line.entry.clone()).collect();
            for matched in on_entries(&working.payment, number, &entries, statement.digest, fee) {
                part.recorded += u64::from(matched.fact.is_some());
                working.append(matched.fact.into_iter().collect(), self.env().now(), self.env())?;
                shown.extend(lines.get(matched.index).map(|line| (*line, number, matched.showing)));
            }
        }
        let payment = &working.payment;
        count(part.states.entry(payment.state).or_default(), payment.amount());
        shown.sort_by_key(|(line, ..)| line.row);
        for (line, number, showing) in shown {
            tell(payment, number, line, showing, part);
        }
        Ok(())
    }

    /// What the book calls settled within the statement's days, and no statement shows.
    async fn find_missing(
        &self,
        statement: &BankStatement,
        rails: &BTreeSet<RailId>,
        result: &mut Reconciled,
    ) -> Result<(), Error> {
        let mut after = None;
        let states = vec![PaymentState::Settled, PaymentState::NeedsAction];
        loop {
            let PaymentsPage { payments, next, .. } =
                self.page(Page { run: None, states: states.clone(), after, limit: 500 }).await?;
            for payment in &payments {
                for attempt in payment.attempts.iter().filter(|attempt| attempt.state == AttemptState::Settled) {
                    let Some(day) = attempt.settled_at.and_then(|at| at.date().try_into().ok()) else { continue };
                    let is_shown = attempt.booked.iter().any(|entry| entry.side == Side::Debit);
                    let of_account = rails.is_empty() || rails.contains(&attempt.made.rail);
                    if is_shown || !of_account || day < statement.from || day > statement.to {
                        continue;
                    }
                    count(&mut result.missing, payment.amount());
                    result.found(Break {
                        kind: BreakKind::Missing,
                        row: None,
                        day,
                        amount: payment.amount(),
                        payment: Some(payment.id.clone()),
                        reference: Some(attempt.made.reference.clone()),
                        expected: Some(payment.amount()),
                        state: Some(payment.state),
                    });
                }
            }
            match next {
                Some(cursor) => after = Some(cursor),
                None => return Ok(()),
            }
        }
    }
}

/// Counts a line, and says what is to be looked at.
fn tell(payment: &Payment, number: u16, line: &StatementLine, showing: Showing, part: &mut Reconciled) {
    let amount = line.entry.amount;
    let sum = match showing {
        Showing::Payment => &mut part.settled,
        Showing::Return => &mut part.returned,
        Showing::Fee => &mut part.fees,
        Showing::Again | Showing::OtherAmount => &mut part.mismatched,
    };
    count(sum, amount);
    let attempt = payment.attempts.iter().find(|attempt| attempt.made.number == number);
    let stands = attempt.map(|attempt| attempt.state);
    let kind = match showing {
        Showing::Again => BreakKind::Repeated,
        Showing::OtherAmount => BreakKind::AmountMismatch,
        Showing::Fee => return,
        _ if payment.reason() == Some(Cause::Overpaid) => BreakKind::Overpaid,
        Showing::Payment if matches!(stands, Some(AttemptState::Settled | AttemptState::Returned)) => return,
        Showing::Return if stands == Some(AttemptState::Returned) => return,
        Showing::Payment | Showing::Return => BreakKind::Contradicted,
    };
    part.found(Break {
        kind,
        row: Some(line.row),
        day: line.entry.day,
        amount,
        payment: Some(payment.id.clone()),
        reference: attempt.map(|attempt| attempt.made.reference.clone()),
        expected: Some(payment.amount()),
        state: Some(payment.state),
    });
}
