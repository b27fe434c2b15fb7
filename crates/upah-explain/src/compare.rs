//! A payment beside an earlier one of the same worker: what each line did to the difference, to the rupiah.

use serde::Serialize;
use upah_core::row::{Direction, InputChange, Line, LineKind, LineSource, Statement};
use upah_core::{Payment, Period, Rupiah};

use crate::computed;
use crate::sections::{kind, with_capital};
use crate::story::Section;
use crate::teller::Teller;

/// What became of the lines of one kind and direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// Only the later statement has them.
    Added,
    /// Only the earlier statement has them.
    Removed,
    /// They are more than they were.
    More,
    /// They are less than they were.
    Less,
    /// They are what they were.
    Same,
}

/// What the lines of one kind and direction did to the difference. Lines of the same kind and direction are one.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Whether they add or take away.
    pub direction: Direction,
    /// What they are for.
    pub kind: LineKind,
    /// What became of them.
    pub turn: Turn,
    /// What they were, where the earlier statement has them.
    pub from: Option<Rupiah>,
    /// What they are, where the later statement has them.
    pub to: Option<Rupiah>,
    /// By how many rupiah the net is more because of them, or less.
    pub change: i64,
    /// What each input did, where one line was computed by the same rule both times; they add up to `change`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<InputChange>,
}

/// Two payments of one worker. The steps add up to the difference, to the rupiah, and every kind of line has one.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// For when the earlier one was paid.
    pub from: Period,
    /// For when this one is paid.
    pub to: Period,
    /// In the order of the later statement; what it no longer has stands last.
    pub steps: Vec<Step>,
    /// By how many rupiah this one is more, or less.
    pub difference: i64,
    /// The difference as a sentence.
    pub sum: String,
    /// The same in sentences.
    #[serde(flatten)]
    pub told: Section,
}

/// The steps from one statement to another.
#[must_use]
pub fn steps(earlier: &Statement, later: &Statement) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for line in later.lines().iter().chain(earlier.lines()) {
        if !steps.iter().any(|step| step.direction == line.direction && step.kind == line.kind) {
            steps.push(step(line.direction, &line.kind, earlier, later));
        }
    }
    steps
}

fn step(direction: Direction, kind: &LineKind, earlier: &Statement, later: &Statement) -> Step {
    let of = |statement: &Statement| -> Vec<Line> {
        let its = |line: &&Line| line.direction == direction && line.kind == *kind;
        statement.lines().iter().filter(its).cloned().collect()
    };
    let (before, after) = (of(earlier), of(later));
    // A statement's sums exist: its constructor proved it.
    let sum = |lines: &[Line]| Rupiah::checked_sum(lines.iter().map(|line| line.amount)).unwrap_or(Rupiah::MAX);
    let (from, to) = (sum(&before), sum(&after));
    let turn = match (before.is_empty(), after.is_empty()) {
        (true, _) => Turn::Added,
        (_, true) => Turn::Removed,
        _ if from < to => Turn::More,
        _ if from > to => Turn::Less,
        _ => Turn::Same,
    };
    let sign = if direction == Direction::Earning { 1 } else { -1 };
    let mut inputs = match (&before[..], &after[..]) {
        ([one], [other]) => match (&one.source, &other.source) {
            (LineSource::Computed(one), LineSource::Computed(other)) => one.changes(other),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    inputs.iter_mut().for_each(|input| input.change *= sign);
    Step {
        direction,
        kind: kind.clone(),
        turn,
        from: (!before.is_empty()).then_some(from),
        to: (!after.is_empty()).then_some(to),
        change: from.change_to(to) * sign,
        inputs,
    }
}

/// Compares the payment in hand with an earlier one of the same worker.
pub(crate) fn told(teller: &Teller<'_>, earlier: &Payment) -> Comparison {
    let (before, now) = (&earlier.instruction.row, &teller.payment.instruction.row);
    let steps = steps(&before.statement, &now.statement);
    let difference = before.amount.change_to(now.amount);
    let sum = teller.say_with("compare-difference", &[("effect", effect(difference)), ("change", &size(difference))]);
    let mut answers = vec![
        teller.say_with("compare-before", &[("before", &before.amount.to_string())]),
        teller.say("compare-now"),
        sum.clone(),
    ];
    steps.iter().for_each(|step| push_step(teller, step, &mut answers));
    answers.push(teller.say("compare-sum"));
    let told = Section { question: question(teller, before.period), answers };
    Comparison { from: before.period, to: now.period, steps, difference, sum, told }
}

fn question(teller: &Teller<'_>, earlier: Period) -> String {
    teller.say_with("question-compare", &[("earlier", &teller.voice.period(earlier))])
}

/// That there is nothing left to compare with. What was erased is not told by its difference either.
pub(crate) fn erased(teller: &Teller<'_>, earlier: Period) -> Section {
    Section { question: question(teller, earlier), answers: vec![teller.say("compare-erased")] }
}

impl Comparison {
    /// The difference in a few words, for a short message.
    pub(crate) fn in_short(&self, teller: &Teller<'_>) -> String {
        let before = teller.voice.short_period(self.from);
        let (effect, change) = (effect(self.difference), size(self.difference));
        teller.say_with("short-compare", &[("effect", effect), ("change", &change), ("before", &before)])
    }
}

fn push_step(teller: &Teller<'_>, step: &Step, answers: &mut Vec<String>) {
    let mut what = kind(teller, &step.kind);
    if step.direction == Direction::Deduction {
        what = teller.say_with("compare-deduction", &[("kind", &what)]);
    }
    let turn = match step.turn {
        Turn::Added => "added",
        Turn::Removed => "removed",
        Turn::More => "more",
        Turn::Less => "less",
        Turn::Same => "same",
    };
    let details = [("what", &*what), ("turn", turn), ("effect", effect(step.change)), ("change", &size(step.change))];
    answers.push(with_capital(&teller.say_with("compare-step", &details)));
    for input in step.inputs.iter().filter(|input| input.from != input.to) {
        let name = computed::input(teller, input.input);
        for (key, value) in [("compare-input_was", &input.from), ("compare-input_is", &input.to)] {
            answers.push(with_capital(&teller.say_with(key, &[("input", &name), ("value", value)])));
        }
        let details = [("input", &*name), ("effect", effect(input.change)), ("change", &size(input.change))];
        answers.push(teller.say_with("compare-input", &details));
    }
}

fn effect(change: i64) -> &'static str {
    match change {
        1.. => "more",
        0 => "same",
        _ => "less",
    }
}

/// How large a change is, without its sign. No statement differs from another by more than an amount can be.
fn size(change: i64) -> String {
    Rupiah::new(change.unsigned_abs()).unwrap_or(Rupiah::MAX).to_string()
}
