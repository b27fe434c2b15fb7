//! What a payer with a phone can rely on. The kit for rails proves how an adapter reads a provider; there is none here,
//! no connection to break and no answer to misread. These are its properties that are left, and those of paper.
#![allow(clippy::unwrap_used)]
use proptest::prelude::*;
use upah_core::cause::Cause;
use upah_core::policy::{Pattern, Policy};
use upah_core::rail::{ComposeError, Order, Rail};
use upah_core::reference::{Reference, ReferenceForm};
use upah_core::{Destination, PayeeName, Rupiah, Timestamp};
use upah_qris::{Builder, Qris};
use upah_sheet::SheetRail;

const SHOP: &str = "0015COM.EXAMPLE.WWW01189360001400000000170215885000000000001";

fn sheet() -> SheetRail {
    SheetRail::new("lembar".parse().unwrap())
}

/// A shop's printed code, with these objects besides.
fn printed(more: &[(u8, &str)]) -> String {
    let plain = [(1, "11"), (26, SHOP), (52, "5411"), (53, "360"), (58, "ID"), (59, "WARUNG CONTOH"), (60, "JEMBER")];
    let all = plain.iter().chain(more);
    all.fold(Builder::new(), |builder, (tag, value)| builder.object(*tag, value).unwrap()).seal().unwrap()
}

fn destination(payload: &str) -> Destination {
    Destination::Qris(Qris::parse(payload).unwrap().into())
}

fn compose(rail: &SheetRail, to: &Destination, amount: u64, reference: &str) -> Result<String, ComposeError> {
    let (reference, name) = (Reference::from_stored(reference), "Siti Contoh".parse::<PayeeName>().unwrap());
    let order = Order {
        reference: &reference,
        amount: Rupiah::new(amount).unwrap(),
        destination: to,
        name: &name,
        inquired_name: None,
        session: None,
        at: Timestamp::from_millis(1_800_000_000_000),
    };
    rail.compose(&order)
}

const REFERENCE: &str = "YCCEXPRU33OWELFHOCT2BUYSL";

/// Tag 62.05 as another reader finds it.
fn reference_in(code: &Qris<'_>) -> Option<String> {
    code.object(62)?.inner(5).map(str::to_owned)
}

#[test]
fn her_code_carries_her_wage_her_shop_and_our_whole_reference() {
    let rail = sheet();
    let policy = rail.policy(vec![Pattern::new("qris:*")]);
    assert_eq!(policy.reference_form, ReferenceForm::Base32 { length: 25 });
    assert_eq!(REFERENCE.len(), Qris::REFERENCE_MAX);
    let to = destination(&printed(&[(62, "0703A01")]));
    let body = compose(&rail, &to, 600_000, REFERENCE).unwrap();
    let code = Qris::parse(&body).unwrap();
    assert_eq!((code.amount(), code.mpan()), (Some("600000"), Some("936000140000000017")));
    assert_eq!(reference_in(&code).as_deref(), Some(REFERENCE));
    assert_eq!(code.object(62).unwrap().inner(7), Some("A01"), "what the shop has there stays");
    assert_eq!(compose(&rail, &to, 600_000, REFERENCE), Ok(body), "a second time gives the same bytes");
}

#[test]
fn a_reference_without_room_is_left_out_and_never_cut() {
    let crowded = format!("0799{}", "A".repeat(95));
    let to = destination(&printed(&[(62, &crowded[..99])]));
    let fits = format!("0766{}", "A".repeat(66));
    for (to, kept) in [(to, None), (destination(&printed(&[(62, &fits)])), Some(REFERENCE))] {
        let body = compose(&sheet(), &to, 600_000, REFERENCE).unwrap();
        let code = Qris::parse(&body).unwrap();
        assert_eq!((code.amount(), reference_in(&code).as_deref()), (Some("600000"), kept));
    }
}

