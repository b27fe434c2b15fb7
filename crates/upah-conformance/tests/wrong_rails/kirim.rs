//! The adapter of Kirim: a right one, and a wrong one for each bug.
use crate::bank::hidden;
use crate::calls::Memory;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;
use std::time::Duration;
use upah_conformance::rail::Clock;
use upah_core::callback::Callbacks;
use upah_core::cause::Cause;
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::rail::{
    AccountInquiry, Balance, BalanceInquiry, BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt,
};
use upah_core::reference::Reference;
use upah_core::{Destination, RailId, Rupiah};
use upah_transport::{Request, Response, SendError, Transport, TransportConfig};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    None,
    PaysAgainOnTimeout,
    FailsA404AtOnce,
    LosesTheReference,
    RoundsTheAmount,
    FollowsARedirect,
    RegeneratesTheDate,
    TakesAProxys403ForARefusal,
    PrintsTheSecret,
    ForgetsTheStatusAfterRestart,
    CutsTheReference,
    TakesAnyAmountForOurs,
    TakesAnyReferenceForOurs,
    TakesAnUnknownStatusForFailed,
    TakesAnUnknownStatusForPaid,
    TakesA500ForARefusal,
    TakesA429PageForNotSent,
    IgnoresRetryAfter,
    TakesABrokenLineForNotSent,
    TakesALostQuestionForNotFound,
    PutsTheKeyInTheUrl,
    TakesADuplicateForARefusal,
    ClaimsALongMemory,
    TakesUnderWayForPaid,
    TakesReturnedForPaid,
    TakesAnEmpty200ForPaid,
    TakesEveryPageForARefusal,
    TrustsAnUnsignedCallback,
    LooksForAProofAndNotAtIt,
    TrustsAProofItHasSeen,
    CountsTheWhiteSpace,
    HearsAReplay,
    HearsACallbackOnce,
    ChecksTheAmountOfACallback,
    TellsWhyItTurnsAway,
    AnswersWithTheKey,
    HintsAtAnotherPayment,
    PaysEverybodyAtOneBank,
    LeavesANameUnescaped,
    TakesAQueuedWageForPaid,
    FindsWithoutWords,
    FindsAStatement,
    ReadsARefusalUnderA500,
    ReadsSlowDownUnderA500,
    TakesAnyErrorForAFailedWage,
    ReadsNotFoundUnderA503,
    TakesAnyAccountForOurs,
    RemembersNotFound,
    ComparesAmountsAsFloats,
    ComparesTheBeginningOfAReference,
    HearsAnyProofWithoutATime,
    TakesTheTimeFromOutsideTheProof,
    LeavesTheTimeUnsigned,
    PanicsAtABrokenCallback,
    PrintsACallbackAgain,
    TakesAnothersRefusalForHers,
    TakesAnothersNotFoundForHers,
    TakesADuplicateForPaid,
    ReadsAnAnswerThatIsCut,
    MixesQuestionsUp,
    AsksAboutToday,
    TakesAnotherAccountsName,
    TellsTheBalanceInSen,
    PrintsAnotherAccount,
    PrintsARefusedAccount,
    TakesAPartForAllOfIt,
    ReadsAReturnAsAnEnd,
    ConfirmsWhenAsked,
    TakesALostConfirmationForNotSent,
}

pub(crate) struct Kirim {
    id: RailId,
    url: String,
    key: String,
    transport: Transport,
    clock: Clock,
    pub(crate) bug: Bug,
    sent: Mutex<BTreeSet<Reference>>,
    not_found: Mutex<BTreeSet<Reference>>,
    last: Mutex<Option<Response>>,
    pub(crate) memory: Memory,
}

impl fmt::Debug for Kirim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Kirim");
        if self.bug == Bug::PrintsTheSecret {
            shown.field("key", &self.key);
        }
        shown.finish_non_exhaustive()
    }
}

/// What Kirim said, where it was Kirim: a JSON object with a word that it uses.
struct Said {
    word: String,
    reference: Option<String>,
    amount: Option<u64>,
    account: Option<String>,
}

/// Where the money of this body goes.
fn account_in(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    Some(body["to"].as_str()?.rsplit(':').next()?.to_owned())
}

/// Looks for members where no JSON is left.
fn scraped(text: &str) -> Value {
    let of = |name: &str| Some(text.split_once(&format!("\"{name}\":\""))?.1.split_once('"')?.0);
    let member = |name: &'static str| of(name).map(|value| (name.to_owned(), Value::from(value)));
    ["status", "ref", "account"].into_iter().filter_map(member).collect::<serde_json::Map<_, _>>().into()
}

