//! The look-ahead of the planner against the whole fold.
use super::*;
use crate::event::{Attempted, Instruction};
use crate::evidence::{Evidence, Grade, Refusal};
use crate::money::Rupiah;
use crate::reference::Reference;
use crate::row::{PayRow, PayRowFields, Statement};
use crate::run::{PaymentId, RunId};
use crate::{Component, Destination};

fn payment() -> Payment {
    let (run, amount) = (RunId::from_random([1; 8]), Rupiah::new(600_000).unwrap());
    let row = PayRow::new(PayRowFields {
        row: 2,
        employer: None,
        worker_id: "W-1".parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: Destination::parse_list("bank:014:1234567890 ewallet:dana:6281234567890").unwrap(),
        period: "2026-11".parse().unwrap(),
        amount,
        component: Component::default(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole(Component::default(), amount),
    })
    .unwrap();
    let instruction = Instruction { employer: "kampung-contoh".parse().unwrap(), run: run.clone(), row, holds: vec![] };
    let at = Timestamp::from_millis(1_795_600_000_000);
    let first = crate::event::Event {
        at,
        fact: Fact::Instructed(instruction.into()),
        n: 1,
        prev: crate::commitment::Commit::NONE,
        stream: PaymentId { run, n: 1 },
        v: 1,
    };
    let mut payment = Payment::fold([(0, first)], &|_| Some(1)).unwrap();
    for number in [1, 2] {
        let reference = Reference::from_stored(alloc::format!("R{number}"));
        let (rail, fingerprint) = ("bank".parse().unwrap(), "f1".into());
        let made = Attempted { number, reference, rail, fingerprint, destination: 0, body: "{}".into() };
        payment.learn(&Fact::Attempted(made.into()), at).unwrap();
    }
    payment
}

fn evidence() -> Evidence {
    Evidence { grade: Grade::TlsResponse, code: "2001800".into(), provider_id: None, raw: "{}".into() }
}

fn refusals() -> impl Iterator<Item = Refusal> {
    Cause::ALL.iter().map(|cause| Refusal { cause: *cause, evidence: evidence() })
}

fn learnt(number: u16) -> Vec<Fact> {
    let (cause, field) = (Cause::RailUnreachable, alloc::string::String::from("amount"));
    let mut outcomes = vec![
        SubmitOutcome::NotSent { cause, retry_after_seconds: None },
        SubmitOutcome::Accepted(evidence()),
        SubmitOutcome::Settled(evidence()),
        SubmitOutcome::Contradicted { field: field.clone(), evidence: evidence() },
        SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None },
    ];
    let mut answers = vec![
        InquiryAnswer::Success(evidence()),
        InquiryAnswer::InProgress(evidence()),
        InquiryAnswer::Refunded { amount: None, evidence: evidence() },
        InquiryAnswer::NotFound(evidence()),
        InquiryAnswer::Contradicted { field, evidence: evidence() },
        InquiryAnswer::Unavailable { cause, retry_after_seconds: None },
    ];
    outcomes.extend(refusals().map(SubmitOutcome::Refused));
    answers.extend(refusals().map(InquiryAnswer::Failed));
    let outcomes = outcomes.into_iter().map(|outcome| Fact::Answered { number, outcome });
    outcomes.chain(answers.into_iter().map(|answer| Fact::Inquired { number, answer })).collect()
}

/// Every state of a payment and of its two attempts, and everything that can be learned.
#[test]
fn whoever_does_not_look_ahead_misses_no_consequence_of_a_refusal() {
    let (mut payment, policy, now) = (payment(), Policy::default(), Timestamp::from_millis(1_795_600_001_000));
    let mut consequences = 0;
    for state in PaymentState::ALL {
        for (one, other) in AttemptState::ALL.into_iter().flat_map(|one| AttemptState::ALL.map(|other| (one, other))) {
            payment.state = state;
            payment.attempts[0].state = one;
            payment.attempts[1].state = other;
            for fact in [0, 1, 2, 3].into_iter().flat_map(learnt) {
                let ahead = with_consequence(&payment, &policy, fact.clone(), now);
                let facts = match fact {
                    Fact::Answered { number, outcome } => on_submit(&payment, &policy, number, outcome, now),
                    Fact::Inquired { number, answer } => on_inquiry(&payment, &policy, number, answer, now),
                    _ => unreachable!("only what was learned from the provider"),
                };
                consequences += ahead.len() - 1;
                assert_eq!(facts, ahead, "{state:?} {one:?} {other:?}");
            }
        }
    }
    assert!(consequences > 0, "nothing was refused");
}
