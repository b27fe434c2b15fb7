//! Codes that are written: from objects, and for one payment from a code that is printed once.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use upah_qris::{BuildError, Builder, Initiation, Qris};

const MERCHANT: &str = "26670015COM.EXAMPLE.WWW011893600014000000001702158850000000000010303UMI\
                        51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI";
/// A worker's own account.
const TRANSFER: &str = "00020101021240730017ID.CO.EXAMPLE.WWW01199360082230000013550021320000000000000408CENAIDJA\
                        5204482953033605802ID5911SITI CONTOH6011PURBALINGGA61055335562350804DMCT\
                        99230002000113CONTOH00000016304FEAD";

/// A code of which only the beginning and the end differ.
fn code(between: &str) -> String {
    let mut builder = Builder::new();
    let mut rest = between;
    while !rest.is_empty() {
        let (head, tail) = rest.split_at(4);
        let (value, tail) = tail.split_at(head[2..].parse().unwrap());
        builder = builder.object(head[..2].parse().unwrap(), value).unwrap();
        rest = tail;
    }
    builder.seal().unwrap()
}

fn dynamic(payload: &str, reference: Option<&str>) -> Result<String, BuildError> {
    Qris::parse(payload).unwrap().to_dynamic(25_000, reference)
}

/// Computed with `qriskit` 0.2.0, an implementation that is not ours.
#[test]
fn a_code_for_one_payment_is_the_one_that_another_library_writes() {
    let merchant = |rest: &str| code(&format!("010211{MERCHANT}{rest}"));
    let of_everyday = merchant("5204541153033605802ID5913WARUNG CONTOH6006JEMBER610568118");
    let out_of_order = merchant("5204541153033605802ID5913WARUNG CONTOH6215010411030703A016006JEMBER610568118");
    let begin = format!("000201010212{MERCHANT}52045411530336054052500058");
    for (from, expected) in [
        (of_everyday, format!("{begin}02ID5913WARUNG CONTOH6006JEMBER61056811862120508GAJI-00163043A2F")),
        (
            out_of_order,
            format!("{begin}02ID5913WARUNG CONTOH6227010411030508GAJI-0010703A016006JEMBER610568118630451E2"),
        ),
        (
            TRANSFER.to_owned(),
            "00020101021240730017ID.CO.EXAMPLE.WWW01199360082230000013550021320000000000000408CENAIDJA\
             5204482953033605405250005802ID5911SITI CONTOH6011PURBALINGGA61055335562470508GAJI-0010804DMCT\
             99230002000113CONTOH00000016304C36F"
                .to_owned(),
        ),
    ] {
        assert_eq!(dynamic(&from, Some("GAJI-001")).unwrap(), expected);
    }
}

#[test]
fn what_is_missing_finds_its_place_and_what_is_there_is_replaced_in_its_own() {
    for (from, reference, expected) in [
        // Neither initiation nor currency nor additional data.
        ("5802ID59010", Some("A"), "0102125405250005802ID5901062050501A"),
        ("640200", Some("A"), "01021254052500062050501A640200"),
        ("", None, "010212540525000"),
        // An amount, tips and a reference of before go.
        ("0102115303360540115502025602105703 1 ", Some("B"), "010212530336054052500062050501B"),
        ("010211530336062200501X0701T0801P0501Z", Some("B"), "010212530336054052500062150501B0701T0801P"),
        ("010211530336062050701T", None, "010212530336054052500062050701T"),
        // Unknown tags stay where they are.
        ("8001X0102115303360", None, "8001X0102125303360540525000"),
    ] {
        let written = dynamic(&code(from), reference).unwrap();
        assert_eq!(written, code(expected), "{from}");
    }
}

#[test]
fn nothing_is_written_that_a_payer_would_be_misled_by() {
    let printed = code("0102115303360");
    let parsed = Qris::parse(&printed).unwrap();
    for amount in [0, 10_000_000_000_000, u64::MAX] {
        assert_eq!(parsed.to_dynamic(amount, None), Err(BuildError::Amount));
    }
    for amount in [1, 9_999_999_999_999] {
        let written = parsed.to_dynamic(amount, None).unwrap();
        assert_eq!(Qris::parse(&written).unwrap().amount(), Some(amount.to_string().as_str()));
    }
    let (longest, longer) = ("R".repeat(Qris::REFERENCE_MAX), "R".repeat(Qris::REFERENCE_MAX + 1));
    assert_eq!(parsed.to_dynamic(1, Some(&longer)), Err(BuildError::Reference));
    assert_eq!(parsed.to_dynamic(1, Some("")), Err(BuildError::Reference));
    assert!(parsed.to_dynamic(1, Some(&longest)).is_ok());
    let made = parsed.to_dynamic(1, None).unwrap();
    assert_eq!(dynamic(&made, None), Err(BuildError::Dynamic), "for one payment, and not for ours");

    assert_eq!(dynamic(&code("62030x1"), Some("A")), Err(BuildError::Additional));
    assert!(dynamic(&code("62030x1"), None).unwrap().contains("62030x1"), "left as it was");
    let full = format!("6299{}{}", "0195", "B".repeat(95));
    assert_eq!(dynamic(&code(&full), Some("A")), Err(BuildError::Length(62)));
    let long = "é".repeat(99);
    let builder = (0..11).fold(Builder::new(), |builder, _| builder.object(80, &long).unwrap());
    assert_eq!(builder.seal(), Err(BuildError::TooLong));
}

