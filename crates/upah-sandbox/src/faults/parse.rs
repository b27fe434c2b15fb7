//! A fault plan as people write it: `name=rate,name@scope=rate,setting=number`.

use core::fmt;
use core::str::FromStr;

use super::{ALWAYS_PPM, Fault, FaultPlan, Scope};

/// Why a fault plan is none.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultError {
    /// Not `name=value`.
    Shape(String),
    /// No fault, setting or scope has this name.
    UnknownName(String),
    /// A rate is a decimal from 0 to 1 with at most six decimals.
    Rate(String),
    /// A setting is a whole number.
    Number(String),
    /// The outcomes of one scope together come more often than always.
    MoreThanAlways(Scope),
    /// The fault makes no sense on those calls.
    NotThere {
        /// The fault's name.
        fault: String,
        /// The calls it was asked for.
        scope: Scope,
    },
}

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape(text) => write!(f, "`{text}` is not name=value"),
            Self::UnknownName(name) => write!(f, "no fault, setting or scope is called `{name}`"),
            Self::Rate(text) => {
                write!(f, "`{text}` is not a rate from 0 to 1 with at most six decimals")
            }
            Self::Number(text) => write!(f, "`{text}` is not a whole number"),
            Self::MoreThanAlways(scope) => {
                write!(f, "the rates of the outcomes on {scope:?} calls pass 1 together")
            }
            Self::NotThere { fault, scope } => {
                write!(f, "{fault} makes no sense on {scope:?} calls")
            }
        }
    }
}

impl std::error::Error for FaultError {}

impl FromStr for FaultPlan {
    type Err = FaultError;

    /// Reads `reset_after_booking=0.02,too_many_429@ask=0.1,slow_ms=200`. Without `@scope` a fault
    /// is for submissions; `@all` is for every call it makes sense on.
    fn from_str(text: &str) -> Result<Self, FaultError> {
        let mut plan = Self::none();
        for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| FaultError::Shape(part.to_owned()))?;
            let (name, value) = (name.trim(), value.trim());
            if plan.set(name, value)? {
                continue;
            }
            let (name, scope) = name.split_once('@').unwrap_or((name, default_scope(name)));
            let fault = Fault::from_name(name).ok_or_else(|| FaultError::UnknownName(name.to_owned()))?;
            let ppm = ppm(value).ok_or_else(|| FaultError::Rate(value.to_owned()))?;
            for scope in scopes(scope, fault)? {
                plan = plan.rate(scope, fault, ppm)?;
            }
        }
        Ok(plan)
    }
}

impl FaultPlan {
    /// Whether `name` is a setting, now set.
    fn set(&mut self, name: &str, value: &str) -> Result<bool, FaultError> {
        let settings = &mut self.settings;
        match name {
            "latency_ms" => settings.latency_ms = number(value)?,
            "slow_ms" => settings.slow_ms = number(value)?,
            "in_progress_inquiries" => settings.in_progress_inquiries = number(value)?,
            "not_found_inquiries" => settings.not_found_inquiries = number(value)?,
            "not_found_ms" => settings.not_found_ms = number(value)?,
            "late_return_ms" => settings.late_return_ms = Some(number(value)?),
            "retry_after_seconds" => settings.retry_after_seconds = number(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What most people mean by a fault without a scope.
fn default_scope(name: &str) -> &'static str {
    if name.starts_with("callback_") { "callback" } else { "submit" }
}

fn number<T: FromStr>(text: &str) -> Result<T, FaultError> {
    text.parse().map_err(|_| FaultError::Number(text.to_owned()))
}

fn scopes(name: &str, fault: Fault) -> Result<Vec<Scope>, FaultError> {
    let named: Vec<Scope> = Scope::ALL
        .into_iter()
        .filter(|(listed, scope)| *listed == name || (name == "all" && fault.fits(*scope)))
        .map(|(_, scope)| scope)
        .collect();
    if named.is_empty() {
        return Err(FaultError::UnknownName(name.to_owned()));
    }
    Ok(named)
}

/// Decimal text to parts per million, without a float on the way.
fn ppm(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 6 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: u32 = format!("{fraction:0<6}").parse().ok()?;
    let ppm = whole.checked_mul(ALWAYS_PPM)?.checked_add(fraction)?;
    (ppm <= ALWAYS_PPM).then_some(ppm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_as_decimals() {
        let read = [("0", 0), ("1", 1_000_000), ("1.0", 1_000_000), ("0.02", 20_000), ("0.000001", 1), ("0.", 0)];
        for (text, wanted) in read {
            assert_eq!(ppm(text), Some(wanted), "{text}");
        }
        for text in ["", ".5", "1.1", "-0.1", "0.0000001", "5%", "1e-3", "99999999999"] {
            assert_eq!(ppm(text), None, "{text}");
        }
    }

    #[test]
    fn every_mistake_is_named() {
        let error = |text: &str| text.parse::<FaultPlan>().unwrap_err();
        assert!(matches!(error("slow"), FaultError::Shape(_)));
        assert!(matches!(error("reset=0.1"), FaultError::UnknownName(_)));
        assert!(matches!(error("error_500@moon=0.1"), FaultError::UnknownName(_)));
        assert!(matches!(error("error_500=2"), FaultError::Rate(_)));
        assert!(matches!(error("slow_ms=fast"), FaultError::Number(_)));
        assert!(matches!(error("error_500=0.6,page_502=0.6"), FaultError::MoreThanAlways(_)));
        assert!(matches!(error("late_return@ask=0.1"), FaultError::NotThere { .. }));
        assert!(" , error_500@all=0.5, slow_ms=7 ,".parse::<FaultPlan>().is_ok());
    }
}
