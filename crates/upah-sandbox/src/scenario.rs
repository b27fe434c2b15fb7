//! Accounts that always behave in one way, and the response codes they can be told to answer.
//!
//! Data only: the same behaviour as a fault plan's, but chosen by the account number, so that a
//! payroll file alone can show every refusal.

use crate::faults::Fault;

/// What a scenario account does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scenario {
    /// Answers this HTTP status and case code; nothing is booked.
    Answers {
        /// HTTP status, the first three digits of the response code.
        http: u16,
        /// Case code, the last two.
        case: u8,
    },
    /// Misbehaves like this on the first submission of a reference, and well afterwards.
    Misbehaves(Fault),
}

/// What a transfer to `account`, or a top-up of that phone, does.
#[must_use]
pub fn of_transfer(account: &str) -> Option<Scenario> {
    let digits = without_phone_prefix(account);
    if let Some(number) = digits.strip_prefix(FAULT_PREFIX) {
        let number = number.get(..2)?;
        return FAULT_ACCOUNTS
            .iter()
            .find(|(listed, _)| *listed == number)
            .map(|(_, fault)| Scenario::Misbehaves(*fault));
    }
    match code_after("99", digits)? {
        (202, 0) => Some(Scenario::Misbehaves(Fault::InProgressThenSuccess)),
        (200, _) => None,
        (http, case) => Some(Scenario::Answers { http, case }),
    }
}

/// What looking up `account`, or that phone, does.
#[must_use]
pub fn of_lookup(account: &str) -> Option<Scenario> {
    match code_after("98", without_phone_prefix(account))? {
        (200, _) => None,
        (http, case) => Some(Scenario::Answers { http, case }),
    }
}

/// How many rupiah a wallet may still take this month, if the number says so. Another wallet takes whatever comes.
#[must_use]
pub fn room(account: &str) -> Option<u64> {
    let thousands = account.strip_prefix("628")?.strip_prefix(ROOM_PREFIX)?.get(..4)?;
    Some(thousands.parse::<u64>().ok()? * 1_000)
}

/// The standard's text for a response code, `None` for a code it does not have.
#[must_use]
pub fn message(http: u16, case: u8) -> Option<&'static str> {
    CODES.iter().find(|(h, c, _)| (*h, *c) == (http, case)).map(|(_, _, message)| *message)
}

/// Five digits such as `40411`: HTTP status and case code, if the standard has them.
#[must_use]
pub fn code(digits: &str) -> Option<(u16, u8)> {
    if digits.len() != 5 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let http = digits[..3].parse().ok()?;
    let case = digits[3..].parse().ok()?;
    message(http, case).map(|_| (http, case))
}

fn code_after(prefix: &str, digits: &str) -> Option<(u16, u8)> {
    code(digits.strip_prefix(prefix)?.get(..5)?)
}

/// A phone's scenario stands after `628`. No bank account of a scenario begins so.
fn without_phone_prefix(account: &str) -> &str {
    account.strip_prefix("628").unwrap_or(account)
}

/// Long, so that an account number out of a generator hardly ever hits one by chance.
const FAULT_PREFIX: &str = "97000";

/// Of wallets; four digits follow, thousands of rupiah.
const ROOM_PREFIX: &str = "96000";

const FAULT_ACCOUNTS: &[(&str, Fault)] = &[
    ("01", Fault::ResetBeforeBooking),
    ("02", Fault::ResetAfterBooking),
    ("03", Fault::HangBeforeBooking),
    ("04", Fault::HangAfterBooking),
    ("05", Fault::Error500),
    ("06", Fault::Error500AfterBooking),
    ("07", Fault::Page502),
    ("08", Fault::Page502AfterBooking),
    ("09", Fault::Timeout504),
    ("10", Fault::Timeout504AfterBooking),
    ("11", Fault::TooMany429),
    ("12", Fault::TokenExpired),
    ("13", Fault::InProgressThenSuccess),
    ("14", Fault::InProgressThenFailure),
    ("15", Fault::NotFoundForAWhile),
    ("16", Fault::LateReturn),
    ("17", Fault::GarbageBody),
    ("18", Fault::WrongAmountEchoed),
    ("19", Fault::Html403Page),
    ("20", Fault::Html403PageAfterBooking),
    ("21", Fault::ForeignRefusal),
];

