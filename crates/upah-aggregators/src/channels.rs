//! Where a destination is at a provider: the channel by its own name, and the account as it wants it written.
use serde::Deserialize;
use std::collections::BTreeMap;
use upah_core::Destination;
use upah_core::policy::Pattern;

/// How a wallet's phone number is written, where the documentation does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WalletNumber {
    /// `6281234567890`.
    #[default]
    International,
    /// `081234567890`.
    Local,
}

/// In a provider's list: a bank that is not there is called by its code in the country.
pub(crate) const BANKS_BY_CODE: (&str, &str) = ("", "");

/// A provider's channels by bank code (`014`) or wallet (`dana`).
pub(crate) struct Channels {
    by_place: BTreeMap<String, String>,
    wallet_number: WalletNumber,
}

impl Channels {
    /// The built-in ones, and those of the configuration before them.
    pub(crate) fn new(
        built_in: &[(&str, &str)],
        configured: BTreeMap<String, String>,
        wallet_number: WalletNumber,
    ) -> Self {
        let mut by_place: BTreeMap<_, _> =
            built_in.iter().map(|(place, channel)| ((*place).to_owned(), (*channel).to_owned())).collect();
        by_place.extend(configured);
        Self { by_place, wallet_number }
    }

    /// The destinations that have a channel.
    pub(crate) fn reach(&self) -> Vec<Pattern> {
        let pattern = |place: &String| match place.as_str() {
            code if code == BANKS_BY_CODE.0 => "bank:*".to_owned(),
            code if code.starts_with(|first: char| first.is_ascii_digit()) => format!("bank:{code}:*"),
            wallet => format!("ewallet:{wallet}:*"),
        };
        self.by_place.keys().map(|place| Pattern::new(pattern(place))).collect()
    }

    /// Channel and account number of a destination, if the provider serves it.
    pub(crate) fn of<'a>(&'a self, destination: &'a Destination) -> Option<(&'a str, String)> {
        let (place, account) = match destination {
            Destination::Bank { code, account } => (code.as_str(), account.as_str().to_owned()),
            Destination::Ewallet { provider, phone } => {
                let digits = phone.digits();
                let local = digits.strip_prefix("62").filter(|_| self.wallet_number == WalletNumber::Local);
                (provider.as_str(), local.map_or_else(|| digits.to_owned(), |rest| format!("0{rest}")))
            }
            _ => return None,
        };
        let by_code = matches!(destination, Destination::Bank { .. }) && self.by_place.contains_key(BANKS_BY_CODE.0);
        let channel = self.by_place.get(place).map(String::as_str).or(by_code.then_some(place))?;
        Some((channel, account))
    }
}

/// A list is in order, and no two places have one channel.
#[cfg(test)]
#[track_caller]
pub(crate) fn assert_in_order_and_named_once(channels: &[(&str, &str)]) {
    assert!(channels.is_sorted_by(|one, other| one.0 < other.0));
    let names: std::collections::BTreeSet<_> = channels.iter().map(|(_, channel)| channel).collect();
    assert_eq!(names.len(), channels.len());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_has_the_provider_s_channel_or_is_not_served() {
        let configured = [("200".to_owned(), "ID_BTN".to_owned())].into();
        let channels = Channels::new(&[("014", "ID_BCA"), ("dana", "ID_DANA")], configured, WalletNumber::Local);
        let channel = |text: &str| {
            let destination: Destination = text.parse().unwrap();
            channels.of(&destination).map(|(channel, account)| (channel.to_owned(), account))
        };
        let found = |channel: &str, account: &str| Some((channel.to_owned(), account.to_owned()));
        for text in
            ["bank:014:1", "bank:200:1", "bank:008:1", "ewallet:dana:6281234567890", "ewallet:ovo:6281234567890"]
        {
            let reached = channels.reach().iter().any(|pattern| pattern.matches(text));
            let is_served = text.parse().is_ok_and(|destination: Destination| channels.of(&destination).is_some());
            assert!(reached == is_served || text.ends_with(":1"), "{text}");
        }
        assert_eq!(channel("bank:014:1234567890"), found("ID_BCA", "1234567890"));
        assert_eq!(channel("bank:200:1234567890"), found("ID_BTN", "1234567890"), "of the configuration");
        assert_eq!(channel("ewallet:dana:6281234567890"), found("ID_DANA", "081234567890"));
        assert_eq!((channel("bank:999:1234567890"), channel("bifast:phone:6281234567890")), (None, None));
        let list = [BANKS_BY_CODE, ("014", "ID_BCA")];
        let channels = Channels::new(&list, BTreeMap::new(), WalletNumber::Local);
        let channel = |text: &str| {
            let destination: Destination = text.parse().unwrap();
            channels.of(&destination).map(|(channel, _)| channel.to_owned())
        };
        assert_eq!(channel("bank:999:1234567890").as_deref(), Some("999"));
        assert_eq!(
            (channel("bank:014:1234567890").as_deref(), channel("ewallet:ovo:081234567890")),
            (Some("ID_BCA"), None)
        );
    }
}