fn read(response: &Response, bug: Bug) -> Option<Said> {
    let value: Value = match serde_json::from_slice(&response.body) {
        Err(_) if bug == Bug::ReadsAnAnswerThatIsCut => scraped(&String::from_utf8_lossy(&response.body)),
        read => read.ok()?,
    };
    let word = value.get("status").or_else(|| value.get("error"))?.as_str()?.to_owned();
    let reference = value.get("ref").map(|told| told.as_str().unwrap_or_default().to_owned());
    // What is echoed as something else than a number is not our amount.
    let amount = value.get("amount").map(|told| told.as_u64().unwrap_or_default());
    let account = value.get("account").map(|told| told.as_str().unwrap_or_default().to_owned());
    Some(Said { word, reference, amount, account })
}

/// What is to be confirmed, where Kirim only prepared the payment.
fn draft_in(answer: &Result<Response, SendError>) -> Option<String> {
    let answer = answer.as_ref().ok().filter(|answer| answer.status == 200)?;
    let value: Value = serde_json::from_slice(&answer.body).ok()?;
    value.get("draft").filter(|_| value["status"] == "DRAFT")?.as_str().map(str::to_owned)
}

fn evidence(response: &Response) -> Evidence {
    let raw = String::from_utf8_lossy(&response.body).into_owned();
    Evidence { grade: Grade::TlsResponse, code: response.status.to_string(), provider_id: None, raw }
}

impl Kirim {
    pub(crate) fn new(url: &str, key: &str, clock: Clock, bug: Bug) -> Result<Self, String> {
        let limits = TransportConfig::with_timeout(Duration::from_millis(1_000));
        let transport = Transport::new(limits).map_err(|error| error.to_string())?;
        let (id, url, key) = ("kirim".parse().unwrap(), url.to_owned(), key.to_owned());
        let (sent, not_found, memory) = (Mutex::default(), Mutex::default(), Memory::default());
        let last = Mutex::default();
        Ok(Self { id, url, key, transport, clock, bug, sent, not_found, last, memory })
    }

    fn request(&self, path: &str, body: String) -> Request {
        let mut url = format!("{}{path}", self.url);
        if self.bug == Bug::PutsTheKeyInTheUrl {
            url = format!("{url}?key={}", self.key);
        }
        let headers = vec![("authorization", self.key.clone()), ("content-type", "application/json".into())];
        Request { url, headers, body: body.into() }
    }

