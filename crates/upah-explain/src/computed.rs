//! A computed line: its formula with the numbers filled in, its rule, and whose numbers they are.

use upah_core::row::{Computation, StatedBy};

use crate::sections::with_capital;
use crate::teller::Teller;

/// What is told of a computation besides the line with its formula.
pub(crate) fn push(teller: &Teller<'_>, computation: &Computation, answers: &mut Vec<String>) {
    if computation.is_rounded() {
        answers.push(teller.say("line-rounded"));
    }
    answers.push(teller.say_with("line-rule", &[("rule", computation.rule())]));
    answers.push(teller.say(&format!("rule-{}", computation.rule().replace('/', "-"))));
    for input in computation.inputs() {
        let name = self::input(teller, input.name);
        let said = match input.by {
            StatedBy::Employer => teller.say_with("line-input", &[("input", &name), ("value", &input.value)]),
        };
        answers.push(with_capital(&said));
    }
}

/// An input as people call it.
pub(crate) fn input(teller: &Teller<'_>, name: &str) -> String {
    teller.say(&format!("input-{name}"))
}
