//! The standard's response codes, judged one by one.
//!
//! Source of the pairs: ASPI's SNAP developer site, list of response codes. Source of the judgement:
//! the column `why`. Two kinds of mistake were weighed in each row. Calling something `Refused` that
//! was executed pays a wage twice, or tells a worker that she was not paid when she was; calling
//! something `Unknown` that was refused delays it by an inquiry. So a code that does not belong to a
//! bank-to-person transfer at all (cards, OTP, tokens of a limit) is `Unknown`, not `Refused`.
//!
//! Whose fault a refusal is stands in the core's catalogue, with its cause. It was weighed likewise: a
//! fault taken for the recipient's sends each of the others into the same wall, one taken for the
//! sender's stops everybody's wages for one bad account.

use super::Action::{
    AskDuplicate, AskInconsistent, ExternalIdReused, InProgress, NotExecutedBackOff, NotExecutedRenewToken, NotFound,
    Refused, Settled, Suspended, Unknown,
};
use super::{Action, Row};
use upah_core::Cause;

const fn row(http: u16, case: u8, action: Action, why: &'static str) -> Row {
    Row { http, case, action, why }
}

/// Every documented code, in order. Each is here exactly once.
#[rustfmt::skip]
pub static TABLE: [Row; 63] = [
    row(200, 0, Settled, "for a transfer the bank says it is done; for an inquiry only that the inquiry was answered"),
    row(202, 0, InProgress, "accepted and not final: paying again would pay twice"),

    row(400, 0, Refused(Cause::BadRequest), "not processed; the same mistake is in every request of ours, so the others wait"),
    row(400, 1, Refused(Cause::BadRequest), "as 400 00; tried a few times, for a whole batch of them parks the rail first"),
    row(400, 2, Refused(Cause::BadRequest), "as 400 00"),

    row(401, 0, NotExecutedBackOff(Cause::CredentialsRefused), "turned away at the door: the same body may go once key or signature is mended, others would be turned away too"),
    row(401, 1, NotExecutedRenewToken, "turned away at the door: same body, new token"),
    row(401, 2, Unknown, "belongs to B2B2C calls, which we never make: ask"),
    row(401, 3, NotExecutedRenewToken, "as 401 01"),
    row(401, 4, Unknown, "as 401 02"),

    row(403, 0, Refused(Cause::RequestExpired), "expired before execution; the same bytes may go again"),
    row(403, 1, Refused(Cause::FeatureNotAllowed), "the partner lacks the right to this service: all others would be refused too"),
    row(403, 2, Refused(Cause::AmountOverLimit), "this amount on this route; another may carry it, and stopping everybody for one large wage would be wrong"),
    row(403, 3, Refused(Cause::SuspectedFraud), "not executed; sending it another way would slip past the check that stopped it"),
    row(403, 4, Refused(Cause::TooManyTransactions), "too many transactions on that account; another route may work"),
    row(403, 5, Refused(Cause::AccountDeclined), "do not honor: state of the recipient's account or user"),
    row(403, 6, NotExecutedBackOff(Cause::OutsideHours), "closed at this hour, not executed: the same body may go when it opens, the others wait with it"),
    row(403, 7, Unknown, "a code of cards, which we never use: ask"),
    row(403, 8, Unknown, "as 403 07"),
    row(403, 9, Refused(Cause::DormantAccount), "the recipient's account takes nothing until she wakes it; another route may work"),
    row(403, 10, Unknown, "belongs to payment tokens, which we never use: ask"),
    row(403, 11, Unknown, "a code of one-time passwords, which we never use: ask"),
    row(403, 12, Unknown, "as 403 11"),
    row(403, 13, Unknown, "as 403 11; something may even be waiting for a confirmation"),
    row(403, 14, Refused(Cause::InsufficientFunds), "the paying account is empty: each further try would be refused"),
    row(403, 15, Refused(Cause::NotPermitted), "used for a wrong date, a name that differs and a refusal by the destination alike: a person looks"),
    row(403, 16, Suspended, "what is held for review may be released later: a second payment then pays twice"),
    row(403, 17, Unknown, "as 403 10"),
    row(403, 18, Refused(Cause::InactiveAccount), "the recipient's account is not active; another route may work"),
    row(403, 19, Refused(Cause::PayerBlocked), "concerns the employer's standing: all others would be refused too"),
    row(403, 20, Refused(Cause::PayerLimitReached), "the employer's limit of the day is used up: the others wait until tomorrow"),
    row(403, 21, Unknown, "as 403 10"),
    row(403, 22, Unknown, "as 403 10"),
    row(403, 23, Refused(Cause::AccountLimitReached), "the account's limit of the day; another route may work today"),

    row(404, 0, Suspended, "speaks of a transaction that exists in some state: it may have been executed"),
    row(404, 1, NotFound, "an answer to a status inquiry, and no proof soon after a send; in reply to a transfer it means nothing"),
    row(404, 2, Refused(Cause::BankNotReachable), "the switch has no way to that bank: another route may"),
    row(404, 3, Refused(Cause::BankNotReachable), "as 404 02"),
    row(404, 4, Refused(Cause::TransferCancelled), "cancelled before execution; by whom is not said, so a person looks"),
    row(404, 5, Unknown, "as 403 07"),
    row(404, 6, Unknown, "as 403 11"),
    row(404, 7, Unknown, "as 403 11"),
    row(404, 8, Refused(Cause::PayerBlocked), "the employer is not known there: all others would be refused too"),
    row(404, 9, Refused(Cause::BankNotReachable), "no such bank behind the destination; another route may work"),
    row(404, 10, Unknown, "out of order with an earlier call that may have been executed: ask"),
    row(404, 11, Refused(Cause::InvalidAccount), "no such account: the destination must be corrected, or another route used"),
    row(404, 12, Refused(Cause::InvalidAccount), "the destination is a virtual account that is not valid"),
    row(404, 13, Refused(Cause::BadRequest), "too small for that bank, or not what was inquired: a person looks, and one odd amount does not stop the rest"),
    row(404, 14, Unknown, "says that something was paid, perhaps by us: ask"),
    row(404, 15, Unknown, "as 403 11"),
    row(404, 16, Refused(Cause::PayerBlocked), "as 404 08"),
    row(404, 17, Refused(Cause::PayerBlocked), "as 404 08"),
    row(404, 18, AskInconsistent, "the reference is known with another body; for a credit transfer the standard counts this as success"),
    row(404, 19, Refused(Cause::InvalidAccount), "the destination is a virtual account that has expired"),

    row(405, 0, Refused(Cause::FeatureNotAllowed), "the counterparty does not offer this service: all others would be refused too"),
    row(405, 1, Refused(Cause::FeatureNotAllowed), "as 405 00"),

    row(409, 0, ExternalIdReused, "this try was not executed, the one that used the number before may have been: ask first"),
    row(409, 1, AskDuplicate, "the standard: already successful under this reference"),

    row(429, 0, NotExecutedBackOff(Cause::TooManyRequests), "turned away at the door: the same body may go later, slower"),

    row(500, 0, Unknown, "may have failed before or after the money moved: ask"),
    row(500, 1, Unknown, "as 500 00, although its text invites a retry"),
    row(500, 2, Unknown, "the bank behind the bank failed, at an unknown point: ask"),

    row(504, 0, Unknown, "the bank itself does not know yet: ask"),
];
