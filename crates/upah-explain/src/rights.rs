//! The clock of rights: how late a wage is, and an estimate of the fine for it.
//!
//! Source: Government Regulation 36/2021 on wages, article 61. From the fourth to the eighth day 5% of the wage a day;
//! after the eighth day 1% a day more, within a month at most 50%; after a month also interest, which is not computed
//! here, for its rate is that of the banks. The fine is the employer's, and the duty to pay the wage stays.
//!
//! Three things in it can be read in more than one way. Each is a choice with a name, [`LateFineChoices`], which is told
//! with every estimate. The estimate is for employees alone, is never called a judgement, and is no part of any sum.

use serde::{Deserialize, Serialize};
use time::{Date, Duration};
use upah_core::bank_statement::Side;
use upah_core::cause::Money;
use upah_core::rate::Rate;
use upah_core::row::Relationship;
use upah_core::{AttemptState, Payment, PaymentState, Rupiah};

use crate::sections::with_capital;
use crate::story::Section;
use crate::teller::Teller;

/// What the article is, wherever an estimate is told.
pub const LATE_FINE_RULE: &str = "PP 36/2021 art. 61";

/// How the article is read where it can be read in more than one way. The default is the reading of most payroll
/// guides; none of them binds anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LateFineChoices {
    /// Which day the due date itself is.
    pub due_date: DueDateIs,
    /// How long the month is after which interest is owed too.
    pub month: MonthIs,
    /// What is at most half of the wage.
    pub cap: CapIs,
}

/// Which day the due date itself is when days of delay are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DueDateIs {
    /// Counting begins with the day after it.
    #[default]
    #[serde(rename = "day-0")]
    DayZero,
    /// Counting begins with it.
    #[serde(rename = "day-1")]
    DayOne,
}

/// How long a month is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MonthIs {
    /// Thirty days.
    #[default]
    ThirtyDays,
    /// To the same day of the next month, or its last day.
    Calendar,
}

/// What is at most half of the wage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CapIs {
    /// The whole fine.
    #[default]
    WholeFine,
    /// What is added after the eighth day.
    AfterDayEight,
}

/// What is needed besides the payment to tell how late it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RightsClock {
    /// Today, in Jakarta.
    pub today: Date,
    /// How the article is read.
    pub choices: LateFineChoices,
}

/// An estimate of the fine. Never a part of a sum, and nobody's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LateFine {
    /// Its part of the wage.
    #[serde(rename = "basis_points")]
    pub rate: Rate,
    /// In whole rupiah.
    pub amount: Rupiah,
    /// Whether a month is over, after which interest is owed too. It is not computed.
    pub interest_not_computed: bool,
}

/// How late a wage is.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Rights {
    /// When it was due.
    pub due: String,
    /// When it was recorded as paid; nothing while it is open.
    pub paid: Option<String>,
    /// How many days after the due date it was paid, or today is.
    pub days_late: u32,
    /// The estimate, for an employee whose wage is late.
    pub estimate: Option<LateFine>,
    /// The rule of the estimate.
    pub rule: &'static str,
    /// How the rule is read here.
    pub choices: LateFineChoices,
    /// The same in sentences.
    #[serde(flatten)]
    pub told: Section,
}

/// Days from one to the other; none when the other is not later.
fn days_between(from: Date, to: Date) -> u32 {
    u32::try_from((to - from).whole_days()).unwrap_or(0)
}

/// The fine for a wage that was due on one day and paid on another, by the reading chosen.
///
/// ```
/// use upah_core::Rupiah;
/// use upah_core::period::parse_date;
/// use upah_explain::{LateFineChoices, late_fine};
///
/// let wage = Rupiah::new(1_000_000)?;
/// let (due, paid) = (parse_date("2026-11-25")?, parse_date("2026-12-04")?);
/// let fine = late_fine(wage, due, paid, LateFineChoices::default());
/// assert_eq!((fine.rate.to_string(), fine.amount), ("26%".into(), Rupiah::new(260_000)?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn late_fine(wage: Rupiah, due: Date, paid: Date, choices: LateFineChoices) -> LateFine {
    let first = match choices.due_date {
        DueDateIs::DayZero => due,
        DueDateIs::DayOne => due.saturating_sub(Duration::days(1)),
    };
    let day = days_between(first, paid);
    let rate = late_fine_rate(day, choices.cap);
    let interest_not_computed = match choices.month {
        MonthIs::ThirtyDays => day > 30,
        MonthIs::Calendar => paid > a_month_after(first),
    };
    LateFine { rate, amount: rate.of(wage), interest_not_computed }
}

/// The part of the wage on this day of delay.
fn late_fine_rate(day: u32, cap: CapIs) -> Rate {
    let to_day_eight = day.min(8).saturating_sub(3) * 500;
    let after_day_eight = day.saturating_sub(8).min(5_000) * 100;
    let basis_points = match cap {
        CapIs::WholeFine => (to_day_eight + after_day_eight).min(5_000),
        CapIs::AfterDayEight => to_day_eight + after_day_eight.min(5_000),
    };
    // 7.500 at most.
    Rate::new(basis_points).unwrap_or_default()
}

