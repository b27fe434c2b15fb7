//! What a rail takes and costs, as `upah.toml` says it: limits, fees and hours, each from a day on.
use serde::Deserialize;
use upah_core::Rupiah;
use upah_core::period::parse_date;
use upah_core::policy::{Days, Fee, Hours, Limit, Since, Terms, Zone, scheme, schemes};
use upah_core::time::Date;

/// The keys `scheme`, `limit`, `fee` and `hours` of a rail.
#[derive(Debug, Default, Deserialize)]
pub(super) struct TermsConfig {
    /// The payment scheme behind the rail, from whose rules it begins.
    scheme: Option<String>,
    #[serde(default)]
    limit: OneOrMore<LimitConfig>,
    #[serde(default)]
    fee: Vec<FeeConfig>,
    #[serde(default)]
    hours: OneOrMore<HoursConfig>,
}

/// A table, or several of them with their days.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMore<T> {
    One(T),
    More(Vec<T>),
}

impl<T> Default for OneOrMore<T> {
    fn default() -> Self {
        Self::More(Vec::new())
    }
}

impl<T> OneOrMore<T> {
    fn each(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}

/// What a rail pays at once.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitConfig {
    per_payment: Option<Rupiah>,
    at_least: Option<Rupiah>,
    from: Option<String>,
}

/// What a transfer costs from a day on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FeeConfig {
    amount: Rupiah,
    bearer: Bearer,
    from: String,
}

/// Who bears a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Bearer {
    Employer,
    Worker,
}

/// When a rail is open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HoursConfig {
    open: String,
    close: String,
    #[serde(default)]
    days: Days,
    #[serde(default)]
    zone: Zone,
    from: Option<String>,
}

impl TermsConfig {
    /// These terms over those that the rail's kind takes for granted: a scheme replaces them all, and whatever is said of
    /// limits, fees or hours replaces what was known of it.
    pub(super) fn over(&self, usual: Terms) -> Result<Terms, String> {
        let mut terms = match &self.scheme {
            Some(name) => scheme(name).ok_or_else(|| {
                let known: Vec<&str> = schemes().collect();
                format!("scheme {name:?} is not known; this version knows {}", known.join(", "))
            })?,
            None => usual,
        };
        replace(&mut terms.limits, self.limit.each(), LimitConfig::read)?;
        replace(&mut terms.fees, &self.fee, FeeConfig::read)?;
        replace(&mut terms.hours, self.hours.each(), HoursConfig::read)?;
        Ok(terms)
    }
}

fn replace<C, T>(
    known: &mut Vec<Since<T>>,
    configured: &[C],
    read: impl Fn(&C) -> Result<Since<T>, String>,
) -> Result<(), String> {
    if !configured.is_empty() {
        *known = configured.iter().map(read).collect::<Result<_, _>>()?;
    }
    Ok(())
}

impl LimitConfig {
    fn read(&self) -> Result<Since<Limit>, String> {
        let what = Limit { at_least: self.at_least, at_most: self.per_payment };
        if let (Some(least), Some(most)) = (what.at_least, what.at_most)
            && least > most
        {
            return Err(format!("limit: at_least {least} is more than per_payment {most}"));
        }
        Ok(Since { day: since(self.from.as_ref()).map_err(|why| format!("limit: {why}"))?, what })
    }
}

impl FeeConfig {
    fn read(&self) -> Result<Since<Fee>, String> {
        if self.bearer == Bearer::Worker {
            let why = "a fee borne by the worker is refused; what arrives must be what is owed (feeType is always OUR)";
            return Err(why.into());
        }
        let what = Fee { amount: self.amount, employer_pays: true };
        Ok(Since { day: day(&self.from).map_err(|why| format!("fee: {why}"))?, what })
    }
}

impl HoursConfig {
    fn read(&self) -> Result<Since<Hours>, String> {
        let minute = |text: &str| text.parse().map_err(|why| format!("hours: {text:?}: {why}"));
        let what = Hours::new(self.zone, self.days, minute(&self.open)?, minute(&self.close)?)
            .map_err(|why| format!("hours: {why}"))?;
        Ok(Since { day: since(self.from.as_ref()).map_err(|why| format!("hours: {why}"))?, what })
    }
}

