//! Where money goes: one text form, parsed once, shown masked.
//!
//! `bank:014:1234567890`, `ewallet:dana:6281234567890`, `bifast:phone:6281234567890`,
//! `bifast:email:siti@example.com`, `qris:<payload, percent-encoded>`.
//!
//! ```
//! use upah_core::Destination;
//!
//! let wallet: Destination = "ewallet:dana:0812-3456-7890".parse()?;
//! assert_eq!(wallet.to_string(), "ewallet:dana:6281234567890");
//! assert_eq!(wallet.masked(), "ewallet dana ••••7890");
//! # Ok::<(), upah_core::destination::DestinationError>(())
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use upah_qris::{Qris, QrisError};

pub use upah_qris::Unpayable;

use crate::ids::{redacted_debug, serde_as_text};
use crate::money::is_shortened_number;
use crate::phone::{Phone, PhoneError};

/// One place that can receive money.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Destination {
    /// An account at a bank.
    Bank {
        /// The bank.
        code: BankCode,
        /// The account at it.
        account: AccountNumber,
    },
    /// An e-wallet, whose account is a phone number.
    Ewallet {
        /// The wallet.
        provider: WalletCode,
        /// The account.
        phone: Phone,
    },
    /// The bank account that is registered for a phone number (BI-FAST proxy).
    BifastPhone(Phone),
    /// The bank account that is registered for an e-mail address (BI-FAST proxy).
    BifastEmail(Email),
    /// A QRIS code, for a sheet that a person pays from.
    Qris(QrisPayload),
}
serde_as_text!(Destination);

/// The sort of a destination, by which rails are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DestinationKind {
    /// `bank`
    Bank,
    /// `ewallet`
    Ewallet,
    /// `bifast:phone`
    BifastPhone,
    /// `bifast:email`
    BifastEmail,
    /// `qris`
    Qris,
}

/// A bank's three digits, with `S` behind them for the sharia units that some providers list so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BankCode(String);

/// A bank account: 4 to 34 digits, leading zeros kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountNumber(String);
redacted_debug!(AccountNumber);

/// A wallet's name in small letters: `dana`, `gopay`, `ovo`, `linkaja`, `shopeepay`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WalletCode(String);

/// An e-mail address; the domain is held in small letters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);
redacted_debug!(Email);

/// A QRIS payload whose structure and CRC hold.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QrisPayload(String);
redacted_debug!(QrisPayload);

/// Why a text is not a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DestinationError {
    /// There is no text.
    #[error("the destination is empty")]
    Empty,
    /// A number that a spreadsheet has shortened; digits are lost for good.
    #[error(
        "the spreadsheet shortened this number and its last digits are lost; format the column as text and type the number again"
    )]
    SpreadsheetDamage,
    /// It does not begin with a known word.
    #[error(
        "a destination begins with bank:, ewallet:, bifast:phone:, bifast:email: or qris:, for example bank:014:1234567890"
    )]
    Scheme,
    /// `bank:` without code and account.
    #[error(
        "write a bank account as bank:<three digits of the bank>:<account number>, for example bank:014:1234567890"
    )]
    BankForm,
    /// The bank code is not three digits.
    #[error("a bank code has three digits, leading zeros included, for example 014 for BCA")]
    BankCode,
    /// The account number holds something other than digits.
    #[error("an account number holds digits only, without spaces, points or hyphens")]
    AccountCharacters,
    /// The account number is too short or too long.
    #[error("an account number has 4 to 34 digits")]
    AccountLength,
    /// `ewallet:` without name and number.
    #[error("write a wallet as ewallet:<name>:<phone number>, for example ewallet:dana:081234567890")]
    EwalletForm,
    /// The wallet's name holds something other than letters.
    #[error("a wallet's name holds letters only, for example dana, gopay, ovo, linkaja or shopeepay")]
    WalletCode,
    /// The phone number is wrong.
    #[error(transparent)]
    Phone(#[from] PhoneError),
    /// Not an e-mail address.
    #[error("this is no e-mail address; write it as bifast:email:name@example.com")]
    Email,
    /// The percent-encoding is broken.
    #[error("the QRIS code is not percent-encoded; write a space as %20 and % as %25")]
    PercentEncoding,
    /// The QRIS payload is wrong.
    #[error(transparent)]
    Qris(#[from] QrisError),
    /// The QRIS code can be read, and no wage can be paid by it.
    #[error(transparent)]
    Unpayable(#[from] Unpayable),
}

/// Which entry of a list of fallbacks is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DestinationListError {
    /// An entry is no destination.
    #[error("{}{error}", Position(*.position, *.of))]
    Entry {
        /// 1 for the first.
        position: usize,
        /// How many there are.
        of: usize,
        /// What is wrong with it.
        error: DestinationError,
    },
    /// An entry repeats an earlier one, perhaps in another spelling.
    #[error("destination {position} is the same as destination {first}; name each one once")]
    Repeated {
        /// 1 for the first.
        position: usize,
        /// The earlier one.
        first: usize,
    },
    /// More than [`Destination::FALLBACKS_MAX`] entries.
    #[error("a worker has at most 8 destinations")]
    TooMany,
}

struct Position(usize, usize);

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1 > 1 { write!(f, "destination {} of {}: ", self.0, self.1) } else { Ok(()) }
    }
}

