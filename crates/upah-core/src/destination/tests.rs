//! Destinations: what is read, what is refused, what is shown.

use alloc::format;
use alloc::string::ToString;

use proptest::prelude::*;

use super::*;

const QRIS: &str = "00020101021126670015COM.EXAMPLE.WWW011893600014000000001702158850000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204541153033605802ID5913WARUNG%20CONTOH6006JEMBER61056811863044793";

fn destination(text: &str) -> Destination {
    text.parse().unwrap()
}

#[test]
fn every_spelling_has_one_canonical_text() {
    for (text, canonical) in [
        ("bank:014:0034567890", "bank:014:0034567890"),
        ("BANK:112s:1234567890", "bank:112S:1234567890"),
        ("ewallet:dana:081234567890", "ewallet:dana:6281234567890"),
        ("ewallet:DANA:+6281234567890", "ewallet:dana:6281234567890"),
        ("bifast:phone:0812-3456-7890", "bifast:phone:6281234567890"),
        ("bifast:email:Siti@Example.COM", "bifast:email:Siti@example.com"),
    ] {
        assert_eq!(destination(text).to_string(), canonical);
    }
    assert_eq!(destination(&format!("qris:{QRIS}")).to_string(), format!("qris:{QRIS}"));
}

#[test]
fn what_is_no_destination_is_refused_and_named() {
    use DestinationError as E;
    for (text, error) in [
        ("", E::Empty),
        ("1,23E+09", E::SpreadsheetDamage),
        ("1.23E+09", E::SpreadsheetDamage),
        ("bank:014:1,23E+09", E::SpreadsheetDamage),
        ("bank:014:1.23E+09", E::SpreadsheetDamage),
        ("bank:14:1,23E+09", E::SpreadsheetDamage),
        ("ewallet:dana:6,28E+12", E::SpreadsheetDamage),
        ("1234567890", E::Scheme),
        ("rekening:014:1234567890", E::Scheme),
        ("bifast:6281234567890", E::Scheme),
        ("bank:1234567890", E::BankForm),
        ("bank:14:1234567890", E::BankCode),
        ("bank:BCA:1234567890", E::BankCode),
        ("bank:014:123", E::AccountLength),
        ("bank:014:", E::AccountLength),
        ("bank:014:123-456-7890", E::AccountCharacters),
        ("bank:014:1234567890:2", E::AccountCharacters),
        ("ewallet:081234567890", E::EwalletForm),
        ("ewallet:d4na:081234567890", E::WalletCode),
        ("ewallet:dana:0215551234", E::Phone(PhoneError::NotMobile)),
        ("bifast:email:siti", E::Email),
        ("bifast:email:siti@localhost", E::Email),
        ("qris:%2", E::PercentEncoding),
        ("qris:%zz", E::PercentEncoding),
        ("qris:%FF", E::PercentEncoding),
        ("qris:", E::Qris(QrisError::Empty)),
        ("qris:000201", E::Qris(QrisError::CrcPosition)),
    ] {
        assert_eq!(text.parse::<Destination>(), Err(error), "{text}");
    }
}

#[test]
fn a_list_names_each_bad_entry() {
    let list = Destination::parse_list("bank:014:1234567890 ewallet:dana:081234567890").unwrap();
    assert_eq!(list, [destination("bank:014:1234567890"), destination("ewallet:dana:081234567890")]);
    let (good, errors) =
        Destination::parse_list_all("bank:14:1234567890 ewallet:dana:081234567890 ewallet:dana:+6281234567890");
    assert_eq!(good.len(), 1);
    assert_eq!(
        errors,
        [
            DestinationListError::Entry { position: 1, of: 3, error: DestinationError::BankCode },
            DestinationListError::Repeated { position: 3, first: 2 },
        ]
    );
    assert!(errors.first().unwrap().to_string().starts_with("destination 1 of 3: "));
    assert_eq!(Destination::parse_list(" ").unwrap_err().code(), "empty");
    let many = "bank:014:1234567890 ".repeat(9);
    assert_eq!(Destination::parse_list(&many), Err(DestinationListError::TooMany));
}

#[test]
fn a_code_that_was_made_for_one_transfer_is_a_bad_entry_and_stays_readable_where_it_is_on_record() {
    let made_once = upah_qris::Qris::parse(&QRIS.replace("%20", " ")).unwrap().to_dynamic(1_000, None).unwrap();
    let text = Destination::Qris(upah_qris::Qris::parse(&made_once).unwrap().into()).to_string();
    let error = DestinationError::Unpayable(Unpayable::Amount);
    assert_eq!(Destination::parse_list(&text), Err(DestinationListError::Entry { position: 1, of: 1, error }));
    assert_eq!(error.code(), "qris_has_amount");
    assert_eq!(destination(&text).check_payable(), Err(Unpayable::Amount));
    assert_eq!(Destination::parse_list(&format!("qris:{QRIS}")).unwrap().len(), 1);
}

#[test]
fn masked_hides_at_least_half() {
    for (text, masked) in [
        ("bank:014:1234567890", "bank 014 ••••7890"),
        ("bank:014:1234", "bank 014 ••••34"),
        ("ewallet:dana:081234567890", "ewallet dana ••••7890"),
        ("bifast:email:siti@example.com", "bifast email s••••@example.com"),
    ] {
        assert_eq!(destination(text).masked(), masked);
    }
}

fn any_destination() -> impl Strategy<Value = Destination> {
    prop_oneof![
        "bank:[0-9]{3}S?:[0-9]{4,34}",
        "ewallet:(dana|gopay|ovo):628[0-9]{7,11}",
        "bifast:phone:08[0-9]{7,11}",
        "bifast:email:[a-zA-Z0-9.+_-]{1,20}@[a-z]{1,10}[.][a-z]{2,5}",
        Just(format!("qris:{QRIS}")),
    ]
    .prop_map(|text| destination(&text))
}

proptest! {
    #[test]
    fn the_canonical_text_is_read_back(one in any_destination()) {
        prop_assert_eq!(destination(&one.to_string()), one.clone());
        prop_assert_eq!(serde_json::from_str::<Destination>(&serde_json::to_string(&one).unwrap()).unwrap(), one);
    }

    #[test]
    fn neither_debug_nor_mask_shows_the_account(account in "[0-9]{8,34}") {
        let one = destination(&format!("bank:014:{account}"));
        let shown = format!("{one:?}");
        prop_assert!(!shown.contains(&account));
        prop_assert!(!one.masked().contains(&account));
        prop_assert!(one.masked().ends_with(&account[account.len() - 4..]));
    }

    #[test]
    fn any_text_gives_a_destination_or_an_error(text in "\\PC{0,40}|(bank|ewallet|bifast|qris|email|phone|:|%|[0-9]{1,5}|@|[.]){0,12}") {
        if let Ok(one) = text.parse::<Destination>() {
            prop_assert_eq!(destination(&one.to_string()), one);
        }
    }
}
