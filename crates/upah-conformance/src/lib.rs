//! Proves a store or a rail of your own, offline, against the contracts of Upah.
//!
//! A [`Store`](upah_core::store::Store) remembers whom Upah has paid; a [`Rail`](upah_core::rail::Rail)
//! pays. Both have a contract in prose on the trait. This crate turns that prose into properties, each
//! named after what a worker can rely on while it holds, draws random cases for each, and makes a
//! failing case as short as it can. What comes out is a [`Report`]: [`text`](Report::text) for you,
//! one [`html`](Report::html) page for whoever must sign for it.
//!
//! | you have | you write | you call |
//! |---|---|---|
//! | a store | [`store::StoreUnderTest`]: a fresh place, opening it, perhaps what a crash leaves | [`store::prove`] |
//! | a rail and a fake of its provider's good days | [`rail::RailUnderTest`]: starting both, what the fake has booked | [`rail::prove`] |
//!
//! Besides: [`strategies`] for every type of the domain, [`MemoryStore`] as a model, and
//! [`proxy::FaultyProxy`], which misbehaves before a provider that does not know how to.
//!
//! All properties, each with what it protects, stand on [`store`] and on [`rail`]. [`store::Memory`] is the model as a
//! store under test: the smallest one that passes, and the one to look at when a property is hard to read.
//!
//! Nothing here needs a network, an account or a key of anybody's. A rail is spoken to over plain HTTP on
//! loopback, which [`upah-transport`](https://docs.rs/upah-transport) allows to loopback alone.
//!
//! # A store, from nothing to green
//!
//! Put a test into your crate, with `upah-conformance` among the dev-dependencies:
//!
//! ```
//! use upah_conformance::store::{StoreUnderTest, prove};
//! use upah_conformance::{MemoryStore, Plan};
//!
//! struct Mine;
//!
//! impl StoreUnderTest for Mine {
//!     // Where a store lies: a temporary folder, a schema of a database. Here: memory.
//!     type Place = MemoryStore;
//!     type Store = MemoryStore; // your type
//!
//!     fn name(&self) -> String {
//!         "my store".into()
//!     }
//!     async fn place(&self) -> Result<MemoryStore, String> {
//!         Ok(MemoryStore::default())
//!     }
//!     async fn open(&self, place: &MemoryStore) -> Result<MemoryStore, String> {
//!         Ok(place.clone())
//!     }
//!     // For a file there is nothing to write here: dropped and opened again is what the kit does. Where
//!     // closing flushes what a kill would lose, copy the files first (see `StoreUnderTest::crash`).
//!     async fn crash(&self, _: MemoryStore, store: MemoryStore) -> Result<MemoryStore, String> {
//!         Ok(store.clone())
//!     }
//! }
//!
//! # fn main() {
//! // In your crate: #[test] fn my_store_keeps_every_promise() {
//! let report = prove(&Mine, &Plan::default().cases(3).version("0.1.0").date("2026-11-25"));
//! report.assert_passed();
//! # assert!(report.html().contains("2026-11-25"));
//! # }
//! ```
//!
//! A good order to build it in, one property at a time with [`Plan::only`]:
//!
//! 1. `admit`, `commit`, `payment`, `page`, `runs`: `her_wage_stands_where_its_events_say`,
//!    `an_approval_frees_whom_it_names_and_nobody_else`. A store decides nothing, but three things are
//!    its own to fill in: sequence numbers, the `approved_seq` of a run, and moving the payments of an
//!    approved run that wait without a hold to `Ready`. Within a change set payments come before runs.
//! 2. Unique keys: `no_wage_is_owed_twice`, `her_reference_names_her_payment_alone`,
//!    `the_same_run_is_not_a_second_payday`. Let the database hold them; the error names which one it was.
//! 3. Versions, and all or nothing: `nobody_is_paid_on_a_decision_that_is_out_of_date`,
//!    `a_refused_write_leaves_nobody_half_paid`, `of_two_who_decide_at_once_one_pays_her`.
//! 4. The log: `her_slip_can_be_proved_against_the_log`. Level 0 of `log_hashes` are the leaves; each
//!    time 256 hashes of a level are complete, their root is one of the next. `upah_tlog::Frontier`
//!    computes both root and nodes while you append.
//! 5. Leases and fences, when several processes shall share the store: `enlist`, `renew`, `claim`, `dismiss`;
//!    `of_two_processes_one_has_her_wage_in_hand`, `a_process_that_was_overtaken_writes_nothing`,
//!    `a_lease_that_ended_is_not_revived`, `nobody_is_lost_with_a_process_that_died`, `a_crash_forgets_no_fence`. They
//!    come late, because they lean on versions: a fence is checked in the same transaction. A store with one writer
//!    leaves these four as they stand on the trait, and the report names the properties as not exercised.
//! 6. The rest of the reads, then `a_wage_on_record_is_not_forgotten_in_a_crash`. A commit that returns
//!    before the disk has it passes every test in which nobody pulls the plug: say in your manual how the
//!    store syncs.
//!
//! # A rail, from nothing to green
//!
//! You need a fake of the provider that knows its good days only: it books a reference once, answers a
//! repetition as the real provider does, and tells the status of what it booked. If you have none,
//! [`proxy::FakeServer`] makes one out of a function, as here. Faults are the kit's business.
//!
//! "Kirim" below is an invented provider. The adapter is whole; what a real one has besides is signing
//! and a table of codes.
//!
//! ```
//! use serde_json::{Value, json};
//! use std::sync::{Arc, Mutex};
//! use std::time::Duration;
//! use upah_conformance::Plan;
//! use upah_conformance::proxy::{Answer, FakeServer, Seen};
//! use upah_conformance::rail::{Booking, Clock, Meaning, RailUnderTest, Word, prove};
//! use upah_core::cause::Cause;
//! use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, SubmitOutcome};
//! use upah_core::policy::{Pattern, RailPolicy};
//! use upah_core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
//! use upah_core::reference::Reference;
//! use upah_core::{Destination, RailId, Rupiah};
//! use upah_transport::{Request, Response, SendError, Transport, TransportConfig};
//!
//! // ---- The adapter ----
//! struct Kirim {
//!     id: RailId,
//!     url: String,
//!     key: String,
//!     transport: Transport,
//! }
//!
//! // By hand, so that the key is not in it.
//! impl std::fmt::Debug for Kirim {
//!     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
//!         f.debug_struct("Kirim").field("id", &self.id).finish_non_exhaustive()
//!     }
//! }
//!
//! impl Kirim {
//!     fn new(url: &str, key: &str) -> Result<Self, String> {
//!         let limits = TransportConfig::with_timeout(Duration::from_millis(500));
//!         let transport = Transport::new(limits).map_err(|error| error.to_string())?;
//!         Ok(Self { id: "kirim".parse().unwrap(), url: url.into(), key: key.into(), transport })
//!     }
//!
//!     fn request(&self, path: &str, body: &str) -> Request {
//!         let headers = vec![("authorization", self.key.clone())];
//!         Request { url: format!("{}{path}", self.url), headers, body: body.to_owned().into() }
//!     }
//! }
//!
//! /// Kirim's word in an answer, if it was Kirim who answered and the answer is about this attempt.
//! /// `Err` names the field that is not ours.
//! fn read(answer: &Response, reference: &Reference, amount: Rupiah) -> Option<Result<String, &'static str>> {
//!     let value: Value = serde_json::from_slice(&answer.body).ok()?;
//!     let word = value.get("status")?.as_str()?.to_owned();
//!     if value.get("ref") != Some(&json!(reference.as_str())) {
//!         return Some(Err("ref"));
//!     }
//!     match value.get("amount") {
//!         Some(told) if *told != json!(amount.value()) => Some(Err("amount")),
//!         _ => Some(Ok(word)),
//!     }
//! }
//!
//! fn evidence(answer: &Response) -> Evidence {
//!     let raw = String::from_utf8_lossy(&answer.body).into_owned();
//!     Evidence { grade: Grade::TlsResponse, code: answer.status.to_string(), provider_id: None, raw }
//! }
//!
//! impl Rail for Kirim {
//!     fn id(&self) -> &RailId {
//!         &self.id
//!     }
//!
//!     // Pure: whatever the body needs, the time included, is in the order.
//!     fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
//!         let (reference, amount, to, at) = (order.reference, order.amount.value(), order.destination, order.at);
//!         Ok(format!(r#"{{"ref":"{reference}","amount":{amount},"to":"{to}","at":"{at}"}}"#))
//!     }
//!
//!     fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
//!         Box::pin(async move {
//!             // The stored bytes, once. No second try in here, whatever happens.
//!             let answer = match self.transport.post(self.request("/payments", attempt.body())).await {
//!                 Ok(answer) => answer,
//!                 Err(SendError::NotSent(_)) => {
//!                     return SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None };
//!                 }
//!                 Err(SendError::MaybeSent(_)) => {
//!                     return SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None };
//!                 }
//!             };
//!             let evidence = evidence(&answer);
//!             let unknown = |doubt| SubmitOutcome::Unknown { doubt, evidence: Some(evidence.clone()) };
//!             match (answer.status, read(&answer, attempt.reference(), attempt.amount())) {
//!                 (200, Some(Ok(word))) if word == "PAID" => SubmitOutcome::Settled(evidence),
//!                 (200, Some(Err(field))) => SubmitOutcome::Contradicted { field: field.into(), evidence },
//!                 (409, Some(Ok(word))) if word == "KNOWN" => unknown(Doubt::Duplicate),
//!                 (500..=599, _) => unknown(Doubt::ProviderError),
//!                 // Proxies, pages, words of tomorrow: in doubt, never refused.
//!                 _ => unknown(Doubt::Unreadable),
//!             }
//!         })
//!     }
//!
//!     fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
//!         Box::pin(async move {
//!             let nothing = InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None };
//!             let path = format!("/payments/{}", attempt.reference());
//!             let Ok(answer) = self.transport.get(self.request(&path, "")).await else { return nothing };
//!             match (answer.status, read(&answer, attempt.reference(), attempt.amount())) {
//!                 (200, Some(Ok(word))) if word == "PAID" => InquiryAnswer::Success(evidence(&answer)),
//!                 (200, Some(Err(field))) => {
//!                     InquiryAnswer::Contradicted { field: field.into(), evidence: evidence(&answer) }
//!                 }
//!                 (404, Some(Ok(word))) if word == "NOT_FOUND" => InquiryAnswer::NotFound(evidence(&answer)),
//!                 _ => nothing,
//!             }
//!         })
//!     }
//! }
//!
//! // ---- The fake: the provider on its good days ----
//! struct Fake {
//!     server: FakeServer,
//!     booked: Arc<Mutex<Vec<Booking>>>,
//! }
//!
//! fn answer(booked: &mut Vec<Booking>, request: &Seen) -> Answer {
//!     let say = |status: u16, body: Value| Answer::status(status).saying(body.to_string());
//!     let line = request.request_line();
//!     let reference_in = |path: &str| path.split(['/', ' ']).nth(3).unwrap_or_default().to_owned();
//!     if line.starts_with("GET ") {
//!         let reference = reference_in(&line);
//!         return match booked.iter().find(|booking| booking.reference == reference) {
//!             Some(one) => say(200, json!({"status": "PAID", "ref": reference, "amount": one.amount.value()})),
//!             None => say(404, json!({"status": "NOT_FOUND", "ref": reference})),
//!         };
//!     }
//!     let order: Value = serde_json::from_slice(request.body()).unwrap();
//!     let reference = order["ref"].as_str().unwrap().to_owned();
//!     if booked.iter().any(|booking| booking.reference == reference) {
//!         return say(409, json!({"status": "KNOWN", "ref": reference}));
//!     }
//!     let amount = Rupiah::new(order["amount"].as_u64().unwrap()).unwrap();
//!     let (institution, account) = order["to"].as_str().unwrap().rsplit_once(':').unwrap();
//!     let (institution, account) = (institution.to_owned(), account.to_owned());
//!     booked.push(Booking { reference: reference.clone(), amount, account, institution });
//!     say(200, json!({"status": "PAID", "ref": reference, "amount": amount.value()}))
//! }
//!
//! // ---- What the kit needs to know ----
//! struct Mine;
//!
//! impl RailUnderTest for Mine {
//!     type Provider = Fake;
//!     type Rail = Kirim;
//!
//!     fn name(&self) -> String {
//!         "Kirim".into()
//!     }
//!     async fn provider(&self) -> Result<Fake, String> {
//!         let booked: Arc<Mutex<Vec<Booking>>> = Arc::default();
//!         let book = Arc::clone(&booked);
//!         let server = FakeServer::answering(move |request| answer(&mut book.lock().unwrap(), request)).await;
//!         Ok(Fake { server: server.map_err(|error| error.to_string())?, booked })
//!     }
//!     fn base_url(&self, fake: &Fake) -> String {
//!         fake.server.url().into()
//!     }
//!     // A rail that stamps or signs with a time takes it from the clock.
//!     fn rail(&self, _: &Fake, base_url: &str, _: Clock) -> Result<Kirim, String> {
//!         Kirim::new(base_url, "kirim-test-key")
//!     }
//!     async fn bookings(&self, fake: &Fake) -> Result<Vec<Booking>, String> {
//!         Ok(fake.booked.lock().unwrap().clone())
//!     }
//!     fn policy(&self) -> RailPolicy {
//!         RailPolicy::new("kirim".parse().unwrap(), "fingerprint", vec![Pattern::new("bank:*")])
//!     }
//!     fn destinations(&self) -> Vec<Destination> {
//!         vec!["bank:014:1234567890".parse().unwrap()]
//!     }
//!     fn secrets(&self) -> Vec<String> {
//!         vec!["kirim-test-key".into()]
//!     }
//!     // Only you know which word of an answer is the status, and which others there are.
//!     fn words(&self) -> Vec<Word> {
//!         let (said, instead) = ("\"PAID\"".into(), "\"ZZZZ\"".into());
//!         vec![Word { said, instead, means: Meaning::NeverHeard, answers_payments: true }]
//!     }
//! }
//!
//! # fn main() {
//! // In your crate: #[test] fn kirim_keeps_every_promise() {
//! let report = prove(&Mine, &Plan::default().cases(3));
//! report.assert_passed();
//! // Kirim has one status, echoes no account, asks about no account and no balance; this fake refuses nobody,
//! // has no 429 of its own and no calendar, and it calls nobody. The report names all of that as not exercised.
//! assert_eq!(report.not_exercised().len(), 26);
//! # }
//! ```
//!
//! When a property fails, its counterexample names the amount, the destination and the fault. The usual
//! reasons, by the property that shows them:
//!
//! | it failed | look at |
//! |---|---|
//! | `silence_pays_nobody_again` | a retry in the HTTP client or around it: the payment went out twice, or under a second reference |
//! | `a_page_of_a_proxy_is_no_refusal`, `a_429_from_nowhere_is_no_refusal` | a `match` on the HTTP status before the body is known to be the provider's; an empty 200 told as paid |
//! | `many_wages_at_once_arrive_once_each`, `many_questions_at_once_…` | one buffer, token or number (a nonce made of the time) for calls that are under way together |
//! | `a_repetition_is_told_as_paid_only_in_words_of_success` | "duplicate" told as paid: the provider may be at work on it, or have refused it |
//! | `an_answer_that_is_cut_short_says_nothing` | words that are looked for in a text, where a document should be read to its end |
//! | `an_answer_about_another_wage_ends_nothing_of_hers` | the reference is compared in a success, and in a refusal or a "not found" it is not |
//! | `a_wage_is_found_the_day_after`, `a_reference_is_known_as_long_as_claimed` | a question with today's date in it, where the provider wants that of the payment |
//! | `a_step_that_moves_no_money_may_fail` | a question that carries a prepared payment out; a preparation that failed, told as a refusal |
//! | `an_error_of_the_provider_is_no_refusal`, `a_line_that_breaks_…` | an error type that is turned into "failed" on the way up |
//! | `what_was_never_sent_is_not_found` | 404 taken for a failure; it is [`InquiryAnswer::NotFound`](upah_core::evidence::InquiryAnswer::NotFound), and proves nothing by itself |
//! | `a_failed_question_says_nothing_about_the_wage` | a question that broke, told as an answer |
//! | `the_same_bytes_again_pay_nobody_twice` | something made afresh on the way out (date, id, order of fields), or a duplicate told as a refusal |
//! | `her_wage_goes_to_her_account_at_her_own_bank` | a bank code that is a constant, a wallet that is sent as a bank, something that is remembered by the account alone |
//! | `no_letter_of_her_name_keeps_her_wage_back` | a body that is put together with `format!` |
//! | `a_wage_under_way_is_not_told_as_paid` | every 2xx told as settled; or [`first_answer`](rail::RailUnderTest::first_answer) is not stated |
//! | `a_server_error_that_reads_like_a_refusal_…`, `a_failed_question_in_the_providers_words_…` | the envelope is read, and the HTTP status beside it is not |
//! | `what_was_not_found_is_found_once_it_is_booked` | a cache of answers |
//! | `another_amount_…`, `another_reference_…`, `another_account_in_the_answer_is_no_success` | the echo is not compared with the attempt, or only its beginning, or as a float |
//! | `a_status_nobody_knows_ends_nothing`, `a_garbled_answer_ends_nothing` | a last arm `_ =>` that says failed, or says paid |
//! | `every_status_is_told_as_what_it_means` | "accepted" or "returned" in the same arm as "paid" |
//! | `behind_a_closed_door_nobody_is_refused` | a failed token request told as a refusal of the wage |
//! | `her_reference_arrives_to_its_last_character` | the provider's field is shorter than the claimed form: set `reference_form` |
//! | `after_a_restart_her_payment_is_found` | something about the attempt is kept in the rail's memory, which ends with the process |
//! | `a_redirect_is_not_followed` | the HTTP client's default; [`upah-transport`](https://docs.rs/upah-transport) follows none |
//! | `a_callback_that_nobody_signed_is_turned_away`, `a_callback_with_another_proof_…` | a check that is skipped when the header is missing, or that is in a test's configuration only |
//! | `a_callback_that_lost_a_header_…` | an arm of a `match` on two headers that forgets the check when one of them is missing |
//! | `a_callback_that_was_changed_on_the_way_…` | the proof is looked up and not computed; or, where the spaces are signed too, computed over a body that was parsed and printed again |
//! | `a_callback_that_was_spaced_on_the_way_…` | the proof is computed over raw bytes where the provider signs compact ones ([`may_be_spaced`](rail::Callback::may_be_spaced)) |
//! | `yesterdays_callback_with_a_header_of_today_…` | freshness is read off a header that the proof does not cover. Where the provider's own proof covers no time, [`window_seconds`](rail::Callback::window_seconds) is `None` |
//! | `a_callback_that_nobody_can_read_…` | an `unwrap` on a body before its proof was checked |
//! | `a_callback_reads_alike_whatever_came_before` | an adapter that remembers callbacks: repetitions are the engine's affair |
//! | `whoever_is_turned_away_learns_nothing` | "bad signature" beside "unknown reference" |
//! | `no_secret_and_no_name_is_printed` | a derived `Debug`, a key in the query string, a body or header in an error |
//!
//! # What is not proved
//!
//! * That the provider behaves as your fake does. Two readings of its manual are better than one: let
//!   somebody else write the fake.
//! * Anything below HTTP: TLS, certificates, name resolution.
//! * Power loss. A crash here is a dropped store that is opened again, or what you copy in
//!   [`store::StoreUnderTest::crash`].
//! * What becomes of a callback that is heard: it is the engine that asks about it, once. A callback of yours is made
//!   by you ([`rail::RailUnderTest::callback`]), so a misreading of the provider's manual may be on both sides.
//! * What the report calls *not exercised*. A property that passed held in the cases that were drawn; run
//!   more of them ([`Plan::cases`], [`Plan::seed`]) at night.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod memory;
mod plan;
pub mod proxy;
pub mod rail;
mod report;
pub mod store;
pub mod strategies;
mod wages;

pub use memory::MemoryStore;
pub use plan::Plan;
pub use report::{Finding, Report, Verdict};
