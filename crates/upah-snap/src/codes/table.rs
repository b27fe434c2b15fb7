//! The standard's response codes, judged one by one.
//!
//! Source of the pairs: ASPI's SNAP developer site, list of response codes. Source of the judgement:
//! the column `why`. Two kinds of mistake were weighed in each row. Calling something `Refused` that
//! was executed pays a wage twice, or tells a worker that she was not paid when she was; calling
//! something `Unknown` that was refused delays it by an inquiry. So a code that does not belong to a
//! bank-to-person transfer at all (cards, OTP, tokens of a limit) is `Unknown`, not `Refused`.
//!
//! Whose fault it is was weighed likewise: a fault taken for the recipient's sends each of the
//! others into the same wall, one taken for the sender's stops everybody's wages for one bad account.

use super::Action::{
    AskDuplicate, AskInconsistent, ExternalIdReused, InProgress, NotExecutedBackOff, NotExecutedRenewToken, NotFound,
    Refused, Settled, Unknown,
};
use super::Whose::{Nobody, Rail, Recipient, Sender, Unclear};
use super::{Action, Row, Whose};

const fn row(http: u16, case: u8, action: Action, whose: Whose, cause_name: &'static str, why: &'static str) -> Row {
    Row { http, case, action, whose, needs_human: false, cause_name, why }
}

const fn human(http: u16, case: u8, action: Action, cause_name: &'static str, why: &'static str) -> Row {
    Row { http, case, action, whose: Unclear, needs_human: true, cause_name, why }
}

