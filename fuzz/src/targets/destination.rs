//! A destination has one canonical spelling, and what only shows it never tells the account.
use upah_core::Destination;

/// Reads the bytes as one destination, and as a cell of fallbacks.
pub fn target(data: &[u8]) {
    let Ok(text) = core::str::from_utf8(data) else { return };
    if let Ok(destination) = text.parse() {
        one(&destination);
    }
    list(text);
}

fn one(destination: &Destination) {
    let canonical = destination.to_string();
    assert_eq!(canonical.parse().as_ref(), Ok(destination), "the canonical form is read otherwise");
    assert!(!canonical.contains(char::is_whitespace), "white space separates destinations");
    let shown = format!("{destination:?}");
    assert_eq!(shown, format!("Destination({}, redacted)", destination.kind().as_str()));
    let masked = destination.masked();
    let Some((kind, tail)) = masked.split_once("••••") else { panic!("a masked destination without a mask") };
    let secret = secret(destination);
    assert!(!kind.contains(secret) && !tail.contains(secret), "the mask shows everything");
    if !matches!(destination, Destination::BifastEmail(_)) {
        assert!(tail.chars().count() <= 4 && tail.chars().count() * 2 <= secret.chars().count());
        assert!(secret.ends_with(tail));
    }
}

/// What must not be shown as a whole.
fn secret(destination: &Destination) -> &str {
    match destination {
        Destination::Bank { account, .. } => account.as_str(),
        Destination::Ewallet { phone, .. } | Destination::BifastPhone(phone) => phone.subscriber(),
        Destination::BifastEmail(email) => email.as_str(),
        Destination::Qris(payload) => payload.as_str(),
        _ => unreachable!("a kind of destination that this target does not know"),
    }
}

fn list(cell: &str) {
    let (read, errors) = Destination::parse_list_all(cell);
    assert!(errors.iter().all(|error| !error.code().is_empty() && !error.to_string().is_empty()));
    match Destination::parse_list(cell) {
        Err(error) => assert_eq!(errors.first(), Some(&error), "one list, two opinions"),
        Ok(list) => {
            assert!(errors.is_empty());
            assert_eq!(list, read, "one list, two opinions");
            assert!((1..=Destination::FALLBACKS_MAX).contains(&list.len()));
            list.iter().for_each(one);
            let canonical: Vec<String> = list.iter().map(Destination::to_string).collect();
            assert_eq!(Destination::parse_list(&canonical.join(" ")), Ok(list));
        }
    }
}
