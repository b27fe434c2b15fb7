//! The small named values that a store keeps: each is set once and stands for ever.
use alloc::string::ToString as _;
use core::fmt;

/// One of them, with the name under which stores write it down.
///
/// What may change is therefore a sequence: the log's keys, of which the last one signs now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// With real rails, or in the sandbox.
    Mode,
    /// The secret of the store's keyed hashes.
    Pepper,
    /// The log's verification key after so many changes of it; 0 is the first one.
    LogKey(u16),
}

impl Setting {
    /// Reads the name that [`fmt::Display`] writes.
    pub fn from_name(name: &str) -> Option<Self> {
        let setting = match name {
            "mode" => Self::Mode,
            "pepper" => Self::Pepper,
            "log_vkey" => Self::LogKey(0),
            other => Self::LogKey(other.strip_prefix("log_vkey.")?.parse().ok()?),
        };
        // One name for each: neither "log_vkey.0" nor "log_vkey.01".
        (setting.to_string() == name).then_some(setting)
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mode => f.write_str("mode"),
            Self::Pepper => f.write_str("pepper"),
            Self::LogKey(0) => f.write_str("log_vkey"),
            Self::LogKey(changes) => write!(f, "log_vkey.{changes}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_no_other_is_known() {
        for setting in
            [Setting::Mode, Setting::Pepper, Setting::LogKey(0), Setting::LogKey(1), Setting::LogKey(u16::MAX)]
        {
            assert_eq!(Setting::from_name(&setting.to_string()), Some(setting));
        }
        for name in ["", "Mode", "log_vkey.", "log_vkey.0", "log_vkey.01", "log_vkey.+1", "log_vkey.65536", "log_vkey1"]
        {
            assert_eq!(Setting::from_name(name), None, "{name}");
        }
    }
}
