//! The answers to the five questions, each from recorded facts alone.

use upah_core::cause::Money;
use upah_core::evidence::{Grade, Inspection};
use upah_core::name::NameMatch;
use upah_core::row::{Direction, DueDate, Line, LineSource};
use upah_core::{AttemptState, Cause, Component, PaymentState};

use crate::computed;
use crate::listener::Audience;
use crate::standing::Late;
use crate::teller::Teller;
use crate::terbilang::terbilang;
use crate::{timeline, ways};

/// Why is my pay this much?
pub(crate) fn amount(teller: &Teller<'_>) -> Vec<String> {
    let row = &teller.payment.instruction.row;
    let statement = &row.statement;
    let mut answers = vec![
        teller.say_with("amount-employer", &[("employer", teller.payment.instruction.employer.as_str())]),
        teller.say("amount-period"),
        teller.say("amount-net"),
        teller.say_with("amount-words", &[("words", &terbilang(row.amount))]),
    ];
    if row.component != Component::default() {
        answers.push(teller.say_with("amount-component", &[("kind", &kind(teller, &row.component))]));
    }
    match statement.lines() {
        [only] if only.source == LineSource::Stated && only.kind == row.component => {
            answers.push(teller.say("amount-no_breakdown"));
        }
        lines => {
            lines.iter().for_each(|line| push_line(teller, line, &mut answers));
            if lines.iter().any(|line| line.direction == Direction::Deduction) {
                let gross = statement.gross();
                let deducted = gross.checked_sub(statement.net()).unwrap_or_default();
                answers.push(teller.say_with("amount-gross", &[("amount", &gross.to_string())]));
                answers.push(teller.say_with("amount-deducted", &[("amount", &deducted.to_string())]));
            }
        }
    }
    answers
}

fn push_line(teller: &Teller<'_>, line: &Line, answers: &mut Vec<String>) {
    let kind = kind(teller, &line.kind);
    let amount = line.amount.to_string();
    let side = if line.direction == Direction::Earning { "earning" } else { "deduction" };
    let said = match &line.source {
        LineSource::Computed(computation) => {
            let details = [("kind", &*kind), ("formula", &computation.formula())];
            teller.say_with(&format!("line-{side}-computed"), &details)
        }
        _ => teller.say_with(&format!("line-{side}-stated"), &[("kind", &kind), ("amount", &amount)]),
    };
    answers.push(with_capital(&said));
    if let LineSource::Computed(computation) = &line.source {
        computed::push(teller, computation, answers);
    }
}

/// What a line is for; a word that no catalogue knows stands in quotation marks as the employer wrote it.
pub(crate) fn kind(teller: &Teller<'_>, kind: &Component) -> String {
    let key = format!("kind-{kind}");
    if teller.voice.has(&key) { teller.say(&key) } else { teller.say_with("kind-other", &[("kind", kind.as_str())]) }
}

pub(crate) fn with_capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

/// Where is my money?
pub(crate) fn place(teller: &Teller<'_>) -> Vec<String> {
    let mut answers = vec![teller.say(&format!("state-{}", teller.payment.state.name()))];
    push_money(teller, &mut answers);
    answers.push(teller.say("where-payment"));
    if teller.payment.instructions > 1 {
        answers.push(teller.say("where-reinstructed"));
    }
    if let Some(inspected) = &teller.payment.inspected
        && matches!(inspected.found, Inspection::Found { .. })
    {
        answers.push(teller.say(match inspected.matching {
            NameMatch::Match => "name-match",
            NameMatch::Close => "name-close",
            NameMatch::Differs => "name-differs",
            NameMatch::NotSupported => "name-not_supported",
        }));
        if let Some(likeness) = inspected.likeness.filter(|_| teller.tells_codes()) {
            ways::push_likeness(teller, likeness, &mut answers);
        }
    }
    ways::push_waiting(teller, &mut answers);
    answers.extend(timeline::lines(teller));
    answers
}

