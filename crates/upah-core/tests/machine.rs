//! The fold of a payment's events against a model that moves by the rules of `tables`.
use crate::tables::{attempt_rule, payment_rule};
use crate::world::{NAME, PLACES, WAGE, employer, evidence, rail_id, refusal, row, run_id, rupiah};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use upah_core::bank_statement::{Claim, Entry, Resolution, Side};
use upah_core::commitment::Commit;
use upah_core::event::{Attempted, Event, Fact, Instruction};
use upah_core::evidence::{Doubt, InquiryAnswer, SubmitOutcome};
use upah_core::reference::Reference;
use upah_core::run::{Digest, PaymentId};
use upah_core::state::{AttemptSignal as S, PaymentSignal};
use upah_core::{AttemptState as A, Cause, Payment, PaymentState as P, Timestamp};

/// The model: attempts and a payment, moved by the rules above.
#[derive(Clone, Debug)]
pub struct Model {
    attempts: Vec<A>,
    before_instruction: usize,
    state: P,
    /// About which attempts people have said what the bank has not, and where they stood before.
    by_people: Vec<Option<A>>,
    /// What the statements show of each: the wage out, the wage back, anything else.
    shown: Vec<[usize; 3]>,
    by_statement: bool,
}

#[derive(Clone, Debug)]
pub enum Move {
    Attempt,
    Signal {
        attempt: usize,
        signal: S,
    },
    /// A line of the statement: money out or in, of exactly the wage or not.
    Show {
        attempt: usize,
        side: Side,
        exact: bool,
    },
    Cancel,
    Reinstruct {
        same_amount: bool,
    },
    Park,
}

impl Model {
    fn live(&self) -> bool {
        self.attempts.iter().any(|state| !matches!(state, A::NotSent | A::Refused | A::Returned))
    }

    fn moved(&mut self, signal: PaymentSignal) {
        self.state = payment_rule(self.state, signal);
    }

    fn signal(&mut self, index: usize, signal: S) {
        let half_back = self.shown[index][0] > 1 && self.shown[index][1] < self.shown[index][0];
        let signal = if signal == S::AskReturned && half_back { S::AskContradicted } else { signal };
        // Of what people said nothing is left when the bank proves how it was.
        let proves = match self.by_people[index] {
            None => false,
            Some(_) if matches!(signal, S::Settled | S::AskSettled | S::StatedSettled) => true,
            Some(before) => signal == S::AskFailed && self.attempts[index] == A::Settled && before != A::Disputed,
        };
        let was = if proves { A::Unknown } else { self.attempts[index] };
        let is = attempt_rule(was, signal);
        if was != is || (signal == S::AskFailed && is == A::Refused) {
            self.by_people[index] = None;
        }
        if signal == S::StatedRefused || (signal == S::StatedSettled && !self.by_statement) {
            self.by_people[index] = Some(self.attempts[index]);
        }
        self.attempts[index] = is;
        let was_live = !matches!(was, A::NotSent | A::Refused | A::Returned);
        let newest = index + 1 == self.attempts.len();
        let live = !matches!(is, A::NotSent | A::Refused | A::Returned);
        let paid = self.attempts.iter().filter(|state| **state == A::Settled).count();
        let elsewhere = self
            .attempts
            .iter()
            .enumerate()
            .any(|(i, state)| i != index && !matches!(state, A::NotSent | A::Refused | A::Returned));
        let waits_for_the_question = newest && self.state == P::Refused;
        let too_late = was == A::Refused && is == A::Settled && !waits_for_the_question;
        if was != is && (too_late || (is == A::Settled && paid > 1) || (!newest && live)) {
            self.moved(PaymentSignal::LateSuccess);
        } else if newest && !(self.state == P::NeedsAction && (elsewhere || (was == is && is == A::Unknown))) {
            let ours = index >= self.before_instruction;
            if live || (was != is && (ours || was_live)) {
                self.moved(PaymentSignal::Attempt(is));
            }
        }
    }
}

pub struct Fold;

impl ReferenceStateMachine for Fold {
    type State = Model;
    type Transition = Move;

