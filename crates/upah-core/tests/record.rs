//! What is written down reads back as it was, has one form, and alone entitles to send.
use crate::world::{PLACES, WAGE, employer, evidence, rail_id, refusal, row, run_id, rupiah};
use proptest::prelude::*;
use upah_core::bank_statement::{Claim, Entry, Resolution, Side};
use upah_core::canonical::is_canonical;
use upah_core::commitment::{Commit, Leaf, Salt};
use upah_core::erasure::{ErasureReason, KeyText, Remains};
use upah_core::event::{
    ApprovalProof, Attempted, Event, Fact, Instruction, PaymentEvent, RecordError, Routed, RunEvent, RunFact,
};
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::name::{Likeness, NameMatch, NameReason};
use upah_core::obligation::ObligationKey;
use upah_core::payment::Payment;
use upah_core::policy::{Choice, PassedOver, Rule};
use upah_core::rail::DurableAttempt;
use upah_core::reference::Reference;
use upah_core::run::{Digest, PaymentId};
use upah_core::store::{ChangeSet, PaymentChange, PaymentRow, Receipt};
use upah_core::time::Timestamp;
use upah_core::{Cause, PaymentState};

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

/// Its place in [`facts`]: whoever adds a kind is asked for a strategy that draws it.
fn kind(fact: &Fact) -> usize {
    match fact {
        Fact::Instructed(_) => 0,
        Fact::Confirmed { .. } => 1,
        Fact::Cancelled { .. } => 2,
        Fact::Inspected { .. } => 3,
        Fact::Attempted(_) => 4,
        Fact::Resending { .. } => 5,
        Fact::Answered { .. } => 6,
        Fact::Inquired { .. } => 7,
        Fact::Rerouted { .. } => 8,
        Fact::Parked { .. } => 9,
        Fact::Probed { .. } => 10,
        Fact::Released { .. } => 11,
        Fact::Abandoned { .. } => 12,
        Fact::Booked { .. } => 13,
        Fact::Resolved { .. } => 14,
        Fact::Routed(_) => 15,
        Fact::Erased(_) => 16,
    }
}
const KINDS: usize = 17;

fn likeness() -> impl Strategy<Value = Option<Likeness>> {
    prop::option::of((0..=100u8).prop_map(|score| Likeness { score, because: NameReason::Masked }))
}

fn choices() -> impl Strategy<Value = Choice> {
    let rule = prop::sample::select(vec![Rule::Order, Rule::Cheapest]);
    let fee = prop::option::of((0..9_999_999u64).prop_map(crate::world::rupiah));
    let why = prop::sample::select(vec![PassedOver::Closed, PassedOver::Dearer, PassedOver::Later]);
    let others = prop::collection::vec(why.prop_map(|why| (rail_id(), why)), 0..3);
    (rule, fee, others).prop_map(|(rule, fee, others)| Choice { rule, fee, others })
}

fn outcomes() -> impl Strategy<Value = SubmitOutcome> {
    let cause = prop::sample::select(Cause::ALL.to_vec());
    let pause = prop::option::of(any::<u32>());
    prop_oneof![
        (cause.clone(), pause)
            .prop_map(|(cause, retry_after_seconds)| SubmitOutcome::NotSent { cause, retry_after_seconds }),
        (cause, proof()).prop_map(|(cause, evidence)| SubmitOutcome::Refused(Refusal { cause, evidence })),
        proof().prop_map(SubmitOutcome::Accepted),
        proof().prop_map(SubmitOutcome::Settled),
        (text(), proof()).prop_map(|(field, evidence)| SubmitOutcome::Contradicted { field, evidence }),
        prop::option::of(proof()).prop_map(|evidence| SubmitOutcome::Unknown { doubt: Doubt::Inconsistent, evidence }),
    ]
}

fn answers() -> impl Strategy<Value = InquiryAnswer> {
    let cause = prop::sample::select(Cause::ALL.to_vec());
    let pause = prop::option::of(any::<u32>());
    let amount = prop::option::of((0..9_999_999_999_999u64).prop_map(crate::world::rupiah));
    prop_oneof![
        proof().prop_map(InquiryAnswer::Success),
        proof().prop_map(InquiryAnswer::InProgress),
        (amount, proof()).prop_map(|(amount, evidence)| InquiryAnswer::Refunded { amount, evidence }),
        (cause.clone(), proof()).prop_map(|(cause, evidence)| InquiryAnswer::Failed(Refusal { cause, evidence })),
        proof().prop_map(InquiryAnswer::NotFound),
        (text(), proof()).prop_map(|(field, evidence)| InquiryAnswer::Contradicted { field, evidence }),
        (cause, pause)
            .prop_map(|(cause, retry_after_seconds)| InquiryAnswer::Unavailable { cause, retry_after_seconds }),
    ]
}