/// Where the money is now, in a sentence or two.
pub(crate) fn money(teller: &Teller<'_>) -> String {
    let standing = &teller.standing;
    teller.say(match (standing.money, standing.grade()) {
        (Money::WithPayer, _) if standing.came_back => "money-came_back",
        (Money::WithPayer, _) => "money-with_payer",
        (Money::Unclear, _) => "money-unclear",
        (Money::WithWorker, Some(Grade::Statement)) => "proof-statement",
        (Money::WithWorker, Some(Grade::SignedCallback)) => "proof-signed_callback",
        (Money::WithWorker, Some(Grade::TlsResponse)) => "proof-tls_response",
        (Money::WithWorker, Some(Grade::People)) => "proof-people",
        // It is recorded as paid, and the record does not say by whose word.
        (Money::WithWorker, None) => "state-settled",
    })
}

/// Where it went or is to go; of money that may have arrived there the sentence about the money says so.
pub(crate) fn goal(teller: &Teller<'_>) -> Option<String> {
    let standing = &teller.standing;
    let is_told = standing.money != Money::Unclear && standing.state != PaymentState::Cancelled;
    is_told.then(|| teller.say("where-goal"))
}

fn push_money(teller: &Teller<'_>, answers: &mut Vec<String>) {
    let standing = &teller.standing;
    answers.push(money(teller));
    if standing.money != Money::WithWorker {
        push_returned(teller, answers);
    }
    answers.extend(goal(teller));
    if !standing.excess.is_zero() {
        answers.push(teller.say_with("money-excess", &[("amount", &standing.excess.to_string())]));
    }
    answers.extend(due(teller));
}

/// When it should have been there, and whether the record shows that it was not. What follows from that is not told
/// here.
pub(crate) fn due(teller: &Teller<'_>) -> Vec<String> {
    let Some(due) = teller.payment.instruction.row.due_date.map(DueDate::date) else { return Vec::new() };
    let when = teller.say_with("where-due", &[("date", &teller.voice.date(due))]);
    let late = teller.standing.late.map(|late| match late {
        Late::Arrived => teller.say("where-due_late"),
        Late::Open => teller.say("where-due_passed"),
    });
    [when].into_iter().chain(late).collect()
}

/// A return that differs from the wage is a break that somebody must explain (safety rule 21).
fn push_returned(teller: &Teller<'_>, answers: &mut Vec<String>) {
    let returned = teller.payment.attempts.iter().rfind(|attempt| attempt.state == AttemptState::Returned);
    match returned.map(|attempt| attempt.returned) {
        None => {}
        Some(None) => answers.push(teller.say("money-returned_untold")),
        Some(Some(amount)) => {
            answers.push(teller.say_with("money-returned", &[("amount", &amount.to_string())]));
            if amount != teller.payment.amount() {
                answers.push(teller.say("money-returned_differs"));
            }
        }
    }
}

/// Who pays the fee? `feeType` is always `OUR`; a fee nobody told us is not known (safety rule 21).
pub(crate) fn fee(teller: &Teller<'_>) -> Vec<String> {
    let mut answers = Vec::new();
    match teller.options.fee {
        Some(fee) if fee.employer_pays => {
            answers.push(teller.say("fee-bearer"));
            answers.push(teller.say_with("fee-amount", &[("amount", &fee.amount.to_string())]));
        }
        Some(fee) => {
            answers.push(teller.say("fee-asked"));
            answers.push(teller.say_with("fee-amount", &[("amount", &fee.amount.to_string())]));
            answers.push(teller.say("fee-conflict"));
        }
        None => {
            answers.push(teller.say("fee-bearer"));
            answers.push(teller.say("fee-unknown"));
        }
    }
    for line in fees_taken(teller) {
        answers.push(fee_taken(teller, line));
        if line.amount.value() > BI_FAST_FEE_MAX {
            answers.push(teller.say_with("fee-above_cap", &[("cap", BI_FAST_FEE_TEXT)]));
        }
        answers.push(teller.say("fee-ask"));
    }
    answers
}

/// The deductions that put the fee on the worker after all (invariant 10).
pub(crate) fn fees_taken<'a>(teller: &'a Teller<'_>) -> impl Iterator<Item = &'a Line> {
    let lines = teller.payment.instruction.row.statement.lines().iter();
    lines.filter(|line| line.direction == Direction::Deduction && names_a_transfer_fee(&line.kind))
}