fn a_month_after(date: Date) -> Date {
    let next = date.replace_day(1).unwrap_or(date).saturating_add(Duration::days(31));
    let last = next.month().length(next.year());
    next.replace_day(date.day().min(last)).unwrap_or(Date::MAX)
}

/// On which day the wage was recorded as paid: by the bank's own booking where a statement showed it, else when it was
/// learned.
fn paid_on(payment: &Payment) -> Option<Date> {
    let wage = payment.amount();
    let paid = payment.attempts.iter().filter(|attempt| attempt.state == AttemptState::Settled);
    let days = paid.flat_map(|attempt| {
        let booked = attempt.booked.iter().filter(|entry| entry.side == Side::Debit && entry.amount == wage);
        booked.map(|entry| entry.day.date()).chain(attempt.settled_at.map(upah_core::Timestamp::date))
    });
    days.min()
}

/// How late the payment is. Nothing when nobody said by when it is due, or when it was stopped.
pub(crate) fn told(teller: &Teller<'_>, clock: &RightsClock) -> Option<Rights> {
    let row = &teller.payment.instruction.row;
    let due = row.due_date.filter(|_| teller.standing.state != PaymentState::Cancelled)?;
    let paid = match teller.standing.money {
        Money::WithWorker => Some(paid_on(teller.payment)?),
        Money::WithPayer | Money::Unclear => None,
    };
    let until = paid.unwrap_or(clock.today);
    let days_late = days_between(due.date(), until);
    let estimate = (row.relationship == Some(Relationship::Employee) && days_late > 0)
        .then(|| late_fine(row.amount, due.date(), until, clock.choices));
    let standing = standing(paid.is_some());
    let date = teller.voice.date(due.date());
    let mut answers = vec![teller.say_with("rights-due", &[("date", &date)])];
    if days_late == 0 {
        answers.push(teller.say_with("rights-on_time", &[("standing", standing)]));
    } else {
        let days = days_late.to_string();
        answers.push(teller.say_with("rights-late", &[("standing", standing), ("days", &days)]));
        match &estimate {
            Some(fine) => push_estimate(teller, fine, standing, clock.choices, &mut answers),
            None => push_for_others(teller, row.relationship, &mut answers),
        }
    }
    Some(Rights {
        due: due.to_string(),
        paid: paid.map(written),
        days_late,
        estimate,
        rule: LATE_FINE_RULE,
        choices: clock.choices,
        told: Section { question: teller.say("question-rights"), answers },
    })
}

impl Rights {
    /// How late the wage is and what the fine may come to, for who reads no more than that; nothing without an estimate
    /// of some rupiah. That it is an estimate, and that the article can be read otherwise, is never left out.
    pub(crate) fn in_short(&self, teller: &Teller<'_>) -> Vec<String> {
        let Some(fine) = self.estimate.filter(|fine| !fine.amount.is_zero()) else { return Vec::new() };
        let standing = standing(self.paid.is_some());
        vec![
            teller.say_with("rights-late", &[("standing", standing), ("days", &self.days_late.to_string())]),
            teller.say_with("rights-fine", &[("standing", standing), ("fine", &fine.amount.to_string())]),
            teller.say("brief-fine"),
            teller.say("rights-basis"),
        ]
    }
}

fn standing(is_paid: bool) -> &'static str {
    if is_paid { "paid" } else { "open" }
}

fn push_estimate(
    teller: &Teller<'_>,
    fine: &LateFine,
    standing: &str,
    choices: LateFineChoices,
    answers: &mut Vec<String>,
) {
    if fine.amount.is_zero() {
        answers.push(teller.say("rights-no_fine"));
    } else {
        answers.push(teller.say_with("rights-fine", &[("standing", standing), ("fine", &fine.amount.to_string())]));
        answers.push(teller.say_with("rights-part", &[("part", &fine.rate.to_string())]));
    }
    if fine.interest_not_computed {
        answers.push(teller.say("rights-interest"));
    }
    answers.push(teller.say("rights-basis"));
    answers.push(teller.say("rights-estimate_only"));
    answers.push(teller.say("rights-choices"));
    let due_date = if choices.due_date == DueDateIs::DayOne { "one" } else { "zero" };
    let month = if choices.month == MonthIs::Calendar { "calendar" } else { "thirty-days" };
    let cap = if choices.cap == CapIs::AfterDayEight { "after-day-eight" } else { "whole-fine" };
    for (key, choice) in
        [("rights-choice-due_date", due_date), ("rights-choice-month", month), ("rights-choice-cap", cap)]
    {
        answers.push(teller.say_with(key, &[("choice", choice)]));
    }
    answers.push(teller.say("rights-ask"));
}

/// The fine is for employees; others are told so, and whom to ask.
fn push_for_others(teller: &Teller<'_>, relationship: Option<Relationship>, answers: &mut Vec<String>) {
    answers.push(teller.say("rights-employees_only"));
    let recorded = if relationship.is_some() { "rights-other" } else { "rights-not_recorded" };
    answers.push(with_capital(&teller.say(recorded)));
    answers.push(teller.say("rights-ask"));
}

/// `2026-11-25`.
fn written(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}
