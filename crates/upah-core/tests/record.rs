//! What is written down reads back as it was, has one form, and alone entitles to send.
use crate::world::{PLACES, WAGE, employer, evidence, rail_id, refusal, row, run_id};
use proptest::prelude::*;
use upah_core::Cause;
use upah_core::canonical::is_canonical;
use upah_core::commitment::{Commit, Leaf, Salt};
use upah_core::event::{ApprovalProof, Attempted, Event, Fact, Instruction, PaymentEvent, RunEvent, RunFact};
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::name::NameMatch;
use upah_core::obligation::ObligationKey;
use upah_core::payment::Payment;
use upah_core::rail::DurableAttempt;
use upah_core::reference::Reference;
use upah_core::run::{Digest, PaymentId};
use upah_core::store::{ChangeSet, PaymentChange, PaymentRow, Receipt};
use upah_core::time::Timestamp;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![".{0,20}", Just("\u{0}\"\\\u{2028}é\u{1f600}".to_owned())]
}

fn proof() -> impl Strategy<Value = Evidence> {
    (text(), prop::option::of(text()), text()).prop_map(|(code, provider_id, raw)| Evidence {
        grade: Grade::TlsResponse,
        code,
        provider_id,
        raw,
    })
}

fn facts() -> impl Strategy<Value = Fact> {
    let cause = prop::sample::select(Cause::ALL.to_vec());
    let pause = prop::option::of(any::<u32>());
    let number = any::<u16>();
    prop_oneof![
        text().prop_map(|because| Fact::Cancelled { by: "Maker".parse().unwrap(), because }),
        (cause.clone(), any::<u8>()).prop_map(|(cause, destination)| Fact::Rerouted { cause, destination }),
        (cause.clone(), number).prop_map(|(cause, number)| Fact::Released { number, cause }),
        number.prop_map(|through| Fact::Probed { through }),
        (cause.clone(), number).prop_map(|(cause, number)| Fact::Abandoned { number, cause }),
        (number, text(), any::<u8>()).prop_map(|(number, body, destination)| Fact::Attempted(Box::new(Attempted {
            number,
            reference: Reference::from_stored("R1"),
            rail: rail_id(),
            fingerprint: "f1".into(),
            destination,
            body,
        }))),
        (number, cause.clone(), pause.clone()).prop_map(|(number, cause, retry_after_seconds)| Fact::Answered {
            number,
            outcome: SubmitOutcome::NotSent { cause, retry_after_seconds },
        }),
        (number, prop::option::of(proof())).prop_map(|(number, evidence)| Fact::Answered {
            number,
            outcome: SubmitOutcome::Unknown { doubt: Doubt::Inconsistent, evidence },
        }),
        (number, cause, proof()).prop_map(|(number, cause, evidence)| Fact::Inquired {
            number,
            answer: InquiryAnswer::Failed(Refusal { cause, evidence }),
        }),
        (text(), prop::option::of(text())).prop_map(|(name, session)| Fact::Inspected {
            destination: 1,
            rail: rail_id(),
            found: Inspection::Found { name, session },
            matching: NameMatch::Close,
        }),
    ]
}

fn id() -> PaymentId {
    PaymentId { run: run_id(1), n: 1 }
}

fn first_event(amount: u64) -> PaymentEvent {
    let holds = vec![Cause::DestinationChanged];
    let row = row(2, "W-1", &PLACES[..2], amount);
    let fact = Fact::Instructed(Box::new(Instruction { employer: employer(), run: run_id(1), row, holds }));
    Event { at: Timestamp::from_millis(1_795_600_000_000), n: 1, prev: Commit::NONE, stream: id(), v: 1, fact }
}