/// What has no day has always held.
fn since(text: Option<&String>) -> Result<Date, String> {
    text.map_or(Ok(Date::MIN), |text| day(text))
}

/// `2026-01-01`.
pub(super) fn day(text: &str) -> Result<Date, String> {
    parse_date(text).map_err(|_| format!("the day {text:?} is not a day such as 2026-01-01"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use upah_core::Timestamp;
    use upah_core::policy::Calendar;

    fn read(text: &str) -> Result<Terms, String> {
        let config: TermsConfig = toml::from_str(text).map_err(|why| why.message().to_owned())?;
        config.over(Terms::default())
    }

    fn on(text: &str) -> Date {
        day(text).unwrap()
    }

    #[test]
    fn a_fee_borne_by_the_worker_is_refused() {
        let text = "[[fee]]\namount = 2500\nbearer = \"worker\"\nfrom = \"2026-01-01\"\n";
        assert!(read(text).unwrap_err().contains("refused"));
    }

    #[test]
    fn the_fee_of_the_day_is_the_last_one_that_has_begun() {
        let fee = |amount, from| format!("[[fee]]\namount = {amount}\nbearer = \"employer\"\nfrom = \"{from}\"\n");
        let terms = read(&format!("{}{}", fee(6_500, "2020-01-01"), fee(2_500, "2026-01-01"))).unwrap();
        let on = |text| terms.fee(on(text)).map(|fee| fee.amount.value());
        assert_eq!((on("2026-11-21"), on("2025-12-31"), on("2019-12-31")), (Some(2_500), Some(6_500), None));
        assert!(read(&fee(1, "2026-W01")).unwrap_err().contains("2026-01-01"));
    }

    #[test]
    fn a_limit_is_one_table_or_several_with_their_days() {
        let one = read("[limit]\nper_payment = 250_000_000\n").unwrap();
        assert_eq!(one.limit(on("2026-11-30")).at_most.map(Rupiah::value), Some(250_000_000));
        let two = "[[limit]]\nper_payment = 100\n[[limit]]\nper_payment = 200\nat_least = 10\nfrom = \"2026-01-01\"\n";
        let two = read(two).unwrap();
        assert_eq!(two.limit(on("2025-12-31")).at_most.map(Rupiah::value), Some(100));
        assert_eq!(two.limit(on("2026-01-01")).at_least.map(Rupiah::value), Some(10));
        assert!(read("[limit]\nper_payment = 1\nat_least = 2\n").unwrap_err().contains("at_least"));
    }

    #[test]
    fn a_scheme_brings_its_terms_and_what_is_configured_comes_over_them() {
        let night: Timestamp = "2026-11-27T20:00:00+07:00".parse().unwrap();
        let opens = |terms: &Terms| terms.opening(night, &Calendar::default()).map(|at| at.to_string());
        let clearing = read("scheme = \"sknbi\"\n").unwrap();
        assert_eq!(opens(&clearing).as_deref(), Some("2026-11-30T08:00:00.000+07:00"));
        let own = "scheme = \"sknbi\"\n[hours]\nopen = \"07:30\"\nclose = \"14:00\"\nzone = \"Asia/Jayapura\"\n";
        let own = read(own).unwrap();
        assert_eq!(opens(&own).as_deref(), Some("2026-11-28T05:30:00.000+07:00"));
        assert_eq!(own.limit(on("2026-11-30")).at_most.map(Rupiah::value), Some(1_000_000_000));
        let unknown = read("scheme = \"pigeon\"\n").unwrap_err();
        assert!(unknown.contains("pigeon") && unknown.contains("bi-fast"), "{unknown}");
    }

    #[test]
    fn hours_in_which_nobody_is_ever_paid_are_refused() {
        let hours = |open, close| read(&format!("[hours]\nopen = \"{open}\"\nclose = \"{close}\"\n"));
        assert!(hours("17:00", "08:00").unwrap_err().contains("opens before it closes"));
        assert!(hours("8 pagi", "16:45").unwrap_err().contains("08:00"));
    }
}
