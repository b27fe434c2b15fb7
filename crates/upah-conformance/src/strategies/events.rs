//! What happened to a wage, and what entitles us to say so.
use super::{
    actor_name, component, employer_id, name_match, pay_row, payment_id, rail_id, reference, run_id, rupiah, timestamp,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use upah_core::bank_statement::{BookingDay, Claim, Entry, Resolution, Side};
use upah_core::cause::Cause;
use upah_core::commitment::{Commit, Salt};
use upah_core::erasure::{ErasureReason, KeyText, Remains};
use upah_core::event::{ApprovalProof, Attempted, Fact, Instruction, PaymentEvent, Routed, RunEvent, RunFact};
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::name::{Likeness, NameReason};
use upah_core::obligation::ObligationKey;
use upah_core::policy::{Choice, PassedOver, Rule};
use upah_core::run::Digest;
use upah_core::state::{AttemptState, PaymentState};

/// Why a payment stands where it stands.
pub fn cause() -> impl Strategy<Value = Cause> {
    select(Cause::ALL)
}

/// Where a payment stands.
pub fn payment_state() -> impl Strategy<Value = PaymentState> {
    select(PaymentState::ALL.to_vec())
}

/// Where an attempt stands.
pub fn attempt_state() -> impl Strategy<Value = AttemptState> {
    select(AttemptState::ALL.to_vec())
}

/// The salt of a record.
pub fn salt() -> impl Strategy<Value = Salt> {
    any::<[u8; 32]>().prop_map(Salt)
}

/// A commitment to a record.
pub fn commit() -> impl Strategy<Value = Commit> {
    any::<[u8; 32]>().prop_map(Commit)
}

/// The digest of a run.
pub fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

/// What a provider said.
pub fn evidence() -> impl Strategy<Value = Evidence> {
    let grades = select(vec![Grade::Statement, Grade::SignedCallback, Grade::TlsResponse, Grade::People]);
    (grades, "([0-9]{7})?", prop::option::of("[0-9A-Z]{1,20}"), "[ -~é]{0,60}")
        .prop_map(|(grade, code, provider_id, raw)| Evidence { grade, code, provider_id, raw })
}

/// A refusal with its proof.
pub fn refusal() -> impl Strategy<Value = Refusal> {
    (cause(), evidence()).prop_map(|(cause, evidence)| Refusal { cause, evidence })
}

/// Why an answer says nothing.
pub fn doubt() -> impl Strategy<Value = Doubt> {
    select(vec![
        Doubt::NoAnswer,
        Doubt::Unreadable,
        Doubt::ProviderError,
        Doubt::Duplicate,
        Doubt::Inconsistent,
        Doubt::Suspended,
        Doubt::Interrupted,
    ])
}

/// What came of a send.
pub fn submit_outcome() -> impl Strategy<Value = SubmitOutcome> {
    let wait = prop::option::of(1..600u32);
    prop_oneof![
        evidence().prop_map(SubmitOutcome::Settled),
        evidence().prop_map(SubmitOutcome::Accepted),
        (doubt(), prop::option::of(evidence()))
            .prop_map(|(doubt, evidence)| SubmitOutcome::Unknown { doubt, evidence }),
        refusal().prop_map(SubmitOutcome::Refused),
        (cause(), wait).prop_map(|(cause, retry_after_seconds)| SubmitOutcome::NotSent { cause, retry_after_seconds }),
        ("amount|account", evidence()).prop_map(|(field, evidence)| SubmitOutcome::Contradicted { field, evidence }),
    ]
}

/// What the provider says when asked.
pub fn inquiry_answer() -> impl Strategy<Value = InquiryAnswer> {
    let wait = prop::option::of(1..600u32);
    prop_oneof![
        evidence().prop_map(InquiryAnswer::Success),
        evidence().prop_map(InquiryAnswer::InProgress),
        evidence().prop_map(InquiryAnswer::NotFound),
        refusal().prop_map(InquiryAnswer::Failed),
        (prop::option::of(rupiah()), evidence())
            .prop_map(|(amount, evidence)| InquiryAnswer::Refunded { amount, evidence }),
        (cause(), wait)
            .prop_map(|(cause, retry_after_seconds)| InquiryAnswer::Unavailable { cause, retry_after_seconds }),
        ("amount|account", evidence()).prop_map(|(field, evidence)| InquiryAnswer::Contradicted { field, evidence }),
    ]
}

/// What the account inquiry found.
pub fn inspection() -> impl Strategy<Value = Inspection> {
    prop_oneof![
        ("[A-Z*]{0,10}( [A-Z*]{1,10}){0,2}", prop::option::of("[0-9a-f]{1,25}"))
            .prop_map(|(name, session)| Inspection::Found { name, session }),
        refusal().prop_map(Inspection::Refused),
        (cause(), prop::option::of(1..600u32))
            .prop_map(|(cause, retry_after_seconds)| Inspection::Unavailable { cause, retry_after_seconds }),
    ]
}

/// What a payment is told to do.
pub fn instruction() -> impl Strategy<Value = Instruction> {
    let holds = select(vec![Cause::PossibleDuplicate, Cause::DestinationChanged, Cause::DestinationShared]);
    (employer_id(), run_id(), pay_row(), vec(holds, 0..2)).prop_map(|(employer, run, row, holds)| Instruction {
        employer,
        run,
        row,
        holds,
    })
}

/// An attempt, written down before its first byte leaves.
pub fn attempted() -> impl Strategy<Value = Attempted> {
    (1..5u16, reference(), rail_id(), "[0-9a-f]{32}", 0..3u8, "[ -~é]{0,80}").prop_map(
        |(number, reference, rail, fingerprint, destination, body)| Attempted {
            number,
            reference,
            rail,
            fingerprint,
            destination,
            body,
        },
    )
}

/// An entry of a bank's statement.
pub fn entry() -> impl Strategy<Value = Entry> {
    let day = timestamp().prop_filter_map("no day of a payroll", |at| BookingDay::try_from(at.date()).ok());
    let side = select(vec![Side::Debit, Side::Credit]);
    (day, side, rupiah(), prop::option::of("[A-Z0-9]{1,20}")).prop_map(|(day, side, amount, bank_reference)| Entry {
        day,
        side,
        amount,
        bank_reference,
    })
}

/// The word of two people.
pub fn resolution() -> impl Strategy<Value = Resolution> {
    let claim = select(vec![Claim::Settled, Claim::Refused]);
    (claim, actor_name(), actor_name(), "[ -~]{1,40}", digest())
        .prop_map(|(claim, by, and_by, because, evidence)| Resolution { claim, by, and_by, because, evidence })
}

/// How near two names are, where it was kept.
pub fn likeness() -> impl Strategy<Value = Option<Likeness>> {
    let because = select(vec![NameReason::SameWords, NameReason::Initial, NameReason::Masked, NameReason::WordsDiffer]);
    prop::option::of((0..=100u8, because).prop_map(|(score, because)| Likeness { score, because }))
}

/// The way of a payment and why.
pub fn routed() -> impl Strategy<Value = Routed> {
    let why = select(vec![PassedOver::OverLimit, PassedOver::Closed, PassedOver::Dearer, PassedOver::Later]);
    let choice = (select(vec![Rule::Order, Rule::Cheapest]), prop::option::of(rupiah()), vec((rail_id(), why), 0..3));
    let choice = choice.prop_map(|(rule, fee, others)| Choice { rule, fee, others });
    (0..3u8, rail_id(), choice, prop::option::of(timestamp()))
        .prop_map(|(destination, rail, choice, not_before)| Routed { destination, rail, choice, not_before })
}

/// What an erasure leaves.
pub fn remains() -> impl Strategy<Value = Remains> {
    let commits = vec(any::<[u8; 32]>().prop_map(Commit), 0..4);
    let key = any::<[u8; 32]>().prop_map(|key| KeyText(ObligationKey(key)));
    let (reason, state) = (select(ErasureReason::ALL.to_vec()), select(PaymentState::ALL.to_vec()));
    let kept_until = prop::option::of("20[0-9]{2}-12-31");
    (rupiah(), 0..5u16, commits, rupiah(), run_id(), key, kept_until, reason, 1..9_999u64, state).prop_map(
        |(amount, attempts, commits, excess, instructed_by, key, kept_until, reason, row, state)| Remains {
            amount,
            attempts,
            commits,
            excess,
            instructed_by,
            key,
            kept_until,
            reason,
            row,
            state,
        },
    )
}

/// One fact about a payment, of any kind. Not every one follows on every other.
pub fn fact() -> impl Strategy<Value = Fact> {
    let inspected = (0..3u8, rail_id(), inspection(), name_match(), likeness());
    prop_oneof![
        instruction().prop_map(|instruction| Fact::Instructed(Box::new(instruction))),
        actor_name().prop_map(|by| Fact::Confirmed { by }),
        (actor_name(), "[ -~]{1,40}").prop_map(|(by, because)| Fact::Cancelled { by, because }),
        inspected.prop_map(|(destination, rail, found, matching, likeness)| Fact::Inspected {
            destination,
            rail,
            found,
            matching,
            likeness
        }),
        routed().prop_map(|routed| Fact::Routed(Box::new(routed))),
        attempted().prop_map(|made| Fact::Attempted(Box::new(made))),
        (1..5u16).prop_map(|number| Fact::Resending { number }),
        (1..5u16, submit_outcome()).prop_map(|(number, outcome)| Fact::Answered { number, outcome }),
        (1..5u16, inquiry_answer()).prop_map(|(number, answer)| Fact::Inquired { number, answer }),
        (cause(), 0..3u8).prop_map(|(cause, destination)| Fact::Rerouted { cause, destination }),
        cause().prop_map(|cause| Fact::Parked { cause }),
        (1..5u16).prop_map(|through| Fact::Probed { through }),
        (1..5u16, cause()).prop_map(|(number, cause)| Fact::Released { number, cause }),
        (1..5u16, cause()).prop_map(|(number, cause)| Fact::Abandoned { number, cause }),
        (1..5u16, entry(), digest()).prop_map(|(number, entry, statement)| Fact::Booked { number, entry, statement }),
        (1..5u16, resolution())
            .prop_map(|(number, resolution)| Fact::Resolved { number, resolution: Box::new(resolution) }),
        remains().prop_map(|remains| Fact::Erased(Box::new(remains))),
    ]
}

/// One fact about a run, of any kind.
pub fn run_fact() -> impl Strategy<Value = RunFact> {
    let proof = select(vec![ApprovalProof::Asserted, ApprovalProof::Signed]);
    let sealed = (employer_id(), digest(), component(), 1..1_000u32, rupiah(), 0..5u32, actor_name(), any::<bool>());
    prop_oneof![
        sealed.prop_map(|(employer, digest, key, count, total, reinstructed, created_by, sandbox)| {
            let key = key.to_string();
            RunFact::Sealed { employer, digest, key, count, total, reinstructed, created_by, sandbox }
        }),
        (actor_name(), digest(), proof).prop_map(|(by, digest, proof)| RunFact::Approved { by, digest, proof }),
        (actor_name(), "[ -~]{1,40}").prop_map(|(by, because)| RunFact::Cancelled { by, because }),
    ]
}

/// An event of a payment.
pub fn payment_event() -> impl Strategy<Value = PaymentEvent> {
    (timestamp(), 1..100u32, commit(), payment_id(), fact()).prop_map(|(at, n, prev, stream, fact)| PaymentEvent {
        at,
        n,
        prev,
        stream,
        v: 1,
        fact,
    })
}

/// An event of a run.
pub fn run_event() -> impl Strategy<Value = RunEvent> {
    (timestamp(), 1..100u32, commit(), run_id(), run_fact()).prop_map(|(at, n, prev, stream, fact)| RunEvent {
        at,
        n,
        prev,
        stream,
        v: 1,
        fact,
    })
}