proptest! {
    #[test]
    fn what_was_written_about_her_wage_reads_back_as_it_was(
        fact in facts(), n in 1u32.., salt: [u8; 32], prev: [u8; 32], ms in 0i64..4_000_000_000_000
    ) {
        let event = Event { at: Timestamp::from_millis(ms), n, prev: Commit(prev), stream: id(), v: 1, fact };
        let (sealed, commit) = event.seal(Salt(salt)).unwrap();
        prop_assert_eq!(PaymentEvent::open(&sealed.record).unwrap(), event);
        prop_assert!(is_canonical(&sealed.record));
        prop_assert_eq!(&sealed.leaf, &Leaf::of(commit).bytes());
        prop_assert_eq!(commit, Commit::to(&sealed.record, &sealed.salt));
    }

    #[test]
    fn changing_any_byte_of_her_record_changes_what_the_log_committed_to(amount in 1..1_000_000u64, at in any::<prop::sample::Index>()) {
        let (sealed, commit) = first_event(amount).seal(Salt([3; 32])).unwrap();
        let mut bytes = sealed.record.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1;
        if let Ok(forged) = String::from_utf8(bytes) {
            prop_assert_ne!(Commit::to(&forged, &sealed.salt), commit);
        }
        prop_assert!(!sealed.leaf.contains(&amount.to_string()) || amount < 10_000, "a wage in clear in the log");
    }

    #[test]
    fn a_run_reads_back_as_it_was_and_shows_count_and_day_alone(count: u32, total in 0..9_999_999_999_999u64, by: bool) {
        let fact = if by {
            RunFact::Approved { by: "Checker".parse().unwrap(), digest: Digest([9; 32]), proof: ApprovalProof::Asserted }
        } else {
            let (digest, created_by) = (Digest([9; 32]), "Maker".parse().unwrap());
            let total = crate::world::rupiah(total);
            RunFact::Sealed { employer: employer(), digest, key: "k".into(), count, total, reinstructed: 0, created_by, sandbox: true }
        };
        let event = Event { at: Timestamp::from_millis(0), n: 1, prev: Commit::NONE, stream: run_id(1), v: 1, fact };
        let (sealed, commit) = event.seal(Salt([1; 32])).unwrap();
        prop_assert_eq!(RunEvent::open(&sealed.record).unwrap(), event);
        let leaf = if by { Leaf::of(commit) } else { Leaf::sealing(commit, &run_id(1), count, "1970-01-01".into()) };
        prop_assert_eq!(sealed.leaf, leaf.bytes());
    }

    #[test]
    fn a_receipt_for_another_version_or_another_worker_sends_nothing(covered in 0..6u32, other: bool) {
        let mut payment = Payment::replay(&[(0, first_event(WAGE))], &|_| Some(1)).unwrap();
        let attempted = Attempted {
            number: 1, reference: Reference::from_stored("R1"), rail: rail_id(), fingerprint: "f1".into(), destination: 0, body: "{}".into(),
        };
        let at = Timestamp::from_millis(1_795_600_001_000);
        let event = Event { at, n: 2, prev: Commit::NONE, stream: id(), v: 1, fact: Fact::Attempted(Box::new(attempted)) };
        payment.apply(&event).unwrap();
        let mut written = PaymentRow::of(&payment, ObligationKey([0; 32]), 2);
        written.version = covered;
        written.id.n = if other { 2 } else { 1 };
        let change = PaymentChange { expected_version: 0, row: written, records: vec![], new_references: vec![], traces: vec![], settled_to: None };
        let receipt = Receipt::after_durable_commit(&ChangeSet { payments: vec![change], runs: vec![] }, 3);
        let minted = DurableAttempt::mint(&receipt, &payment);
        prop_assert_eq!(minted.is_some(), covered == payment.version && !other);
    }

    #[test]
    fn an_attempt_that_leaves_out_a_number_or_speaks_of_none_is_refused(number: u16) {
        let mut payment = Payment::replay(&[(0, first_event(WAGE))], &|_| Some(1)).unwrap();
        let at = Timestamp::from_millis(1_795_600_001_000);
        let nothing_to_resend = payment.learn(&Fact::Resending { number }, at);
        prop_assert!(nothing_to_resend.is_err());
        let (reference, rail) = (Reference::from_stored("R1"), rail_id());
        let made = Attempted { number, reference, rail, fingerprint: "f1".into(), destination: 0, body: "{}".into() };
        prop_assert_eq!(payment.learn(&Fact::Attempted(Box::new(made)), at).is_ok(), number == 1);
    }

    #[test]
    fn events_out_of_place_are_refused_and_not_guessed_at(n in 0..5u32, gap in 0..5u32) {
        let first = PaymentEvent { n, ..first_event(WAGE) };
        prop_assert_eq!(Payment::replay(&[(0, first)], &|_| None).is_ok(), n == 1);
        let fact = Fact::Parked { cause: Cause::NoRoute };
        let second = Event { n: gap, fact, ..first_event(WAGE) };
        let foreign = Event { stream: PaymentId { run: run_id(2), n: 1 }, ..second.clone() };
        prop_assert_eq!(Payment::replay(&[(0, first_event(WAGE)), (1, second)], &|_| None).is_ok(), gap == 2);
        prop_assert!(Payment::replay(&[(0, first_event(WAGE)), (1, foreign)], &|_| None).is_err());
    }
}

#[test]
fn nothing_personal_shows_when_an_event_is_printed() {
    let event = first_event(WAGE);
    let refused = SubmitOutcome::Refused(refusal(Cause::InvalidAccount));
    let shown = format!("{event:?} {refused:?} {:?} {:?}", evidence("secret-free"), event.seal(Salt([1; 32])).unwrap());
    for personal in ["Siti", "1234567890", "W-1"] {
        assert!(!shown.contains(personal), "{personal} shows");
    }
}