    /// Which field of an answer is not ours.
    fn differs(&self, said: &Said, reference: &Reference, amount: Rupiah, body: &str) -> Option<&'static str> {
        let length = if self.bug == Bug::ComparesTheBeginningOfAReference { 20 } else { reference.as_str().len() };
        let other_reference = said.reference.as_ref().is_some_and(|told| {
            told.len() != reference.as_str().len() || told.get(..length) != reference.as_str().get(..length)
        });
        if other_reference
            && !matches!(self.bug, Bug::TakesAnyReferenceForOurs | Bug::CutsTheReference | Bug::LosesTheReference)
        {
            return Some("reference");
        }
        let other_amount = said.amount.is_some_and(|told| match self.bug {
            Bug::ComparesAmountsAsFloats => told as f32 != amount.value() as f32,
            _ => told != amount.value(),
        });
        if other_amount && !matches!(self.bug, Bug::TakesAnyAmountForOurs | Bug::RoundsTheAmount) {
            return Some("amount");
        }
        let ours = account_in(body);
        let other_account = said.account.as_ref().is_some_and(|told| Some(told) != ours.as_ref());
        (other_account && self.bug != Bug::TakesAnyAccountForOurs).then_some("account")
    }

    async fn send(&self, attempt: &DurableAttempt) -> SubmitOutcome {
        self.sent.lock().unwrap().insert(attempt.reference().clone());
        let mut body = attempt.body().to_owned();
        match self.bug {
            Bug::RegeneratesTheDate => {
                body = format!("{},\"at\":\"{}\"}}", body.split(",\"at\"").next().unwrap(), self.clock.now());
            }
            Bug::LosesTheReference => {
                body = body.replace(attempt.reference().as_str(), &self.clock.now_unix_millis().to_string())
            }
            _ => {}
        }
        let mut answer = self.transport.post(self.request("/payments", body.clone())).await;
        if let Some(draft) = draft_in(&answer) {
            answer = self.transport.post(self.request("/confirm", draft)).await;
            if self.bug == Bug::TakesALostConfirmationForNotSent && answer.is_err() {
                return SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None };
            }
        }
        if self.bug == Bug::PaysAgainOnTimeout && matches!(answer, Err(SendError::MaybeSent(_))) {
            answer = self.transport.post(self.request("/payments", body.clone())).await;
        }
        if self.bug == Bug::FollowsARedirect && matches!(&answer, Ok(response) if response.status / 100 == 3) {
            // The transport does not even tell where to, so the wrong adapter asks once more by hand.
            return self.follow(&body).await;
        }
        match answer {
            Err(SendError::NotSent(_)) => {
                SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None }
            }
            Err(SendError::MaybeSent(_)) if self.bug == Bug::TakesABrokenLineForNotSent => {
                SubmitOutcome::NotSent { cause: Cause::RailUnreachable, retry_after_seconds: None }
            }
            Err(SendError::MaybeSent(_)) => SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None },
            Ok(response) => self.judge(&response, attempt),
        }
    }

    /// A client that follows redirects, in miniature.
    async fn follow(&self, body: &str) -> SubmitOutcome {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let host = self.url.strip_prefix("http://").unwrap();
        let mut line = tokio::net::TcpStream::connect(host).await.unwrap();
        let head =
            format!("POST /payments HTTP/1.1\r\nauthorization: {}\r\ncontent-length: {}\r\n\r\n", self.key, body.len());
        line.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut answer = vec![0; 4096];
        let count = line.read(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..count]).into_owned();
        let elsewhere =
            answer.split("location: http://").nth(1).and_then(|rest| rest.split('/').next()).map(str::to_owned);
        let _ = tokio::net::TcpStream::connect(elsewhere.unwrap()).await;
        SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None }
    }

    fn judge(&self, response: &Response, attempt: &DurableAttempt) -> SubmitOutcome {
        let evidence = evidence(response);
        let refused = |cause| SubmitOutcome::Refused(Refusal { cause, evidence: evidence.clone() });
        let unknown = |doubt| SubmitOutcome::Unknown { doubt, evidence: Some(evidence.clone()) };
        match (self.bug, response.status) {
            (Bug::TakesAProxys403ForARefusal, 403) => return refused(Cause::FeatureNotAllowed),
            (Bug::TakesA500ForARefusal, 500) => return refused(Cause::OtherRefusal),
            (Bug::TakesA429PageForNotSent, 429) => {
                let retry_after_seconds =
                    response.retry_after_seconds().and_then(|seconds| u32::try_from(seconds).ok());
                return SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds };
            }
            _ => {}
        }
        let Some(said) = read(response, self.bug) else {
            match self.bug {
                Bug::TakesAnEmpty200ForPaid if response.status == 200 => return SubmitOutcome::Settled(evidence),
                Bug::TakesEveryPageForARefusal if response.status >= 400 => return refused(Cause::OtherRefusal),
                _ => {}
            }
            return unknown(if response.status >= 500 { Doubt::ProviderError } else { Doubt::Unreadable });
        };
        let differs = self.differs(&said, attempt.reference(), attempt.amount(), attempt.body());
        match (response.status, said.word.as_str(), differs) {
            (200, "PAID", Some("account")) if self.bug == Bug::PrintsAnotherAccount => {
                SubmitOutcome::Contradicted { field: format!("account {}", said.account.unwrap()), evidence }
            }
            (200, "PAID", Some(field)) => SubmitOutcome::Contradicted { field: field.into(), evidence },
            (200, "PAID", None) => SubmitOutcome::Settled(evidence),
            (200, "WORKING", None) if matches!(self.bug, Bug::TakesUnderWayForPaid | Bug::TakesAQueuedWageForPaid) => {
                SubmitOutcome::Settled(evidence)
            }
            (200, "WORKING", None) => SubmitOutcome::Accepted(evidence),
            (200, "FAILED", None) => refused(Cause::TransferFailed),
            (409, "DUPLICATE", _) if self.bug == Bug::TakesADuplicateForARefusal => refused(Cause::OtherRefusal),
            (409, "DUPLICATE", _) if self.bug == Bug::TakesADuplicateForPaid => SubmitOutcome::Settled(evidence),
            (409, "DUPLICATE", _) => unknown(Doubt::Duplicate),
            (409, "DIFFERENT", _) => unknown(Doubt::Inconsistent),
            (422, "NO_SUCH_ACCOUNT", _) if self.bug == Bug::TakesAnothersRefusalForHers => {
                refused(Cause::InvalidAccount)
            }
            (422, "NO_SUCH_ACCOUNT", None) if self.bug == Bug::PrintsARefusedAccount => {
                let code = format!("no account {}", account_in(attempt.body()).unwrap());
                SubmitOutcome::Refused(Refusal {
                    cause: Cause::InvalidAccount,
                    evidence: Evidence { code, ..evidence },
                })
            }
            (422, "NO_SUCH_ACCOUNT", None) => refused(Cause::InvalidAccount),
            (500.., "NO_SUCH_ACCOUNT", None) if self.bug == Bug::ReadsARefusalUnderA500 => {
                refused(Cause::InvalidAccount)
            }
            (500.., "SLOW_DOWN", _) if self.bug == Bug::ReadsSlowDownUnderA500 => {
                SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds: None }
            }
            (429, "SLOW_DOWN", _) => {
                let told = response.retry_after_seconds().and_then(|seconds| u32::try_from(seconds).ok());
                let retry_after_seconds = told.filter(|_| self.bug != Bug::IgnoresRetryAfter);
                SubmitOutcome::NotSent { cause: Cause::TooManyRequests, retry_after_seconds }
            }
            (200, _, _) if self.bug == Bug::TakesAnUnknownStatusForFailed => refused(Cause::TransferFailed),
            (200, _, None) if self.bug == Bug::TakesAnUnknownStatusForPaid => SubmitOutcome::Settled(evidence),
            _ => unknown(Doubt::Unreadable),
        }
    }

    async fn ask(&self, attempt: &StoredAttempt) -> InquiryAnswer {
        let nothing = InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None };
        let none = Evidence { grade: Grade::TlsResponse, code: String::new(), provider_id: None, raw: "none".into() };
        if self.bug == Bug::ForgetsTheStatusAfterRestart && !self.sent.lock().unwrap().contains(attempt.reference()) {
            return InquiryAnswer::NotFound(none);
        }
        if self.not_found.lock().unwrap().contains(attempt.reference()) {
            return InquiryAnswer::NotFound(none);
        }
        if self.bug == Bug::AsksAboutToday && !attempt.body().contains(&self.clock.now().day()) {
            return InquiryAnswer::NotFound(none);
        }
        if self.bug == Bug::ConfirmsWhenAsked {
            let draft = hidden(attempt.reference().as_str());
            let _ = self.transport.post(self.request("/confirm", draft)).await;
        }
        let path = format!("/payments/{}", attempt.reference());
        let Ok(response) = self.transport.get(self.request(&path, String::new())).await else {
            return if self.bug == Bug::TakesALostQuestionForNotFound {
                InquiryAnswer::NotFound(none)
            } else {
                nothing
            };
        };
        if self.bug == Bug::FailsA404AtOnce && response.status == 404 {
            return InquiryAnswer::Failed(Refusal { cause: Cause::TransferFailed, evidence: evidence(&response) });
        }
        let response = if self.bug == Bug::MixesQuestionsUp { self.mixed_up(response).await } else { response };
        let Some(said) = read(&response, self.bug) else { return nothing };
        let differs = self.differs(&said, attempt.reference(), attempt.amount(), attempt.body());
        match (response.status, said.word.as_str(), differs) {
            (200, "PAID", None) if self.bug == Bug::FindsWithoutWords => {
                InquiryAnswer::Success(Evidence { raw: String::new(), ..evidence(&response) })
            }
            (200, "PAID", None) if self.bug == Bug::FindsAStatement => {
                InquiryAnswer::Success(Evidence { grade: Grade::Statement, ..evidence(&response) })
            }
            (200, "PAID", None) => InquiryAnswer::Success(evidence(&response)),
            (200, "WORKING", None) => InquiryAnswer::InProgress(evidence(&response)),
            (200, "RETURNED", None) if self.bug == Bug::TakesReturnedForPaid => {
                InquiryAnswer::Success(evidence(&response))
            }
            (200, "RETURNED", Some("amount")) => {
                let amount = said.amount.filter(|_| self.bug != Bug::TakesAPartForAllOfIt);
                let amount = amount.and_then(|part| Rupiah::new(part).ok());
                InquiryAnswer::Refunded { amount, evidence: evidence(&response) }
            }
            (200, "RETURNED", None) => InquiryAnswer::Refunded { amount: None, evidence: evidence(&response) },
            (200, "FAILED", None) => {
                InquiryAnswer::Failed(Refusal { cause: Cause::TransferFailed, evidence: evidence(&response) })
            }
            (200, "PAID", Some(field)) => {
                InquiryAnswer::Contradicted { field: field.into(), evidence: evidence(&response) }
            }
            (404, "NOT_FOUND", _) if self.bug == Bug::TakesAnothersNotFoundForHers => {
                InquiryAnswer::NotFound(evidence(&response))
            }
            (404, "NOT_FOUND", None) if self.bug == Bug::RemembersNotFound => {
                self.not_found.lock().unwrap().insert(attempt.reference().clone());
                InquiryAnswer::NotFound(evidence(&response))
            }
            (503, "NOT_FOUND", None) if self.bug == Bug::ReadsNotFoundUnderA503 => {
                InquiryAnswer::NotFound(evidence(&response))
            }
            (404, "NOT_FOUND", None) => InquiryAnswer::NotFound(evidence(&response)),
            (400.., _, _) if self.bug == Bug::TakesAnyErrorForAFailedWage => {
                InquiryAnswer::Failed(Refusal { cause: Cause::OtherRefusal, evidence: evidence(&response) })
            }
            (200, _, _) if self.bug == Bug::TakesAnUnknownStatusForFailed => {
                InquiryAnswer::Failed(Refusal { cause: Cause::TransferFailed, evidence: evidence(&response) })
            }
            (200, _, None) if self.bug == Bug::TakesAnUnknownStatusForPaid => {
                InquiryAnswer::Success(evidence(&response))
            }
            _ => nothing,
        }
    }
}