    fn init_state() -> BoxedStrategy<Model> {
        let (attempts, by_people, shown) = (Vec::new(), Vec::new(), Vec::new());
        Just(Model { attempts, before_instruction: 0, state: P::Ready, by_people, shown, by_statement: false }).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Move> {
        let each = |attempt| S::ALL.into_iter().map(move |signal| Move::Signal { attempt, signal });
        let signals: Vec<Move> = (0..model.attempts.len()).flat_map(each).collect();
        let legal = |moves: Vec<Move>| -> Vec<Move> {
            moves.into_iter().filter(|one| Self::preconditions(model, one)).collect()
        };
        let people = vec![
            Move::Cancel,
            Move::Park,
            Move::Reinstruct { same_amount: true },
            Move::Reinstruct { same_amount: false },
        ];
        let sides = [(Side::Debit, true), (Side::Debit, false), (Side::Credit, true), (Side::Credit, false)];
        let lines = (0..model.attempts.len())
            .flat_map(|attempt| sides.map(|(side, exact)| Move::Show { attempt, side, exact }))
            .collect();
        let (begin, signals) = (legal(vec![Move::Attempt]), legal(signals));
        let kinds = [(3, begin), (16, signals), (3, people), (4, lines)];
        let some = kinds.into_iter().filter(|(_, moves)| !moves.is_empty());
        let weighted = some.map(|(weight, moves)| (weight, prop::sample::select(moves).boxed()));
        prop::strategy::Union::new_weighted(weighted.collect()).boxed()
    }

    fn preconditions(model: &Model, transition: &Move) -> bool {
        match transition {
            // The planner's part: it starts an attempt only when told Ready, and sends again only then or when unknown.
            Move::Attempt => model.state == P::Ready && !model.live(),
            Move::Signal { attempt, signal } => match (model.attempts.get(*attempt), signal) {
                (None, _) => false,
                (Some(state), S::Sent) => {
                    let newest = *attempt + 1 == model.attempts.len() && *attempt >= model.before_instruction;
                    newest && matches!((model.state, state), (P::Ready, A::NotSent) | (P::Unknown, A::Unknown))
                }
                (Some(state), S::Released) => *state == A::Refused && model.state == P::Refused,
                (Some(state), S::Abandoned) => *state == A::Unknown && model.state == P::Unknown,
                (Some(state), S::StatedSettled | S::StatedRefused) => {
                    matches!(state, A::Unknown | A::Pending | A::Disputed)
                        && matches!(model.state, P::Unknown | P::Pending | P::NeedsAction)
                }
                _ => true,
            },
            _ => true,
        }
    }

    fn apply(mut model: Model, transition: &Move) -> Model {
        match transition {
            Move::Attempt => {
                model.attempts.push(A::Sending);
                model.by_people.push(None);
                model.shown.push([0; 3]);
                model.moved(PaymentSignal::Sent);
            }
            Move::Signal { attempt, signal: S::Sent } => {
                let is = attempt_rule(model.attempts[*attempt], S::Sent);
                model.attempts[*attempt] = is;
                model.moved(if is == A::Sending { PaymentSignal::Sent } else { PaymentSignal::Attempt(is) });
            }
            Move::Signal { attempt, signal } => {
                model.signal(*attempt, *signal);
                match signal {
                    S::Released => model.moved(PaymentSignal::Rerouted),
                    S::Abandoned | S::StatedRefused => model.moved(PaymentSignal::Parked),
                    _ => {}
                }
            }
            Move::Show { attempt, side, exact } => {
                let kind = if !exact { 2 } else { usize::from(*side == Side::Credit) };
                model.shown[*attempt][kind] += 1;
                let [out, back, other] = model.shown[*attempt];
                let is = model.attempts[*attempt];
                let signal = match side {
                    _ if !exact => Some(S::AskContradicted),
                    Side::Debit if out > 1 => Some(S::AskContradicted),
                    Side::Debit if is == A::Returned || (other > 0 && is == A::Disputed) => None,
                    Side::Debit => Some(S::StatedSettled),
                    Side::Credit if (out > 1 && back < out) || back > out.max(1) => Some(S::AskContradicted),
                    Side::Credit => Some(S::AskReturned),
                };
                model.by_statement = true;
                if let Some(signal) = signal {
                    model.signal(*attempt, signal);
                }
                model.by_statement = false;
            }
            Move::Cancel => {
                if !model.live() {
                    model.moved(PaymentSignal::Cancelled);
                }
            }
            Move::Reinstruct { same_amount } => {
                let movable =
                    matches!(model.state, P::AwaitingApproval | P::Ready | P::NeedsAction | P::Returned | P::Cancelled);
                if *same_amount && movable && !model.live() {
                    model.before_instruction = model.attempts.len();
                    // Approved at once in this machine, so that it goes on.
                    model.state = P::AwaitingApproval;
                }
            }
            Move::Park => model.moved(PaymentSignal::Parked),
        }
        model
    }
}

impl StateMachineTest for Fold {
    type SystemUnderTest = Payment;
    type Reference = Self;

    fn init_test(_: &Model) -> Payment {
        let id = PaymentId { run: run_id(1), n: 1 };
        let fact = Fact::Instructed(Box::new(instruction(WAGE)));
        let at = Timestamp::from_millis(1_795_600_000_000);
        let event = Event { at, n: 1, prev: Commit::NONE, stream: id, v: 1, fact };
        Payment::replay(&[(0, event)], &|_| Some(1)).unwrap()
    }

    fn apply(mut payment: Payment, _: &Model, transition: Move) -> Payment {
        let at = payment.state_since.plus_seconds(1);
        payment.learn(&fact_of(&payment, transition), at).unwrap();
        payment
    }