/// Every documented code, in order. Each is here exactly once.
#[rustfmt::skip]
pub static TABLE: [Row; 63] = [
    row(200, 0, Settled, Nobody, "success", "for a transfer the bank says it is done; for an inquiry only that the inquiry was answered"),
    row(202, 0, InProgress, Nobody, "in_progress", "accepted and not final: paying again would pay twice"),

    row(400, 0, Refused, Sender, "request_invalid", "not processed; the same mistake is in every request of ours, so the others wait"),
    row(400, 1, Refused, Sender, "field_format_invalid", "as 400 00; the stored body can never become valid, so resending it is pointless"),
    row(400, 2, Refused, Sender, "field_missing", "as 400 00"),

    row(401, 0, NotExecutedBackOff, Sender, "unauthorized", "turned away at the door: the same body may go once key or signature is mended, others would be turned away too"),
    row(401, 1, NotExecutedRenewToken, Sender, "token_invalid", "turned away at the door: same body, new token"),
    row(401, 2, Unknown, Unclear, "customer_token_invalid", "belongs to B2B2C calls, which we never make: ask"),
    row(401, 3, NotExecutedRenewToken, Sender, "token_not_found", "as 401 01"),
    row(401, 4, Unknown, Unclear, "customer_token_not_found", "as 401 02"),

    row(403, 0, Refused, Unclear, "transaction_expired", "expired before execution; our clock or their queue, the code does not say which, so a person looks"),
    row(403, 1, Refused, Sender, "feature_not_allowed", "the partner lacks the right to this service: all others would be refused too"),
    row(403, 2, Refused, Recipient, "amount_limit_exceeded", "this amount on this route; another may carry it, and stopping everybody for one large wage would be wrong"),
    human(403, 3, Refused, "suspected_fraud", "not executed; sending it another way would slip past the check that stopped it"),
    row(403, 4, Refused, Recipient, "activity_limit_exceeded", "too many transactions on that account; another route may work"),
    row(403, 5, Refused, Recipient, "account_abnormal", "do not honor: state of the recipient's account or user"),
    row(403, 6, NotExecutedBackOff, Rail, "cut_off", "closed at this hour, not executed: the same body may go when it opens, the others wait with it"),
    row(403, 7, Unknown, Unclear, "card_blocked", "a code of cards, which we never use: ask"),
    row(403, 8, Unknown, Unclear, "card_expired", "as 403 07"),
    row(403, 9, Refused, Recipient, "account_dormant", "the recipient's account takes nothing until she wakes it; another route may work"),
    row(403, 10, Unknown, Unclear, "token_limit_needed", "belongs to payment tokens, which we never use: ask"),
    row(403, 11, Unknown, Unclear, "otp_blocked", "a code of one-time passwords, which we never use: ask"),
    row(403, 12, Unknown, Unclear, "otp_expired", "as 403 11"),
    row(403, 13, Unknown, Unclear, "otp_sent", "as 403 11; something may even be waiting for a confirmation"),
    row(403, 14, Refused, Sender, "insufficient_funds", "the paying account is empty: each further try would be refused and burn its reference"),
    row(403, 15, Refused, Unclear, "transaction_not_permitted", "used for a wrong date, a name that differs and a refusal by the destination alike: a person looks"),
    human(403, 16, Unknown, "transaction_suspended", "what is held for review may be released later: a second payment then pays twice"),
    row(403, 17, Unknown, Unclear, "token_limit_exceeded", "as 403 10"),
    row(403, 18, Refused, Recipient, "account_inactive", "the recipient's account is not active; another route may work"),
    row(403, 19, Refused, Sender, "partner_blacklisted", "concerns the employer's standing: all others would be refused too"),
    row(403, 20, Refused, Sender, "partner_daily_limit", "the employer's limit of the day is used up: the others wait until tomorrow"),
    row(403, 21, Unknown, Unclear, "set_limit_not_allowed", "as 403 10"),
    row(403, 22, Unknown, Unclear, "token_limit_invalid", "as 403 10"),
    row(403, 23, Refused, Recipient, "account_daily_limit", "the account's limit of the day; another route may work today"),

    human(404, 0, Unknown, "transaction_status_invalid", "speaks of a transaction that exists in some state: it may have been executed"),
    row(404, 1, NotFound, Unclear, "transaction_not_found", "an answer to a status inquiry, and no proof soon after a send; in reply to a transfer it means nothing"),
    row(404, 2, Refused, Recipient, "routing_invalid", "the switch has no way to that bank: another route may"),
    row(404, 3, Refused, Recipient, "bank_not_supported", "as 404 02"),
    row(404, 4, Refused, Unclear, "transaction_cancelled", "cancelled before execution; by whom is not said, so a person looks"),
    row(404, 5, Unknown, Unclear, "merchant_not_registered_for_cards", "as 403 07"),
    row(404, 6, Unknown, Unclear, "otp_needed", "as 403 11"),
    row(404, 7, Unknown, Unclear, "journey_not_found", "as 403 11"),
    row(404, 8, Refused, Sender, "partner_invalid", "the employer is not known there: all others would be refused too"),
    row(404, 9, Refused, Recipient, "issuer_not_found", "no such bank behind the destination; another route may work"),
    row(404, 10, Unknown, Unclear, "api_transition_invalid", "out of order with an earlier call that may have been executed: ask"),
    row(404, 11, Refused, Recipient, "account_not_found", "no such account: the destination must be corrected, or another route used"),
    row(404, 12, Refused, Recipient, "bill_invalid", "the destination is a virtual account that is not valid"),
    row(404, 13, Refused, Unclear, "amount_invalid", "too small for that bank, or not what was inquired; only a person can tell, and one odd amount must not stop the rest"),
    row(404, 14, Unknown, Unclear, "bill_paid", "says that something was paid, perhaps by us: ask"),
    row(404, 15, Unknown, Unclear, "otp_invalid", "as 403 11"),
    row(404, 16, Refused, Sender, "partner_not_found", "as 404 08"),
    row(404, 17, Refused, Sender, "terminal_invalid", "as 404 08"),
    row(404, 18, AskInconsistent, Unclear, "request_inconsistent", "the reference is known with another body; for a credit transfer the standard counts this as success"),
    row(404, 19, Refused, Recipient, "bill_expired", "the destination is a virtual account that has expired"),

    row(405, 0, Refused, Rail, "function_not_supported", "the counterparty does not offer this service: all others would be refused too"),
    row(405, 1, Refused, Rail, "operation_not_allowed", "as 405 00"),

    row(409, 0, ExternalIdReused, Nobody, "external_id_reused", "this try was not executed, the one that used the number before may have been: ask first"),
    row(409, 1, AskDuplicate, Nobody, "reference_duplicate", "the standard: already successful under this reference"),

    row(429, 0, NotExecutedBackOff, Nobody, "too_many_requests", "turned away at the door: the same body may go later, slower"),

    row(500, 0, Unknown, Rail, "general_error", "may have failed before or after the money moved: ask"),
    row(500, 1, Unknown, Rail, "internal_server_error", "as 500 00, although its text invites a retry"),
    row(500, 2, Unknown, Rail, "external_server_error", "the bank behind the bank failed, at an unknown point: ask"),

    row(504, 0, Unknown, Rail, "timeout", "the bank itself does not know yet: ask"),
];
