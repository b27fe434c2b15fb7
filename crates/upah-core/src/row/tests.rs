//! Rows: what makes one whole, what its digest covers, what it shows.

use alloc::format;
use alloc::vec;

use proptest::prelude::*;

use super::*;
use crate::period::PeriodError;

fn fields() -> PayRowFields {
    let amount = Rupiah::new(600_000).unwrap();
    PayRowFields {
        row: 2,
        employer: None,
        worker_id: "W-1".parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: Destination::parse_list("bank:014:1234567890 ewallet:dana:081234567890").unwrap(),
        period: "2026-11".parse().unwrap(),
        amount,
        component: Component::default(),
        due_date: Some("2026-11-25".parse().unwrap()),
        sex: Some(Sex::Female),
        language: Some(LanguageTag::Jv),
        relationship: Some(Relationship::Partner),
        note: Some("catatan rahasia".parse().unwrap()),
        statement: Statement::whole(Component::default(), amount),
    }
}

#[test]
fn a_row_that_is_not_whole_cannot_be_made() {
    let destination = fields().destinations.first().cloned().unwrap();
    let two = Rupiah::new(2).unwrap();
    for (broken, error) in [
        (PayRowFields { amount: Rupiah::ZERO, ..fields() }, PayRowError::NoAmount),
        (PayRowFields { destinations: vec![], ..fields() }, PayRowError::NoDestination),
        (
            PayRowFields { destinations: vec![destination.clone(), destination], ..fields() },
            PayRowError::DestinationRepeated,
        ),
        (PayRowFields { amount: two, ..fields() }, PayRowError::StatementNet),
    ] {
        let json = serde_json::to_string(&broken).unwrap();
        assert_eq!(PayRow::new(broken), Err(error));
        assert!(serde_json::from_str::<PayRow>(&json).is_err(), "JSON is no way around the check");
    }
}

#[test]
fn json_round_trips_and_debug_shows_no_person() {
    let row = PayRow::new(fields()).unwrap();
    let json = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<PayRow>(&json).unwrap(), row);
    let shown = format!("{row:?}");
    for secret in ["Siti", "W-1", "1234567890", "rahasia"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn every_field_but_the_row_number_is_in_the_canonical_bytes() {
    let employer: EmployerId = "default".parse().unwrap();
    let bytes = |fields: PayRowFields| PayRow::new(fields).unwrap().canonical(&employer);
    let base = bytes(fields());
    assert_eq!(bytes(PayRowFields { row: 99, ..fields() }), base);
    assert_eq!(bytes(PayRowFields { employer: Some(employer.clone()), ..fields() }), base);
    let mut fewer = fields();
    fewer.destinations.pop();
    let other = Rupiah::new(600_001).unwrap();
    let changed = [
        PayRowFields { employer: Some("other".parse().unwrap()), ..fields() },
        PayRowFields { worker_id: "W-2".parse().unwrap(), ..fields() },
        PayRowFields { name: "Siti Contoh ".parse().unwrap(), ..fields() },
        fewer,
        PayRowFields { period: "2026-12".parse().unwrap(), ..fields() },
        PayRowFields { amount: other, statement: Statement::whole(Component::default(), other), ..fields() },
        PayRowFields { component: "bonus".parse().unwrap(), ..fields() },
        PayRowFields { due_date: None, ..fields() },
        PayRowFields { sex: None, ..fields() },
        PayRowFields { language: None, ..fields() },
        PayRowFields { relationship: None, ..fields() },
        PayRowFields { note: None, ..fields() },
    ];
    for (index, other) in changed.into_iter().enumerate() {
        assert_ne!(bytes(other), base, "change {index}");
    }
}

#[test]
fn every_word_is_read_back() {
    assert!(Sex::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
    assert!(LanguageTag::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
    assert!(Relationship::ALL.iter().all(|word| word.as_str().parse() == Ok(*word)));
    assert_eq!(" Perempuan ".parse(), Ok(Sex::Female));
    assert_eq!("jawa".parse::<LanguageTag>().unwrap_err().code(), "word");
    assert_eq!("2026-11".parse::<DueDate>(), Err(PeriodError::DateForm));
}

proptest! {
    #[test]
    fn length_prefixes_keep_neighbouring_fields_apart(a in "[ab]{1,4}", b in "[ab]{1,4}", c in "[ab]{1,4}", d in "[ab]{1,4}") {
        let employer: EmployerId = "default".parse().unwrap();
        let bytes = |id: &str, name: &str| {
            let fields = PayRowFields { worker_id: id.parse().unwrap(), name: name.parse().unwrap(), ..fields() };
            PayRow::new(fields).unwrap().canonical(&employer)
        };
        prop_assert_eq!(bytes(&a, &b) == bytes(&c, &d), (a, b) == (c, d));
    }
}