    fn check_invariants(payment: &Payment, model: &Model) {
        let attempts: Vec<A> = payment.attempts.iter().map(|attempt| attempt.state).collect();
        assert_eq!(attempts, model.attempts);
        assert_eq!(payment.state, model.state);
        let paid = attempts.iter().filter(|state| **state == A::Settled).count() as u64;
        assert_eq!(payment.excess, rupiah(paid.saturating_sub(1) * WAGE), "what arrived too often is told");
        assert_eq!(payment.amount(), rupiah(WAGE), "another amount is another obligation");
        if payment.state == P::NeedsAction {
            assert!(payment.reason().is_some(), "somebody must act on her wage and nobody says why");
        }
        if matches!(payment.state, P::Ready | P::AwaitingApproval | P::Cancelled) {
            assert!(payment.live_attempt().is_none(), "it may be sent, or was stopped, although she may be paid");
        }
    }
}

fn instruction(amount: u64) -> Instruction {
    assert_eq!(NAME.parse::<upah_core::PayeeName>().unwrap(), row(2, "W-1", &PLACES[..1], amount).name);
    Instruction { employer: employer(), run: run_id(1), row: row(2, "W-1", &PLACES[..2], amount), holds: vec![] }
}

fn fact_of(payment: &Payment, transition: Move) -> Fact {
    let answered = |number, outcome| Fact::Answered { number, outcome };
    let inquired = |number, answer| Fact::Inquired { number, answer };
    match transition {
        Move::Attempt => {
            let number = u16::try_from(payment.attempts.len() + 1).unwrap();
            let reference = Reference::from_stored(format!("R{number}"));
            let (rail, fingerprint) = (rail_id(), "f1".into());
            Fact::Attempted(Box::new(Attempted {
                number,
                reference,
                rail,
                fingerprint,
                destination: 0,
                body: "{}".into(),
            }))
        }
        Move::Cancel => Fact::Cancelled { by: "Maker".parse().unwrap(), because: "stop".into() },
        Move::Reinstruct { same_amount } => {
            Fact::Instructed(Box::new(instruction(if same_amount { WAGE } else { WAGE + 1 })))
        }
        Move::Park => Fact::Parked { cause: Cause::EvidenceConflict },
        Move::Show { attempt, side, exact } => {
            let number = u16::try_from(attempt + 1).unwrap();
            let amount = rupiah(if exact { WAGE } else { WAGE + 1 });
            let entry = Entry { day: "2026-11-26".parse().unwrap(), side, amount, bank_reference: None };
            Fact::Booked { number, entry, statement: Digest([7; 32]) }
        }
        Move::Signal { attempt, signal } => {
            let number = u16::try_from(attempt + 1).unwrap();
            let field = String::from("amount");
            match signal {
                S::Sent => Fact::Resending { number },
                S::NotSent => {
                    let cause = Cause::RailUnreachable;
                    answered(number, SubmitOutcome::NotSent { cause, retry_after_seconds: None })
                }
                S::Refused => answered(number, SubmitOutcome::Refused(refusal(Cause::InvalidAccount))),
                S::Accepted => answered(number, SubmitOutcome::Accepted(evidence("202"))),
                S::Settled => answered(number, SubmitOutcome::Settled(evidence("200"))),
                S::Contradicted => answered(number, SubmitOutcome::Contradicted { field, evidence: evidence("200") }),
                S::Unclear => answered(number, SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None }),
                S::AskSettled => inquired(number, InquiryAnswer::Success(evidence("00"))),
                S::AskInProgress => inquired(number, InquiryAnswer::InProgress(evidence("01"))),
                S::AskReturned => inquired(number, InquiryAnswer::Refunded { amount: None, evidence: evidence("04") }),
                S::AskFailed => inquired(number, InquiryAnswer::Failed(refusal(Cause::TransferFailed))),
                S::AskNotFound => inquired(number, InquiryAnswer::NotFound(evidence("07"))),
                S::AskContradicted => inquired(number, InquiryAnswer::Contradicted { field, evidence: evidence("00") }),
                S::Abandoned => Fact::Abandoned { number, cause: Cause::ResendRefused },
                S::Released => Fact::Released { number, cause: Cause::OutsideHours },
                S::StatedSettled => resolved(number, Claim::Settled),
                S::StatedRefused => resolved(number, Claim::Refused),
            }
        }
    }
}

fn resolved(number: u16, claim: Claim) -> Fact {
    let (by, and_by) = ("Third".parse().unwrap(), "Fourth".parse().unwrap());
    let resolution = Resolution { claim, by, and_by, because: "seen".into(), evidence: Digest([9; 32]) };
    Fact::Resolved { number, resolution: Box::new(resolution) }
}

prop_state_machine! {
    #[test]
    fn no_order_of_answers_makes_the_fold_believe_what_the_rules_do_not(sequential 1..30 => Fold);
}