fn inspections() -> impl Strategy<Value = Inspection> {
    let cause = prop::sample::select(Cause::ALL.to_vec());
    let pause = prop::option::of(any::<u32>());
    prop_oneof![
        (text(), prop::option::of(text())).prop_map(|(name, session)| Inspection::Found { name, session }),
        (cause.clone(), proof()).prop_map(|(cause, evidence)| Inspection::Refused(Refusal { cause, evidence })),
        (cause, pause).prop_map(|(cause, retry_after_seconds)| Inspection::Unavailable { cause, retry_after_seconds }),
    ]
}

/// One strategy a kind, in the order of [`kind`].
fn facts() -> [BoxedStrategy<Fact>; KINDS] {
    let cause = || prop::sample::select(Cause::ALL.to_vec());
    let number = any::<u16>;
    let by = || prop::sample::select(vec!["Maker", "Citra Contoh", "Dewi \"Déwi\" Contoh"]);
    let instructed = (1..9_999_999_999_999u64, 1..=3usize, prop::collection::vec(cause(), 0..3));
    let attempted = (number(), text(), any::<u8>());
    [
        instructed
            .prop_map(|(amount, places, holds)| {
                let row = row(2, "W-1", &PLACES[..places], amount);
                Fact::Instructed(Box::new(Instruction { employer: employer(), run: run_id(1), row, holds }))
            })
            .boxed(),
        by().prop_map(|by| Fact::Confirmed { by: by.parse().unwrap() }).boxed(),
        (by(), text()).prop_map(|(by, because)| Fact::Cancelled { by: by.parse().unwrap(), because }).boxed(),
        (any::<u8>(), inspections(), likeness())
            .prop_map(|(destination, found, likeness)| Fact::Inspected {
                destination,
                rail: rail_id(),
                found,
                matching: NameMatch::Close,
                likeness,
            })
            .boxed(),
        attempted
            .prop_map(|(number, body, destination)| {
                let (reference, rail, fingerprint) = (Reference::from_stored("R1"), rail_id(), "f1".into());
                Fact::Attempted(Box::new(Attempted { number, reference, rail, fingerprint, destination, body }))
            })
            .boxed(),
        number().prop_map(|number| Fact::Resending { number }).boxed(),
        (number(), outcomes()).prop_map(|(number, outcome)| Fact::Answered { number, outcome }).boxed(),
        (number(), answers()).prop_map(|(number, answer)| Fact::Inquired { number, answer }).boxed(),
        (cause(), any::<u8>()).prop_map(|(cause, destination)| Fact::Rerouted { cause, destination }).boxed(),
        cause().prop_map(|cause| Fact::Parked { cause }).boxed(),
        number().prop_map(|through| Fact::Probed { through }).boxed(),
        (cause(), number()).prop_map(|(cause, number)| Fact::Released { number, cause }).boxed(),
        (cause(), number()).prop_map(|(cause, number)| Fact::Abandoned { number, cause }).boxed(),
        (number(), any::<bool>(), 1..9_999_999u64, prop::option::of(text()))
            .prop_map(|(number, debit, amount, bank_reference)| {
                let side = if debit { Side::Debit } else { Side::Credit };
                let entry = Entry { day: "2026-11-26".parse().unwrap(), side, amount: rupiah(amount), bank_reference };
                Fact::Booked { number, entry, statement: Digest([7; 32]) }
            })
            .boxed(),
        (number(), any::<bool>(), by(), text())
            .prop_map(|(number, settled, by, because)| {
                let claim = if settled { Claim::Settled } else { Claim::Refused };
                let (by, and_by) = (by.parse().unwrap(), "Dewi Contoh".parse().unwrap());
                let resolution = Box::new(Resolution { claim, by, and_by, because, evidence: Digest([8; 32]) });
                Fact::Resolved { number, resolution }
            })
            .boxed(),
        (any::<u8>(), choices(), prop::option::of(0..4_000_000_000_000i64))
            .prop_map(|(destination, choice, opens)| {
                let not_before = opens.map(Timestamp::from_millis);
                Fact::Routed(Box::new(Routed { destination, rail: rail_id(), choice, not_before }))
            })
            .boxed(),
        (0..9_999_999_999_999u64, any::<u16>(), prop::collection::vec(any::<[u8; 32]>(), 0..4), any::<bool>())
            .prop_map(|(amount, attempts, commits, is_kept)| {
                let (reason, state) = (ErasureReason::Requested, PaymentState::Settled);
                Fact::Erased(Box::new(Remains {
                    amount: rupiah(amount),
                    attempts,
                    commits: commits.into_iter().map(Commit).collect(),
                    excess: rupiah(0),
                    instructed_by: run_id(2),
                    key: KeyText(ObligationKey([0xa7; 32])),
                    kept_until: is_kept.then(|| "2036-12-31".into()),
                    reason,
                    row: 2,
                    state,
                }))
            })
            .boxed(),
    ]
}