impl Kirim {
    /// One place for the answers of all questions.
    async fn mixed_up(&self, response: Response) -> Response {
        *self.last.lock().unwrap() = Some(response);
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.last.lock().unwrap().clone().unwrap()
    }

    async fn look_up(&self, destination: &Destination) -> Inspection {
        let nothing = Inspection::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None };
        let path = format!("/accounts/{destination}");
        let Ok(response) = self.transport.get(self.request(&path, String::new())).await else { return nothing };
        let told: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let (account, name) = (told["account"].as_str(), told["name"].as_str());
        let is_hers = account.is_some_and(|account| destination.to_string().ends_with(&format!(":{account}")));
        match name.filter(|_| response.status == 200 && told["status"] == "OPEN") {
            Some(name) if is_hers || self.bug == Bug::TakesAnotherAccountsName => {
                Inspection::Found { name: name.into(), session: None }
            }
            _ => nothing,
        }
    }

    async fn look_at_the_balance(&self) -> Balance {
        let Ok(response) = self.transport.get(self.request("/balance", String::new())).await else {
            return Balance::Unavailable(Cause::RailUnreachable);
        };
        let told: Value = serde_json::from_slice(&response.body).unwrap_or_default();
        let balance = told["balance"].as_u64().filter(|_| response.status == 200);
        let balance = balance.map(|rupiah| if self.bug == Bug::TellsTheBalanceInSen { rupiah / 100 } else { rupiah });
        balance.and_then(|rupiah| Rupiah::new(rupiah).ok()).map_or(Balance::NotTold, Balance::Available)
    }
}

