//! What OY! calls banks and wallets, and what its codes mean: one table for each call, which share nothing. Data only.
use crate::channels::BANKS_BY_CODE;
use crate::meaning::{Action, Standing, Word};
use upah_core::Cause;
use upah_core::evidence::Doubt;

/// Wallets by their name; a bank's code is that of the country.
pub(super) const CHANNELS: [(&str, &str); 6] = [
    BANKS_BY_CODE,
    ("dana", "dana"),
    ("gopay", "gopay"),
    ("linkaja", "linkaja"),
    ("ovo", "ovo"),
    ("shopeepay", "shopeepay"),
];

/// Whether an answer may be OY!'s own. The documentation names no HTTP status; its clients read a code under 200 alone.
/// That somebody else says 429, too, changes nothing of it.
pub(super) fn is_own(http: u16, code: &str) -> bool {
    http == 200 || (http == 429 && code == "429")
}

/// What a code says in reply to `POST /api/remit`. One that is not here is in doubt: 000 and 206 are not documented there.
pub(super) fn of_order(code: &str) -> Option<Word> {
    use Action::{InDoubt, NotExecuted, Refused};
    Some(match code {
        "101" | "301" => Word::Stands(Standing::AtWork),
        "201" | "202" | "207" | "208" => Word::Denies(NotExecuted(Cause::CredentialsRefused)),
        // This request was not taken on, for an earlier one has its reference: what became of that one, nobody says.
        "203" | "257" => Word::Denies(InDoubt(Doubt::Duplicate)),
        "205" | "264" => Word::Denies(Refused(Cause::BankNotReachable)),
        "209" => Word::Denies(Refused(Cause::InvalidAccount)),
        "210" => Word::Denies(Refused(Cause::AmountOverLimit)),
        "211" => Word::Denies(Refused(Cause::NotPermitted)),
        // Taken on and failed: final, and its reference is used up.
        "300" => Word::Denies(Refused(Cause::TransferFailed)),
        "429" => Word::Denies(NotExecuted(Cause::TooManyRequests)),
        "504" | "999" => Word::Denies(InDoubt(Doubt::ProviderError)),
        "990" => Word::Denies(Refused(Cause::BadRequest)),
        _ => return None,
    })
}

/// What a code says in reply to `POST /api/remit-status`, and in a callback. One that is not here, 990 and 999 among them,
/// says that the question failed.
pub(super) fn of_question(code: &str) -> Option<Word> {
    use Action::{NotExecuted, NotFound};
    Some(match code {
        "000" => Word::Stands(Standing::Paid),
        "101" | "102" | "301" => Word::Stands(Standing::AtWork),
        "206" => Word::Stands(Standing::Failed(Cause::InsufficientFunds)),
        "225" => Word::Stands(Standing::Failed(Cause::AmountOverLimit)),
        "300" => Word::Stands(Standing::Failed(Cause::TransferFailed)),
        "201" | "202" | "207" | "208" => Word::Denies(NotExecuted(Cause::CredentialsRefused)),
        "204" => Word::Denies(NotFound),
        "429" => Word::Denies(NotExecuted(Cause::TooManyRequests)),
        _ => return None,
    })
}

/// What a code that is no success says in reply to `POST /api/account-inquiry`.
pub(super) fn of_look(code: &str) -> Option<Action> {
    use Action::{NotExecuted, Refused};
    Some(match code {
        "201" | "202" | "207" | "208" => NotExecuted(Cause::CredentialsRefused),
        "205" => Refused(Cause::BankNotReachable),
        "209" | "304" => Refused(Cause::InvalidAccount),
        "225" => Refused(Cause::AccountLimitReached),
        // Inquiries that were not paid for.
        "232" => NotExecuted(Cause::PayerBlocked),
        "301" | "302" => Refused(Cause::AccountDeclined),
        "429" => NotExecuted(Cause::TooManyRequests),
        _ => return None,
    })
}

/// Why a code that is no success in reply to `GET /api/balance` stops the rail; nothing where only this question failed.
pub(super) fn of_balance(code: &str) -> Option<Cause> {
    matches!(code, "201" | "202" | "207" | "208").then_some(Cause::CredentialsRefused)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rows of the provider's two tables, as the facts tell them, in words of their own.
    const CODES: [(&str, &str, &str); 22] = [
        ("000", "?", "paid"),
        ("101", "work", "work"),
        ("102", "?", "work"),
        ("201", "later", "unasked"),
        ("202", "later", "unasked"),
        ("203", "earlier", "?"),
        ("204", "?", "none"),
        ("205", "refused", "?"),
        ("206", "?", "failed"),
        ("207", "later", "unasked"),
        ("208", "later", "unasked"),
        ("209", "refused", "?"),
        ("210", "refused", "?"),
        ("211", "refused", "?"),
        ("225", "?", "failed"),
        ("257", "earlier", "?"),
        ("264", "refused", "?"),
        ("300", "refused", "failed"),
        ("301", "work", "work"),
        ("429", "later", "unasked"),
        ("504", "doubt", "?"),
        ("999", "doubt", "?"),
    ];

    fn in_a_word(word: Option<Word>) -> &'static str {
        match word {
            Some(Word::Stands(Standing::AtWork)) => "work",
            Some(Word::Stands(Standing::Paid)) => "paid",
            Some(Word::Stands(Standing::Failed(_))) => "failed",
            Some(Word::Stands(Standing::Reversed)) => "returned",
            Some(Word::Denies(Action::Refused(_))) => "refused",
            Some(Word::Denies(Action::NotExecuted(_))) => "later",
            Some(Word::Denies(Action::InDoubt(Doubt::Duplicate))) => "earlier",
            Some(Word::Denies(Action::InDoubt(_))) => "doubt",
            Some(Word::Denies(Action::NotFound)) => "none",
            None => "?",
        }
    }

    #[test]
    fn one_code_means_one_thing_on_an_order_and_another_on_a_question() {
        for (code, order, question) in CODES {
            assert_eq!(in_a_word(of_order(code)), order, "{code} on an order");
            assert_eq!(in_a_word(of_question(code)).replace("later", "unasked"), question, "{code} on a question");
        }
        assert_eq!(in_a_word(of_order("990")), "refused");
        assert_eq!(in_a_word(of_question("990")), "?", "the question was malformed, not the payment");
        let named = |code: &&str| !CODES.iter().any(|(known, ..)| known == code) && **code != *"990";
        let others: Vec<String> = (0..1_000).map(|code| format!("{code:03}")).collect();
        for code in others.iter().map(String::as_str).filter(named) {
            assert_eq!((of_order(code), of_question(code)), (None, None), "{code}");
        }
    }

    #[test]
    fn a_code_under_another_status_is_nobody_s_word() {
        assert!(is_own(200, "209") && is_own(429, "429"));
        for http in [400, 401, 403, 404, 429, 500, 502, 504] {
            assert!(!is_own(http, "209"), "{http}");
        }
    }

    #[test]
    fn a_question_about_an_account_condemns_it_in_the_provider_s_words_alone() {
        assert_eq!(of_look("209"), Some(Action::Refused(Cause::InvalidAccount)));
        for code in ["306", "307", "990", "999", "206", ""] {
            assert_eq!(of_look(code), None, "{code}: the bank is down, or the question was bad");
        }
    }
}
