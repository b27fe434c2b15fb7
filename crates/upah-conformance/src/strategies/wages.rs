//! How much, for what, and by which rules it is sent.
use super::{destination, employer_id, language, note, parsed, payee_name, rail_id, relationship, sex, worker_id};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use upah_core::destination::Destination;
use upah_core::ids::Component;
use upah_core::money::Rupiah;
use upah_core::obligation::{Obligation, ObligationKey, Pepper};
use upah_core::period::Period;
use upah_core::policy::{Fee, NameCheck, Pattern, RailPolicy, Since, Terms};
use upah_core::reference::{Reference, ReferenceForm};
use upah_core::row::{Direction, DueDate, Line, PayRow, PayRowFields, Statement};
use upah_core::run::{PaymentId, RunId};
use upah_core::store::{SettledTo, Trace};
use upah_core::time::Timestamp;

/// An amount of a wage: more than nothing, mostly ordinary, now and then the largest there is.
pub fn rupiah() -> impl Strategy<Value = Rupiah> {
    let whole = prop_oneof![8 => 1..=20_000_000u64, 2 => 1..=Rupiah::MAX.value(), 1 => Just(Rupiah::MAX.value())];
    whole.prop_filter_map("beyond the largest amount", |rupiah| Rupiah::new(rupiah).ok())
}

/// Which part of the pay.
pub fn component() -> impl Strategy<Value = Component> {
    prop_oneof![3 => parsed("wage"), 1 => parsed("[a-z][a-z0-9._-]{0,15}")]
}