impl AccountInquiry for Kirim {
    fn inspect<'a>(&'a self, destination: &'a Destination, _: Rupiah) -> BoxFuture<'a, Inspection> {
        Box::pin(self.look_up(destination))
    }
}

impl BalanceInquiry for Kirim {
    fn available(&self) -> BoxFuture<'_, Balance> {
        Box::pin(self.look_at_the_balance())
    }
}

impl Rail for Kirim {
    fn id(&self) -> &RailId {
        &self.id
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        let mut amount = order.amount.value();
        let mut reference = order.reference.as_str();
        match self.bug {
            Bug::RoundsTheAmount => amount = (amount / 1_000 * 1_000).max(1),
            Bug::CutsTheReference => reference = &reference[..20],
            _ => {}
        }
        let (mut to, at, mut name) = (order.destination.to_string(), order.at, json!(order.name.as_str()).to_string());
        match self.bug {
            Bug::PaysEverybodyAtOneBank => to = format!("bank:008:{}", to.rsplit(':').next().unwrap()),
            Bug::LeavesANameUnescaped => name = format!("\"{}\"", order.name),
            _ => {}
        }
        Ok(format!(r#"{{"ref":"{reference}","amount":{amount},"to":"{to}","name":{name},"at":"{at}"}}"#))
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(self.send(attempt))
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(self.ask(attempt))
    }

    fn account_inquiry(&self) -> Option<&dyn AccountInquiry> {
        Some(self)
    }

    fn balance(&self) -> Option<&dyn BalanceInquiry> {
        Some(self)
    }

    fn callbacks(&self) -> Option<&dyn Callbacks> {
        Some(self)
    }
}