/// How much was taken, and that she should ask why.
pub(crate) fn fee_taken(teller: &Teller<'_>, line: &Line) -> String {
    let part = line.amount.to_string();
    teller.say_with("fee-deducted", &[("kind", &kind(teller, &line.kind)), ("part", &part)])
}

/// What a transfer over BI-FAST may cost the one who sends it, Bank Indonesia's rule.
const BI_FAST_FEE_MAX: u64 = 2_500;
const BI_FAST_FEE_TEXT: &str = "Rp2.500";

fn names_a_transfer_fee(kind: &Component) -> bool {
    ["transfer", "fee", "admin"].into_iter().any(|word| kind.as_str().split(['.', '_', '-']).any(|part| part == word))
}

/// Why did it fail, and what do I do?
pub(crate) fn failure(teller: &Teller<'_>) -> Vec<String> {
    let standing = &teller.standing;
    let mut answers = Vec::new();
    match standing.state {
        PaymentState::Settled if standing.cause.is_none() => {
            answers.push(teller.say("failed-nothing"));
            if teller.payment.attempts.iter().any(|attempt| attempt.state != AttemptState::Settled) {
                answers.push(teller.say("failed-no_longer"));
            }
        }
        PaymentState::AwaitingApproval | PaymentState::Sending | PaymentState::Pending => {
            answers.push(teller.say("failed-not_yet"));
        }
        PaymentState::Ready if standing.cause.is_none() => answers.push(teller.say("failed-not_yet")),
        PaymentState::Unknown => answers.push(teller.say("failed-unsure")),
        PaymentState::Ready
        | PaymentState::Settled
        | PaymentState::Refused
        | PaymentState::Returned
        | PaymentState::NeedsAction
        | PaymentState::Cancelled => {}
    }
    push_causes(teller, &mut answers);
    answers.push(teller.step());
    answers.extend(teller.acts());
    answers.push(teller.ask_next());
    answers.extend(teller.law());
    answers
}

/// Every reason that stands: of a payment that is held, each hold.
pub(crate) fn causes(teller: &Teller<'_>) -> Vec<Cause> {
    let holds = &teller.payment.instruction.holds;
    let held = teller.standing.state == PaymentState::AwaitingApproval && !teller.payment.confirmed;
    match teller.standing.cause {
        Some(_) if held && !holds.is_empty() => holds.clone(),
        told => told.into_iter().collect(),
    }
}

fn push_causes(teller: &Teller<'_>, answers: &mut Vec<String>) {
    for cause in causes(teller) {
        answers.push(teller.cause(cause));
        if teller.options.audience == Audience::Employer {
            answers.push(teller.say_with("detail-cause", &[("code", cause.code())]));
        }
    }
    answers.extend(reason_given(teller));
}

/// Why the employer stopped it, in the employer's words.
pub(crate) fn reason_given(teller: &Teller<'_>) -> Option<String> {
    let words = teller.payment.cancelled_because.as_ref()?;
    let is_told = teller.standing.state == PaymentState::Cancelled;
    is_told.then(|| teller.say_with("cause-said", &[("words", &teller.foreign(words))]))
}

/// Is this slip genuine? A slip cannot say so itself (safety rules 30 and 31).
pub(crate) fn genuine(teller: &Teller<'_>) -> Vec<String> {
    let mut answers = vec![teller.say("genuine-source")];
    match &teller.options.log {
        Some(log) => {
            answers.push(teller.say_with("genuine-size", &[("size", &log.size.to_string())]));
            match (log.day, log.witnesses_named) {
                (Some(day), _) => {
                    answers.push(teller.say_with("genuine-day", &[("date", &teller.voice.date(day.date()))]));
                }
                (None, 0) => answers.push(teller.say("genuine-no_day")),
                (None, named) => {
                    let many = if named == 1 { "one" } else { "more" };
                    answers.push(teller.say_with("genuine-named", &[("many", many), ("count", &named.to_string())]));
                    answers.push(teller.say("genuine-named_ask"));
                }
            }
            answers.push(teller.say("genuine-later"));
        }
        None => answers.push(teller.say("genuine-no_log")),
    }
    answers.push(teller.say("genuine-how"));
    answers.push(teller.say("genuine-verdict"));
    answers
}