/// The response codes of the SNAP standard.
const CODES: &[(u16, u8, &str)] = &[
    (200, 0, "Successful"),
    (202, 0, "Request In Progress"),
    (400, 0, "Bad Request"),
    (400, 1, "Invalid Field Format"),
    (400, 2, "Invalid Mandatory Field"),
    (401, 0, "Unauthorized."),
    (401, 1, "Invalid Token (B2B)"),
    (401, 2, "Invalid Customer Token"),
    (401, 3, "Token Not Found (B2B)"),
    (401, 4, "Customer Token Not Found"),
    (403, 0, "Transaction Expired"),
    (403, 1, "Feature Not Allowed"),
    (403, 2, "Exceeds Transaction Amount Limit"),
    (403, 3, "Suspected Fraud"),
    (403, 4, "Activity Count Limit Exceeded"),
    (403, 5, "Do Not Honor"),
    (403, 6, "Feature Not Allowed At This Time."),
    (403, 7, "Card Blocked"),
    (403, 8, "Card Expired"),
    (403, 9, "Dormant Account"),
    (403, 10, "Need To Set Token Limit"),
    (403, 11, "OTP Blocked"),
    (403, 12, "OTP Lifetime Expired"),
    (403, 13, "OTP Sent To Cardholder"),
    (403, 14, "Insufficient Funds"),
    (403, 15, "Transaction Not Permitted."),
    (403, 16, "Suspend Transaction"),
    (403, 17, "Token Limit Exceeded"),
    (403, 18, "Inactive Card/Account/Customer"),
    (403, 19, "Merchant Blacklisted"),
    (403, 20, "Merchant Limit Exceed"),
    (403, 21, "Set Limit Not Allowed"),
    (403, 22, "Token Limit Invalid"),
    (403, 23, "Account Limit Exceed"),
    (404, 0, "Invalid Transaction Status"),
    (404, 1, "Transaction Not Found"),
    (404, 2, "Invalid Routing"),
    (404, 3, "Bank Not Supported By Switch"),
    (404, 4, "Transaction Cancelled"),
    (404, 5, "Merchant Is Not Registered For Card Registration Services"),
    (404, 6, "Need To Request OTP"),
    (404, 7, "Journey Not Found"),
    (404, 8, "Invalid Merchant"),
    (404, 9, "No Issuer"),
    (404, 10, "Invalid API Transition"),
    (404, 11, "Invalid Card/Account/Customer/Virtual Account"),
    (404, 12, "Invalid Bill/Virtual Account"),
    (404, 13, "Invalid Amount"),
    (404, 14, "Paid Bill"),
    (404, 15, "Invalid OTP"),
    (404, 16, "Partner Not Found"),
    (404, 17, "Invalid Terminal"),
    (404, 18, "Inconsistent Request"),
    (404, 19, "Invalid Bill/Virtual Account"),
    (405, 0, "Requested Function Is Not Supported"),
    (405, 1, "Requested Operation Is Not Allowed"),
    (409, 0, "Conflict"),
    (409, 1, "Duplicate partnerReferenceNo"),
    (429, 0, "Too Many Requests"),
    (500, 0, "General Error"),
    (500, 1, "Internal Server Error"),
    (500, 2, "External Server Error"),
    (504, 0, "Timeout"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_of_the_standard_has_an_account_and_a_phone() {
        for &(http, case, _) in CODES.iter().filter(|(http, ..)| *http >= 400) {
            let wanted = Some(Scenario::Answers { http, case });
            assert_eq!(of_transfer(&format!("99{http}{case:02}123")), wanted);
            assert_eq!(of_transfer(&format!("62899{http}{case:02}1")), wanted);
            assert_eq!(of_lookup(&format!("98{http}{case:02}123")), wanted);
            assert_eq!(of_lookup(&format!("62898{http}{case:02}")), wanted);
        }
    }

    #[test]
    fn ordinary_accounts_are_ordinary() {
        for account in ["", "99", "9940", "9999999001", "1234567890", "9900000123", "9700099", "97000é1"] {
            assert_eq!(of_transfer(account), None, "{account}");
            assert_eq!(of_lookup(account), None, "{account}");
        }
        assert_eq!(of_lookup("9940411123"), None);
        assert_eq!(of_transfer("9840411123"), None);
        assert_eq!(of_transfer("9700002555"), Some(Scenario::Misbehaves(Fault::ResetAfterBooking)));
    }
}