impl DestinationError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::SpreadsheetDamage => "spreadsheet_damage",
            Self::Scheme => "destination_scheme",
            Self::BankForm => "bank_form",
            Self::BankCode => "bank_code",
            Self::AccountCharacters => "account_characters",
            Self::AccountLength => "account_length",
            Self::EwalletForm => "ewallet_form",
            Self::WalletCode => "wallet_code",
            Self::Phone(error) => error.code(),
            Self::Email => "email",
            Self::PercentEncoding => "percent_encoding",
            Self::Qris(error) => error.code(),
            Self::Unpayable(why) => why.code(),
        }
    }
}

impl DestinationListError {
    /// The stable name of the error.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Entry { error, .. } => error.code(),
            Self::Repeated { .. } => "destination_repeated",
            Self::TooMany => "destination_too_many",
        }
    }
}

impl Destination {
    /// The most fallbacks in one list.
    pub const FALLBACKS_MAX: usize = 8;

    /// Its sort.
    #[must_use]
    pub fn kind(&self) -> DestinationKind {
        match self {
            Self::Bank { .. } => DestinationKind::Bank,
            Self::Ewallet { .. } => DestinationKind::Ewallet,
            Self::BifastPhone(_) => DestinationKind::BifastPhone,
            Self::BifastEmail(_) => DestinationKind::BifastEmail,
            Self::Qris(_) => DestinationKind::Qris,
        }
    }