#[test]
fn a_builder_refuses_what_could_not_be_read_back() {
    let builder = Builder::new();
    for tag in [0, 63, 100, 255] {
        assert_eq!(builder.clone().object(tag, "x").unwrap_err(), BuildError::Tag(tag));
    }
    assert_eq!(builder.clone().object(59, "").unwrap_err(), BuildError::Length(59));
    assert_eq!(builder.clone().object(59, &"x".repeat(100)).unwrap_err(), BuildError::Length(59));
    assert_eq!(builder.clone().template(62, &[(5, &"x".repeat(96))]).unwrap_err(), BuildError::Length(62));
    assert_eq!(builder.clone().template(62, &[]).unwrap_err(), BuildError::Length(62));
    assert_eq!(builder.clone().template(62, &[(100, "x")]).unwrap_err(), BuildError::Tag(100));
    assert_eq!(builder.clone().template(63, &[(1, "x")]).unwrap_err(), BuildError::Tag(63));
    assert!(!format!("{:?}", builder.object(59, "SITI CONTOH").unwrap()).contains("SITI"));
}

#[test]
fn every_error_has_a_name_and_a_sentence_of_its_own() {
    use BuildError as E;
    let all = [E::Tag(7), E::Length(7), E::TooLong, E::Dynamic, E::Amount, E::Reference, E::Additional];
    let distinct = |texts: Vec<String>| texts.iter().collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(distinct(all.iter().map(ToString::to_string).collect()), all.len());
    assert_eq!(distinct(all.iter().map(|error| error.code().to_owned()).collect()), all.len());
    assert!(all.iter().all(|error| error.code().starts_with("qris_") && !error.to_string().is_empty()));
}

prop_compose! {
    /// A value as codes hold it, with letters of two bytes among them.
    fn values()(text in "[0-9A-Za-z é*.-]{1,25}") -> String { text }
}

fn codes() -> impl Strategy<Value = String> {
    let plain = (1..100u8, values())
        .prop_filter("written by itself, or a template", |(tag, _)| !matches!(tag, 1 | 26..=51 | 54..=57 | 62 | 63));
    let inner = prop::collection::vec((0..100u8, "[0-9A-Z]{1,6}"), 1..5);
    (prop::collection::vec(plain, 0..9), prop::option::of(inner.clone()), prop::option::of(inner), any::<bool>())
        .prop_map(|(objects, account, additional, printed)| {
            let mut builder = Builder::new();
            if printed {
                builder = builder.object(1, "11").unwrap();
            }
            let template = |builder: Builder, tag, objects: &[(u8, String)]| {
                let pairs: Vec<(u8, &str)> = objects.iter().map(|(tag, value)| (*tag, value.as_str())).collect();
                builder.template(tag, &pairs).unwrap()
            };
            if let Some(account) = &account {
                builder = template(builder, 26, account);
            }
            for (tag, value) in &objects {
                builder = builder.object(*tag, value).unwrap();
            }
            if let Some(additional) = &additional {
                builder = template(builder, 62, additional);
            }
            builder.seal().unwrap()
        })
}

fn pairs(code: &Qris<'_>) -> Vec<(u8, String)> {
    code.objects().map(|object| (object.tag, object.value.to_owned())).collect()
}

proptest! {
    #[test]
    fn what_was_built_is_read_back_object_by_object(objects in prop::collection::vec((64..100u8, values()), 0..12)) {
        let builder = objects.iter().try_fold(Builder::new(), |builder, (tag, value)| builder.object(*tag, value)).unwrap();
        let payload = builder.seal().unwrap();
        let read = pairs(&Qris::parse(&payload).unwrap());
        prop_assert_eq!(&read[1..read.len() - 1], &objects[..]);
    }

    /// The payer is asked for the amount and the reference, once each, and whoever is paid is who was paid before.
    #[test]
    fn a_code_for_one_payment_changes_nothing_but_that(
        printed in codes(),
        amount in 1..10_000_000_000_000u64,
        reference in prop::option::of("[A-Z0-9-]{1,25}"),
    ) {
        let before = Qris::parse(&printed).unwrap();
        let written = before.to_dynamic(amount, reference.as_deref()).unwrap();
        let after = Qris::parse(&written).unwrap();
        prop_assert_eq!(after.initiation(), Some(Initiation::Dynamic));
        let all = |tag| after.objects().filter(|object| object.tag == tag).map(|object| object.value.to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(all(54), vec![amount.to_string()]);
        prop_assert_eq!((all(55), all(56), all(57)), (vec![], vec![], vec![]));
        let referenced = after.object(62).and_then(|object| object.inner(5).map(str::to_owned));
        if reference.is_some() {
            prop_assert_eq!(referenced, reference);
        }
        let kept = |code: &Qris<'_>| pairs(code).into_iter().filter(|(tag, _)| !matches!(tag, 1 | 54 | 62 | 63)).collect::<Vec<_>>();
        prop_assert_eq!(kept(&before), kept(&after));
        let inner = |code: &Qris<'_>| -> Vec<(u8, String)> {
            let objects = code.object(62).into_iter().flat_map(|object| object.objects().map(Result::unwrap));
            objects.filter(|inner| inner.tag != 5).map(|inner| (inner.tag, inner.value.to_owned())).collect()
        };
        prop_assert_eq!(inner(&before), inner(&after));
    }
}