fn run_facts() -> impl Strategy<Value = RunFact> {
    let by = || prop::sample::select(vec!["Checker", "Citra Contoh"]);
    let proof = prop::sample::select(vec![ApprovalProof::Asserted, ApprovalProof::Signed]);
    let digest = || any::<[u8; 32]>().prop_map(Digest);
    let sealed = (digest(), text(), any::<u32>(), 0..9_999_999_999_999u64, any::<bool>(), by());
    prop_oneof![
        sealed.prop_map(|(digest, key, count, total, sandbox, by)| {
            let (total, created_by) = (crate::world::rupiah(total), by.parse().unwrap());
            RunFact::Sealed { employer: employer(), digest, key, count, total, reinstructed: 1, created_by, sandbox }
        }),
        (by(), digest(), proof).prop_map(|(by, digest, proof)| RunFact::Approved {
            by: by.parse().unwrap(),
            digest,
            proof
        }),
        (by(), text()).prop_map(|(by, because)| RunFact::Cancelled { by: by.parse().unwrap(), because }),
    ]
}

/// What is no event any more after one small change to the text of one: a field missing, or there twice,
/// a kind or a version that nobody has defined, and the same values without their names.
fn spoilt(record: &str) -> Vec<String> {
    let whole: serde_json::Map<String, serde_json::Value> = serde_json::from_str(record).unwrap();
    let with = |name: &str, value: serde_json::Value| {
        let mut other = whole.clone();
        other.insert(name.into(), value);
        serde_json::to_string(&other).unwrap()
    };
    let mut spoilt = vec![
        serde_json::to_string(&whole.values().collect::<Vec<_>>()).unwrap(),
        with("kind", "settled_by_hope".into()),
        with("kind", 0.into()),
        with("kind", serde_json::Value::Null),
        format!("{record}{record}"),
        record[..record.len() - 1].to_owned(),
    ];
    spoilt.extend([0, 2, 255, 257].map(|version| with("v", version.into())));
    for (name, value) in &whole {
        spoilt.push(format!("{{\"{name}\":{value},{}", &record[1..]));
        // What may be left unsaid: no holds, and what was not kept from the beginning.
        if !["holds", "kept_until", "likeness", "not_before"].contains(&name.as_str()) {
            let mut lacking = whole.clone();
            lacking.remove(name);
            spoilt.push(serde_json::to_string(&lacking).unwrap());
        }
    }
    spoilt
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
        facts in facts(), n in 1u32.., salt: [u8; 32], prev: [u8; 32], ms in 0i64..4_000_000_000_000
    ) {
        for (place, fact) in facts.into_iter().enumerate() {
            prop_assert_eq!(kind(&fact), place);
            let event = Event { at: Timestamp::from_millis(ms), n, prev: Commit(prev), stream: id(), v: 1, fact };
            let (sealed, commit) = event.seal(Salt(salt)).unwrap();
            prop_assert_eq!(PaymentEvent::open(&sealed.record).unwrap(), event);
            prop_assert!(is_canonical(&sealed.record));
            prop_assert_eq!(&sealed.leaf, &Leaf::of(commit).bytes());
            prop_assert_eq!(commit, Commit::to(&sealed.record, &sealed.salt));
        }
    }

    #[test]
    fn what_is_not_wholly_an_event_is_not_read_as_one(facts in facts(), fact in run_facts()) {
        for fact in facts {
            let (sealed, _) = Event { fact, ..first_event(WAGE) }.seal(Salt([1; 32])).unwrap();
            for text in spoilt(&sealed.record) {
                prop_assert_eq!(PaymentEvent::open(&text), Err(RecordError::Unreadable), "{}", text);
            }
            prop_assert!(RunEvent::open(&sealed.record).is_err());
        }
        let at = Timestamp::from_millis(0);
        let event = Event { at, n: 1, prev: Commit::NONE, stream: run_id(1), v: 1, fact };
        let (sealed, _) = event.seal(Salt([1; 32])).unwrap();
        prop_assert_eq!(RunEvent::open(&sealed.record), Ok(event));
        for text in spoilt(&sealed.record) {
            prop_assert_eq!(RunEvent::open(&text), Err(RecordError::Unreadable), "{}", text);
        }
    }

    #[test]
    fn a_payment_has_one_spelling(text in "[a-z2-7]{10}-[+ 0-9]{0,11}", run: [u8; 8], n: u32) {
        if let Ok(id) = text.parse::<PaymentId>() {
            prop_assert_eq!(id.to_string(), text);
        }
        let id = PaymentId { run: upah_core::run::RunId::from_random(run), n };
        prop_assert_eq!(id.to_string().parse::<PaymentId>(), Ok(id.clone()));
        for other in [format!("{}-0{n}", id.run), format!("{}-+{n}", id.run), format!("{}-", id.run)] {
            prop_assert!(other.parse::<PaymentId>().is_err());
        }
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
        let change = PaymentChange { expected_version: 0, fence: None, row: written, records: vec![], new_references: vec![], traces: vec![], settled_to: None };
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

/// Records that were committed under version 1: what is written today must be the same to the byte, or the
/// leaves of yesterday's log open no more.
#[test]
fn a_record_of_version_one_is_written_to_the_byte_as_ever() {
    const PREV: &str = "0707070707070707070707070707070707070707070707070707070707070707";
    let at = Timestamp::from_millis(1_795_600_000_123);
    let raw = "{\"responseCode\":\"2001800\"}\n".to_owned();
    let evidence =
        Evidence { grade: Grade::TlsResponse, code: "2001800".into(), provider_id: Some("P\u{1}é".into()), raw };
    let row = row(4712, "W-04711", &PLACES[..2], 612_345);
    let holds = vec![Cause::DestinationChanged];
    let made = Attempted {
        number: 1,
        reference: Reference::from_stored("R1"),
        rail: rail_id(),
        fingerprint: "f1".into(),
        destination: 0,
        body: "{\"a\":\"b\\\\\"}".into(),
    };
    let written = [
        (
            Fact::Instructed(Box::new(Instruction { employer: employer(), run: run_id(1), row, holds })),
            r#"{"at":"2026-11-25T16:46:40.123+07:00","employer":"kampung-contoh","holds":["destination_changed"],"kind":"instructed","n":9,"prev":"PREV","row":{"amount":612345,"component":"wage","destinations":["bank:014:1234567890","ewallet:dana:6281234567890"],"name":"Siti Contoh","period":"2026-11","row":4712,"statement":{"lines":[{"amount":612345,"direction":"earning","kind":"wage","source":"stated"}],"net":612345},"worker_id":"W-04711"},"run":"aeaqcaibae","stream":"aeaqcaibae-1","v":1}"#,
        ),
        (
            Fact::Attempted(Box::new(made)),
            r#"{"at":"2026-11-25T16:46:40.123+07:00","body":"{\"a\":\"b\\\\\"}","destination":0,"fingerprint":"f1","kind":"attempted","n":9,"number":1,"prev":"PREV","rail":"bank","reference":"R1","stream":"aeaqcaibae-1","v":1}"#,
        ),
        (
            Fact::Answered { number: 1, outcome: SubmitOutcome::Settled(evidence) },
            r#"{"at":"2026-11-25T16:46:40.123+07:00","kind":"answered","n":9,"number":1,"outcome":{"code":"2001800","grade":"tls_response","provider_id":"P\u0001é","raw":"{\"responseCode\":\"2001800\"}\n","result":"settled"},"prev":"PREV","stream":"aeaqcaibae-1","v":1}"#,
        ),
    ];
    for (fact, text) in written {
        let event = Event { at, n: 9, prev: Commit([7; 32]), stream: id(), v: 1, fact };
        let (sealed, _) = event.seal(Salt([1; 32])).unwrap();
        assert_eq!(sealed.record, text.replace("PREV", PREV));
    }
}
