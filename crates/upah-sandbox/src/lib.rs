//! A bank and a wallet to test payment clients against, over HTTP on loopback, that speak SNAP and
//! misbehave on request.
//!
//! The sandbox shares no code and no type with the client it tests: it has its own signatures, its
//! own `minify`, its own reading of the standard. What two independent readings agree on is more
//! than one reading saying the same thing twice.
//!
//! It answers one question above all: **was anybody credited twice?** The book credits a partner
//! reference at most once, as a bank does; the client's mistakes show as two references for one
//! wage in [`Sandbox::credits`], or as [`Sandbox::violations`].
//!
//! # Start
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
//! use upah_sandbox::{Credentials, Sandbox, SandboxConfig, TestKeys};
//! let keys = TestKeys::generate()?; // nobody commits a key
//! let config = SandboxConfig::new(Credentials::for_tests(keys.public_pem()));
//! let sandbox = Sandbox::start(config).await?;
//! assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
//! assert!(sandbox.credits()?.is_empty());
//! sandbox.stop().await;
//! # Ok(()) }
//! ```
//!
//! # Services
//! 73 `access-token/b2b`, 11 `balance-inquiry`, 15 and 16 `account-inquiry-internal`, `-external`,
//! 17 and 18 `transfer-intrabank`, `-interbank`, 20 `transfer-interbank-bulk`, 22 `transfer-rtgs`, 23 `transfer-skn`,
//! 36 `transfer/status`, 37 `emoney/account-inquiry`, 38 `emoney/topup`, 39 `emoney/topup-status`,
//! 40 `emoney/bulk-cashin-payment`, each after the path prefix
//! (default `/v1.0`).
//!
//! Every call is checked as a strict bank would: token, symmetric signature over the raw body's
//! minified bytes, X-TIMESTAMP within five minutes, partner and channel, an X-EXTERNAL-ID of digits
//! never used that day, mandatory fields, amounts `N.00` IDR, `feeType` OUR. A breach is answered
//! with the standard's code and listed as a [`Violation`].
//!
//! # Repeats
//! The same reference and body again is `409ss01` (at DANA the first answer again), with another body `404ss18`;
//! while in progress too. A reference that was refused may come again and be booked. A reference whose fault struck
//! before the booking was never seen. Of a request for many (20, 40) its `partnerBulkId` is known again; a reference in
//! *another* such request is paid again, so that no client relies on the opposite.
//!
//! # Houses
//! The same account is paid from by counterparties with habits of their own, each at its own paths. They read what
//! their official clients write (nulls, amounts without sen, external ids with letters, any partner and channel: the
//! signature says who calls), with the same key and secret.
//!
//! | at | it is | and differs so |
//! |---|---|---|
//! | `/snap/v1.0/…` | BRI | the path is signed without its query |
//! | `/snap/v1/access-token/b2b`, `/snap-service/v1/…` | BNI | – |
//! | `/mandiri/v1.0/…` | Bank Mandiri | BI-FAST in 16 and 18 by `additionalInfo.switcher`, by account or alias |
//! | `/midtrans/v1.0/…` | Midtrans | bank codes with a branch, `beneficiaryProvider`; 36 asks about top-ups too |
//! | `/account/v1.0/…` | Faspay SendMe | signed by key, without a token |
//! | `/rest/v1.0/emoney/…`, `/v1.0/emoney/….htm` | DANA | by key; 42, 43 and 00 to banks; the same order again is answered as it was; the provider's own test numbers and amounts |
//!
//! # Payouts of Xendit
//! `POST /v2/payouts`, `GET /v2/payouts?reference_id=…` and `GET /v2/payouts/disb-…` beside them, for the client of
//! [`XenditClient`], out of the same account and under the same faults. Told apart in the credits by service `00`; the
//! bank code is the channel. Repeats are told by `idempotency-key`. An account that begins `99HHHCC` is a payout that
//! fails, one that begins `98HHHCC` is refused at once.
//!
//! # Disbursements of OY!
//! `POST /api/remit`, `/api/remit-status` and `/api/account-inquiry`, and `GET /api/balance`, for the client of
//! [`OyClient`], in the same way. Repeats are told by `partner_trx_id`. As in the staging of the provider, an account that
//! begins with one of its codes and `0000` has that code for an answer: `2100000…` is refused, `3000000…` has failed,
//! `2060000…` is taken on and has failed for want of balance by the time somebody asks.
//!
//! # Disbursements of Flip
//! `POST /v3/disbursement` and `GET /v3/get-disbursement?idempotency-key=…`, `POST /v2/disbursement/bank-account-inquiry`
//! and `GET /v2/general/balance`, all behind `/big_sandbox_api`, for the client of [`FlipClient`], in the same way. Bodies
//! are forms. Repeats are told by `idempotency-key`. An account that begins with a code of an error and `0000` is refused
//! with it: `10250000…`.
//!
//! # Payouts of Midtrans Iris
//! Under `/iris/api/v1`, for the client of [`IrisClient`], out of the same account: `POST payouts`, `payouts/approve`,
//! `payouts/reject`; `GET payouts/…`, `statements`, `account_validation`, `balance`, `beneficiary_banks`, `ping`. Faults
//! of submissions strike the approval, by which money moves, faults of `@token` the creation. An account that begins
//! `99400CC` is refused when it is written down, any other `99HHHCC` is a payout that fails. [`Sandbox::forget_keys`]
//! lets a day pass for the idempotency keys.
//!
//! # Scenario accounts
//! Digits a phone has after `628` count as its number.
//!
//! | account begins | it |
//! |---|---|
//! | `99HHHCC` | is looked up well; a transfer or top-up answers HTTP `HHH` case `CC`: `9940411…` → `4041811` |
//! | `9920200` | is taken on with `202ss00`, pending for some inquiries, then booked |
//! | `98HHHCC` | answers that to a look-up (15, 16, 37); a transfer works |
//! | `97000NN` | meets fault NN on the first submission of each reference, and behaves afterwards |
//! | `96000NNNN`, a phone after `628` | may take NNNN thousand rupiah this month, and says so when it is looked up |
//!
//! NN: 01 `reset_before_booking`, 02 `reset_after_booking`, 03 `hang_before_booking`,
//! 04 `hang_after_booking`, 05 `error_500`, 06 `error_500_after_booking`, 07 `page_502`,
//! 08 `page_502_after_booking`, 09 `timeout_504`, 10 `timeout_504_after_booking`,
//! 11 `too_many_429`, 12 `token_expired`, 13 `in_progress_then_success`,
//! 14 `in_progress_then_failure`, 15 `not_found_for_a_while`, 16 `late_return`, 17 `garbage_body`,
//! 18 `wrong_amount_echoed`, 19 `html_403_page`, 20 `html_403_page_after_booking`,
//! 21 `foreign_refusal`. Codes the standard does not have make an ordinary account.
//!
//! # Faults
//! By rate, as text (`reset_after_booking=0.02,too_many_429@ask=0.1,slow_ms=200`), or exactly, by
//! account or reference: [`FaultPlan`]. The same seed does the same to the same reference, in
//! whatever order concurrent calls arrive. Without `@` a fault is for submissions; `@ask`,
//! `@lookup`, `@token` and `@all` name other calls. Names: those above, `slow`, and `refuse_HHHCC`
//! for any refusal. Numbers: the fields of [`Settings`].
//!
//! # Callbacks
//! [`Sandbox::call_back`] (or `upah sandbox --callbacks URL`) makes the bank tell how payments ended: those that it
//! books at once, those that [`Sandbox::settle`] ends, and those that are given back. Their faults are for the scope
//! `callback`: `callback_twice`, `callback_lost`, `callback_forged` (somebody else signs, and the bank says nothing),
//! and `slow@callback`, which lets others overtake. [`Sandbox::call_back_about_payouts`] does the same for a provider of
//! payouts (or `upah sandbox --payout-callbacks xendit=URL`), each with its own body and proof, and under the same faults.
//!
//! # Side door
//! `GET /_sandbox/credits`, `violations`, `calls`, `balance`; `POST /_sandbox/return`
//! `{"reference":…}`, `balance` `{"amount":…}`, `holders` `{"ACCOUNT":"NAME"}`, `faults`
//! `{"faults":…,"seed":…}`, `settle` `{"reference":…}` (ends what is in progress); `GET callbacks` lists what was
//! answered to callbacks; `GET` or `POST /_sandbox/advance` lets late returns happen now.
//!
//! # What lasts
//! With a ledger file every booking is written before it is answered: killing the process loses
//! nothing that was acknowledged (a power cut may, nothing is synced). Several processes may share
//! one file. Tokens, external ids, counts of inquiries and violations live in memory.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admin;
mod callbacks;
mod clock;
mod config;
mod faults;
mod flip;
mod iris;
mod keys;
mod ledger;
mod names;
mod oy;
mod payouts;
mod reply;
pub mod scenario;
mod server;
pub mod signature;
mod snap;
mod trouble;
mod watch;
mod world;
mod xendit;

pub use callbacks::{CallbackAnswer, CallbackConfig, PayoutCallbacks, PayoutProvider};
pub use config::{Credentials, FlipClient, IrisClient, NamePolicy, OyClient, SandboxConfig, XenditClient};
pub use faults::{ALWAYS_PPM, Fault, FaultError, FaultPlan, Scope, Settings, When};
pub use keys::{PublicKey, TestKeys};
pub use ledger::Credit;
pub use server::Sandbox;
pub use watch::{Violation, ViolationKind};