    /// What may be shown: `bank 014 ••••7890`, `ewallet dana ••••7890`, `bifast email s••••@example.com`.
    /// Short numbers show fewer digits, so that at least half of one stays hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let mut text = String::new();
        let parts: [&str; 3] = match self {
            Self::Bank { code, .. } => ["bank ", &code.0, " "],
            Self::Ewallet { provider, .. } => ["ewallet ", &provider.0, " "],
            Self::BifastPhone(_) => ["bifast phone ", "", ""],
            Self::BifastEmail(_) => ["bifast email ", "", ""],
            Self::Qris(_) => ["qris ", "", ""],
        };
        text.extend(parts);
        match self {
            Self::Bank { account, .. } => push_tail(&mut text, &account.0),
            Self::Ewallet { phone, .. } | Self::BifastPhone(phone) => push_tail(&mut text, phone.subscriber()),
            Self::Qris(payload) => push_tail(&mut text, &payload.0),
            Self::BifastEmail(Email(address)) => {
                let (local, domain) = address.split_once('@').unwrap_or((address, ""));
                text.extend(local.chars().take(1));
                text.push_str("••••@");
                text.push_str(domain);
            }
        }
        text
    }

    /// Reads a cell with a destination and its fallbacks, separated by spaces, the first one first.
    ///
    /// # Errors
    /// [`DestinationListError`], which names the first bad entry. [`Destination::parse_list_all`] names all.
    pub fn parse_list(cell: &str) -> Result<Vec<Self>, DestinationListError> {
        let (destinations, errors) = Self::parse_list_all(cell);
        errors.first().map_or(Ok(destinations), |error| Err(*error))
    }

    /// As [`Destination::parse_list`], but goes on after an error: what could be read, and everything wrong.
    #[must_use]
    pub fn parse_list_all(cell: &str) -> (Vec<Self>, Vec<DestinationListError>) {
        let of = cell.split_whitespace().count();
        if of == 0 {
            let error = DestinationListError::Entry { position: 1, of: 1, error: DestinationError::Empty };
            return (Vec::new(), [error].into());
        }
        if of > Self::FALLBACKS_MAX {
            return (Vec::new(), [DestinationListError::TooMany].into());
        }
        let mut read: Vec<(usize, Self)> = Vec::new();
        let mut errors = Vec::new();
        for (position, text) in (1..).zip(cell.split_whitespace()) {
            let destination = text.parse::<Self>();
            let payable = destination.and_then(|to| to.check_payable().map(|()| to).map_err(DestinationError::from));
            match payable {
                Err(error) => errors.push(DestinationListError::Entry { position, of, error }),
                Ok(destination) => match read.iter().find(|(_, earlier)| *earlier == destination) {
                    Some((first, _)) => errors.push(DestinationListError::Repeated { position, first: *first }),
                    None => read.push((position, destination)),
                },
            }
        }
        (read.into_iter().map(|(_, destination)| destination).collect(), errors)
    }
}

fn push_tail(text: &mut String, secret: &str) {
    let count = secret.chars().count();
    let shown = (count / 2).min(4);
    text.push_str("••••");
    text.extend(secret.chars().skip(count - shown));
}

impl DestinationKind {
    /// The words before the account in the text form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bank => "bank",
            Self::Ewallet => "ewallet",
            Self::BifastPhone => "bifast:phone",
            Self::BifastEmail => "bifast:email",
            Self::Qris => "qris",
        }
    }
}

impl BankCode {
    /// `014`, or `112S` for a sharia unit.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AccountNumber {
    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl WalletCode {
    /// `dana`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Destination {
    /// Whether a wage can be paid there, as far as its text says: not by a QRIS code that was made for one transfer, or
    /// for another amount. Asked where a cell is read ([`Destination::parse_list`]); a record is read whatever this says, for it holds what was.
    ///
    /// # Errors
    /// Why not.
    pub fn check_payable(&self) -> Result<(), Unpayable> {
        match self {
            // Its structure held when it was read.
            Self::Qris(payload) => Qris::parse(&payload.0).map_or(Ok(()), |code| code.check_payable()),
            _ => Ok(()),
        }
    }
}

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Qris<'_>> for QrisPayload {
    fn from(code: Qris<'_>) -> Self {
        Self(code.payload().into())
    }
}

impl QrisPayload {
    /// The payload, decoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Destination({}, redacted)", self.kind().as_str())
    }
}

/// The canonical text in full: for the store and the rail, never for a log.
impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.kind().as_str())?;
        match self {
            Self::Bank { code, account } => write!(f, "{}:{}", code.0, account.0),
            Self::Ewallet { provider, phone } => write!(f, "{}:{}", provider.0, phone.digits()),
            Self::BifastPhone(phone) => f.write_str(phone.digits()),
            Self::BifastEmail(email) => f.write_str(&email.0),
            Self::Qris(payload) => payload.0.bytes().try_for_each(|byte| {
                if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                    write!(f, "{}", char::from(byte))
                } else {
                    write!(f, "%{byte:02X}")
                }
            }),
        }
    }
}

