//! A destination in words, with its number masked.

use upah_core::Destination;

use crate::banks;
use crate::voice::Voice;

/// `rekening BCA ••••7890`, `dompet DANA ••••7890`.
pub(crate) fn in_words(destination: &Destination, voice: &Voice) -> String {
    let tail = &tail(destination);
    match destination {
        Destination::Bank { code, .. } => match banks::name(code.as_str()) {
            Some(bank) => voice.say("place-bank", &[("bank", bank), ("tail", tail)]),
            None => voice.say("place-bank-untold", &[("bank", code.as_str()), ("tail", tail)]),
        },
        Destination::Ewallet { provider, .. } => {
            voice.say("place-ewallet", &[("wallet", &wallet(provider.as_str())), ("tail", tail)])
        }
        Destination::BifastPhone(_) => voice.say("place-phone", &[("tail", tail)]),
        Destination::BifastEmail(_) => voice.say("place-email", &[("tail", tail)]),
        Destination::Qris(_) => voice.say("place-qris", &[("tail", tail)]),
        _ => voice.say("place-untold", &[]),
    }
}

/// `••••7890`: the masked number, which is the last word of every masked form.
pub(crate) fn tail(destination: &Destination) -> String {
    destination.masked().rsplit(' ').next().unwrap_or_default().to_owned()
}

/// The wallet's name as it writes it itself, so that it is recognised.
fn wallet(code: &str) -> String {
    match code {
        "gopay" => "GoPay".into(),
        "linkaja" => "LinkAja".into(),
        "shopeepay" => "ShopeePay".into(),
        other => other.to_uppercase(),
    }
}

/// Strikes out every full account number and phone number of these destinations: a provider may echo
/// one in a field that we print.
pub(crate) fn struck_out(text: &str, destinations: &[Destination]) -> String {
    let mut text = String::from(text);
    for destination in destinations {
        let whole = match destination {
            Destination::Bank { account, .. } => account.as_str(),
            Destination::Ewallet { phone, .. } | Destination::BifastPhone(phone) => phone.subscriber(),
            Destination::BifastEmail(email) => email.as_str(),
            Destination::Qris(payload) => payload.as_str(),
            _ => continue,
        };
        text = text.replace(whole, "••••");
    }
    text
}