#[test]
fn a_code_that_pays_another_amount_or_once_only_is_never_on_a_sheet() {
    let transfer = "0017ID.CO.EXAMPLE.WWW0119936008223000001355002132000000000000";
    for more in [&[(54, "1000")][..], &[(40, transfer)], &[(53, "840")], &[(26, SHOP)]] {
        assert_eq!(compose(&sheet(), &destination(&printed(more)), 1, REFERENCE), Err(ComposeError::NotServed));
    }
    let bank = "bank:014:1234567890".parse().unwrap();
    assert_eq!(compose(&sheet(), &bank, 1, REFERENCE), Err(ComposeError::NotServed));
}

#[test]
fn a_trial_code_is_whole_and_pays_nobody() {
    let rail = SheetRail::on_trial("lembar".parse().unwrap());
    let to = destination(&printed(&[]));
    let body = compose(&rail, &to, 600_000, REFERENCE).unwrap();
    let code = Qris::parse(&body).unwrap();
    assert_eq!(code.object(53).unwrap().value, "963", "the currency that is kept for tests");
    assert_eq!(code.amount(), Some("600000"));
    let real = compose(&sheet(), &to, 600_000, REFERENCE).unwrap();
    let without_crc = |body: &str| body[..body.len() - 4].to_owned();
    assert_eq!(without_crc(&body).replace("5303963", "5303360"), without_crc(&real), "nothing else differs");
    assert_ne!(rail.fingerprint(), sheet().fingerprint(), "one is not asked about over the other");
    assert!(SheetRail::is_sheet(rail.fingerprint()) && SheetRail::is_sheet(sheet().fingerprint()));
}

#[test]
fn a_wage_above_the_limit_of_a_qris_payment_is_refused_before_anything_is_made() {
    let policy = Policy { rails: vec![sheet().policy(vec![Pattern::new("qris:*")])], ..Policy::default() };
    let (employer, to) = ("koperasi".parse().unwrap(), destination(&printed(&[])));
    let now = "2026-11-25T09:00:00+07:00".parse().unwrap();
    let route = |amount| {
        let decided = policy.route(&employer, &to, Rupiah::new(amount).unwrap(), now);
        decided.map(|decision| decision.rail.id.to_string())
    };
    assert_eq!(route(10_000_000), Ok("lembar".into()));
    assert_eq!(route(10_000_001), Err(Cause::OverRailLimit));
}

#[test]
fn paper_is_not_asked_and_its_silence_is_never_trusted() {
    assert!(!sheet().can_be_asked());
    let policy = sheet().policy(vec![Pattern::new("qris:*")]);
    // A century: no session lasts so long, and a window begins anew with each.
    assert!(policy.trust_not_found_after_seconds > 100 * 365 * 86_400);
    assert!(!policy.inspects);
}

proptest! {
    #[test]
    fn whatever_a_shop_has_in_its_code_the_payer_is_asked_for_her_wage_once(
        amount in 1..=10_000_000_u64,
        extra in prop::collection::btree_map(prop::sample::select(vec![2_u8, 27, 51, 55, 56, 57, 61, 62, 64, 80, 99]), "[ -~]{1,40}", 0..6),
    ) {
        let more: Vec<(u8, &str)> = extra.iter().map(|(tag, value)| (*tag, value.as_str())).collect();
        let payload = printed(&more);
        // Templates that cannot be read are refused as a destination, before this rail sees them.
        if let Ok(code) = Qris::parse(&payload) {
            let to = Destination::Qris(code.into());
            let body = compose(&sheet(), &to, amount, REFERENCE).unwrap();
            let written = Qris::parse(&body).unwrap();
            let amounts: Vec<&str> = written.objects().filter(|it| it.tag == 54).map(|it| it.value).collect();
            prop_assert_eq!(amounts, vec![amount.to_string()]);
            prop_assert!(written.objects().all(|it| !matches!(it.tag, 55..=57)), "an app would add a tip");
            prop_assert_eq!(written.mpan(), code.mpan());
            let kept = |code: &Qris<'_>| -> Vec<(u8, String)> {
                let others = code.objects().filter(|it| !matches!(it.tag, 1 | 54..=57 | 62 | 63));
                others.map(|it| (it.tag, it.value.to_owned())).collect()
            };
            prop_assert_eq!(kept(&written), kept(&code));
        }
    }
}