/// A month, a week or a day.
pub fn period() -> impl Strategy<Value = Period> {
    prop_oneof![
        3 => parsed("20[0-9]{2}-(0[1-9]|1[0-2])"),
        1 => parsed("20[0-9]{2}-W(0[1-9]|[1-4][0-9]|5[0-3])"),
        1 => parsed("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
    ]
}

/// A date by which a wage is due.
pub fn due_date() -> impl Strategy<Value = DueDate> {
    parsed("20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
}

/// A time between 1970 and 2096, to the millisecond.
pub fn timestamp() -> impl Strategy<Value = Timestamp> {
    (0..4_000_000_000_000i64).prop_map(Timestamp::from_millis)
}

/// Earnings and deductions that give this net.
pub fn statement_of(net: Rupiah) -> impl Strategy<Value = Statement> {
    let deductions = vec((component(), 0..=1_000_000u64), 0..3);
    (component(), deductions).prop_map(move |(kind, deductions)| {
        let lines = deductions.into_iter().filter_map(|(kind, rupiah)| {
            let amount = Rupiah::new(rupiah).ok()?;
            Some(Line::stated(Direction::Deduction, kind, amount))
        });
        let mut lines: Vec<Line> = lines.collect();
        let gross = lines.iter().try_fold(net, |gross, line| gross.checked_add(line.amount));
        // Beyond the largest amount there is no such statement; then the whole stands alone.
        let whole = Statement::whole(kind.clone(), net);
        let Ok(gross) = gross else { return whole };
        lines.insert(0, Line::stated(Direction::Earning, kind, gross));
        Statement::new(lines, net).unwrap_or(whole)
    })
}

/// A statement of any net.
pub fn statement() -> impl Strategy<Value = Statement> {
    rupiah().prop_flat_map(statement_of)
}

/// One to three destinations, none twice.
pub fn destinations() -> impl Strategy<Value = Vec<Destination>> {
    vec(destination(), 1..=3).prop_map(|mut list| {
        let mut seen = Vec::new();
        list.retain(|one| {
            !seen.contains(one) && {
                seen.push(one.clone());
                true
            }
        });
        list
    })
}

/// A whole row of a payroll.
pub fn pay_row() -> impl Strategy<Value = PayRow> {
    let who = (1..100_000u64, prop::option::of(employer_id()), worker_id(), payee_name(), destinations());
    let what = rupiah().prop_flat_map(|amount| (Just(amount), statement_of(amount)));
    let more = (
        prop::option::of(due_date()),
        prop::option::of(sex()),
        prop::option::of(language()),
        prop::option::of(relationship()),
        prop::option::of(note()),
    );
    let fields = (who, period(), component(), what, more);
    fields.prop_filter_map("the parts do not make a row", |(who, period, component, (amount, statement), more)| {
        let (row, employer, worker_id, name, destinations) = who;
        let (due_date, sex, language, relationship, note) = more;
        PayRow::new(PayRowFields {
            row,
            employer,
            worker_id,
            name,
            destinations,
            period,
            amount,
            component,
            due_date,
            sex,
            language,
            relationship,
            note,
            statement,
        })
        .ok()
    })
}

/// What is owed once.
pub fn obligation() -> impl Strategy<Value = Obligation> {
    (employer_id(), period(), worker_id(), component())
        .prop_map(|(employer, period, worker_id, component)| Obligation { employer, period, worker_id, component })
}

/// The secret with which a store hashes identities.
pub fn pepper() -> impl Strategy<Value = Pepper> {
    any::<[u8; 32]>().prop_map(Pepper)
}

/// The key under which an obligation is remembered.
pub fn obligation_key() -> impl Strategy<Value = ObligationKey> {
    (obligation(), pepper()).prop_map(|(obligation, pepper)| obligation.key(&pepper))
}

/// The alphabet and length of references.
pub fn reference_form() -> impl Strategy<Value = ReferenceForm> {
    prop_oneof![
        Just(ReferenceForm::default()),
        (16..=51u8).prop_map(|length| ReferenceForm::Base32 { length }),
        (12..=30u8).prop_map(|length| ReferenceForm::Numeric { length }),
    ]
}

/// A derived reference.
pub fn reference() -> impl Strategy<Value = Reference> {
    (obligation(), 1..5u16, reference_form())
        .prop_map(|(obligation, attempt, form)| Reference::derive(&obligation, attempt, form))
}

/// The name of a run.
pub fn run_id() -> impl Strategy<Value = RunId> {
    any::<[u8; 8]>().prop_map(RunId::from_random)
}

/// The name of a payment.
pub fn payment_id() -> impl Strategy<Value = PaymentId> {
    (run_id(), 1..=u32::MAX).prop_map(|(run, n)| PaymentId { run, n })
}

/// A trace that a payment leaves.
pub fn trace() -> impl Strategy<Value = Trace> {
    (any::<[u8; 16]>(), "[0-9a-f]{8} 2026-(0[1-9]|1[0-2])").prop_map(|(key, value)| Trace { key, value })
}

/// Where a worker's money last arrived.
pub fn settled_to() -> impl Strategy<Value = SettledTo> {
    any::<([u8; 16], [u8; 16])>().prop_map(|(worker, destination)| SettledTo { worker, destination })
}

/// One configured rail, as far as decisions need to know it.
pub fn rail_policy() -> impl Strategy<Value = RailPolicy> {
    let checks = select(vec![NameCheck::Stop, NameCheck::Record, NameCheck::Off]);
    let limits = (prop::option::of(rupiah()), 0..3_600u32, 1..30u32, 0..30u32, 1..100u32);
    let fee =
        prop::option::of((rupiah(), any::<bool>()).prop_map(|(amount, employer_pays)| Fee { amount, employer_pays }));
    (rail_id(), "[0-9a-f]{32}", checks, reference_form(), limits, vec(1..3_600u32, 1..5), fee).prop_map(
        |(id, fingerprint, name_check, reference_form, limits, inquire_after_seconds, fee)| RailPolicy {
            terms: Terms {
                fees: fee.map(Since::always).into_iter().collect(),
                ..limits.0.map_or_else(Terms::default, Terms::with_limit)
            },
            name_check,
            reference_form,
            inquire_after_seconds,
            trust_not_found_after_seconds: limits.1,
            reference_memory_days: limits.2,
            watch_returns_days: limits.3,
            max_concurrency: limits.4,
            ..RailPolicy::new(id, fingerprint, vec![Pattern::new("*")])
        },
    )
}