impl FromStr for Destination {
    type Err = DestinationError;

    fn from_str(text: &str) -> Result<Self, DestinationError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(DestinationError::Empty);
        }
        if is_shortened_number(text) {
            return Err(DestinationError::SpreadsheetDamage);
        }
        let (scheme, rest) = text.split_once(':').ok_or(DestinationError::Scheme)?;
        match scheme.to_ascii_lowercase().as_str() {
            "bank" => {
                let (code, account) = rest.split_once(':').ok_or(DestinationError::BankForm)?;
                let account = account_number(account)?;
                Ok(Self::Bank { code: bank_code(code)?, account })
            }
            "ewallet" => {
                let (provider, phone) = rest.split_once(':').ok_or(DestinationError::EwalletForm)?;
                let phone = phone_number(phone)?;
                Ok(Self::Ewallet { provider: wallet_code(provider)?, phone })
            }
            "bifast" => match rest.split_once(':') {
                Some((proxy, phone)) if proxy.eq_ignore_ascii_case("phone") => {
                    phone_number(phone).map(Self::BifastPhone)
                }
                Some((proxy, address)) if proxy.eq_ignore_ascii_case("email") => email(address).map(Self::BifastEmail),
                _ => Err(DestinationError::Scheme),
            },
            "qris" => qris_payload(rest).map(Self::Qris),
            _ => Err(DestinationError::Scheme),
        }
    }
}

fn bank_code(text: &str) -> Result<BankCode, DestinationError> {
    match text.as_bytes() {
        [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9'] | [b'0'..=b'9', b'0'..=b'9', b'0'..=b'9', b'S' | b's'] => {
            Ok(BankCode(text.to_ascii_uppercase()))
        }
        _ => Err(DestinationError::BankCode),
    }
}

fn account_number(text: &str) -> Result<AccountNumber, DestinationError> {
    if is_shortened_number(text) {
        return Err(DestinationError::SpreadsheetDamage);
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DestinationError::AccountCharacters);
    }
    if !(4..=34).contains(&text.len()) {
        return Err(DestinationError::AccountLength);
    }
    Ok(AccountNumber(String::from(text)))
}

fn wallet_code(text: &str) -> Result<WalletCode, DestinationError> {
    let letters = (2..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if letters { Ok(WalletCode(text.to_ascii_lowercase())) } else { Err(DestinationError::WalletCode) }
}

fn phone_number(text: &str) -> Result<Phone, DestinationError> {
    text.parse().map_err(|error| match error {
        PhoneError::SpreadsheetDamage => DestinationError::SpreadsheetDamage,
        other => DestinationError::Phone(other),
    })
}

fn email(text: &str) -> Result<Email, DestinationError> {
    let (local, domain) = text.split_once('@').ok_or(DestinationError::Email)?;
    let local_good = (1..=64).contains(&local.len())
        && local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&byte));
    let label_good = |label: &str| {
        (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if !local_good || domain.len() > 253 || !domain.contains('.') || !domain.split('.').all(label_good) {
        return Err(DestinationError::Email);
    }
    Ok(Email([local, "@", &domain.to_ascii_lowercase()].concat()))
}

fn qris_payload(text: &str) -> Result<QrisPayload, DestinationError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = rest else {
            return Err(DestinationError::PercentEncoding);
        };
        let hex = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (hex(*high), hex(*low)) {
            (Some(high), Some(low)) => bytes.push(high << 4 | low),
            _ => return Err(DestinationError::PercentEncoding),
        }
        rest = tail;
    }
    let payload = String::from_utf8(bytes).map_err(|_| DestinationError::PercentEncoding)?;
    Qris::parse(&payload)?;
    Ok(QrisPayload(payload))
}

#[cfg(test)]
mod tests;
