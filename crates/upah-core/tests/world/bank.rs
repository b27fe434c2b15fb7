//! A model bank. Whatever it says or fails to say, it books a reference at most once while it
//! remembers it; what it forgot it would book again. One that pays repeats books whatever comes.
use super::{WAGE, evidence, refusal, rupiah};
use std::collections::BTreeMap;
use upah_core::Cause;
use upah_core::evidence::{Doubt, InquiryAnswer, SubmitOutcome};

/// How the bank takes a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnSubmit {
    /// Books it and says so.
    Pays,
    /// Books it; the answer is lost, and for so long its inquiry does not know it.
    PaysUnheard { hidden_millis: i64 },
    /// Takes it in; books it, or gives up, after so long.
    Accepts { millis: i64, pays: bool },
    /// Turns it away. Of a reference that it has booked already, this proves nothing.
    Refuses(Cause),
    /// The request reaches the bank's door and is dropped there; no answer.
    Loses,
    /// The connection is never made, or the bank asks to slow down.
    NotReached { retry_after_seconds: Option<u32> },
    /// Answers with an echo that is not ours, having booked it or not.
    EchoesAnother { pays: bool },
    /// Holds it back for review, and books it or gives up after so long.
    HoldsBack { millis: i64, pays: bool },
    /// Claims to know the reference, whether it does or not.
    ClaimsToKnow,
    /// Only a treacherous bank: refuses with proof and books it all the same.
    RefusesAndPays(Cause),
}

/// How the bank takes a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAsk {
    /// Says what its book says.
    Truth,
    /// The question fails.
    Silent,
    /// Asks to slow down.
    Slow { retry_after_seconds: u32 },
    /// Answers about something else.
    EchoesAnother,
    /// Only a treacherous bank: says that it failed, whatever its book says.
    SaysFailed,
    /// Only a treacherous bank: says that it works on it, whatever its book says.
    SaysInProgress,
    /// Only a treacherous bank: says that it knows of nothing, whatever its book says.
    SaysNotFound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Status {
    Working { until: i64, pays: bool },
    Paid,
    Failed,
    Returned,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    status: Status,
    first_seen: i64,
    visible_from: i64,
}

#[derive(Debug, Default)]
pub struct Bank {
    book: BTreeMap<String, Entry>,
    bodies: BTreeMap<String, String>,
    /// How often the worker's account was credited.
    pub credited: u32,
    /// How often the money went back.
    pub returned: u32,
    /// A reference that comes again is paid again.
    pays_repeats: bool,
    /// When another store paid.
    pub other_store_paid_at: Option<i64>,
}

/// For how long the bank remembers a reference.
pub const MEMORY_MILLIS: i64 = 86_400_000;

impl Bank {
    pub fn new(pays_repeats: bool) -> Self {
        Self { pays_repeats, ..Self::default() }
    }

    /// Takes a submission that arrives at this time.
    pub fn submit(&mut self, reference: &str, body: &str, now: i64, mood: OnSubmit) -> SubmitOutcome {
        self.tick(now);
        if let OnSubmit::NotReached { retry_after_seconds } = mood {
            let cause = if retry_after_seconds.is_some() { Cause::TooManyRequests } else { Cause::RailUnreachable };
            return SubmitOutcome::NotSent { cause, retry_after_seconds };
        }
        let first = self.bodies.entry(reference.into()).or_insert_with(|| body.into());
        assert_eq!(first, body, "the bank saw two bodies under one reference: its idempotency would be lost");
        match self.known(reference, now).filter(|_| !self.pays_repeats) {
            Some(entry) => answer_to_a_repeat(entry.status, mood),
            None => self.first_time(reference, now, mood),
        }
    }

    fn first_time(&mut self, reference: &str, now: i64, mood: OnSubmit) -> SubmitOutcome {
        let no_answer = SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None };
        match mood {
            OnSubmit::Pays => {
                self.enter(reference, now, now, Status::Paid);
                SubmitOutcome::Settled(evidence("2001800"))
            }
            OnSubmit::PaysUnheard { hidden_millis } => {
                self.enter(reference, now, now + hidden_millis, Status::Paid);
                no_answer
            }
            OnSubmit::Accepts { millis, pays } => {
                self.enter(reference, now, now, Status::Working { until: now + millis, pays });
                SubmitOutcome::Accepted(evidence("2021800"))
            }
            OnSubmit::HoldsBack { millis, pays } => {
                self.enter(reference, now, now, Status::Working { until: now + millis, pays });
                SubmitOutcome::Unknown { doubt: Doubt::Suspended, evidence: Some(evidence("4031816")) }
            }
            OnSubmit::Refuses(cause) => SubmitOutcome::Refused(refusal(cause)),
            OnSubmit::RefusesAndPays(cause) => {
                self.enter(reference, now, now, Status::Paid);
                SubmitOutcome::Refused(refusal(cause))
            }
            OnSubmit::EchoesAnother { pays } => {
                if pays {
                    self.enter(reference, now, now, Status::Paid);
                }
                SubmitOutcome::Contradicted { field: "amount".into(), evidence: evidence("2001800") }
            }
            OnSubmit::ClaimsToKnow => SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: None },
            OnSubmit::Loses | OnSubmit::NotReached { .. } => no_answer,
        }
    }

    /// Answers a question about a reference.
    pub fn ask(&mut self, reference: &str, now: i64, mood: OnAsk) -> InquiryAnswer {
        self.tick(now);
        match mood {
            OnAsk::Silent => InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None },
            OnAsk::Slow { retry_after_seconds } => InquiryAnswer::Unavailable {
                cause: Cause::TooManyRequests,
                retry_after_seconds: Some(retry_after_seconds),
            },
            OnAsk::EchoesAnother => {
                InquiryAnswer::Contradicted { field: "amount".into(), evidence: evidence("2003600") }
            }
            OnAsk::SaysFailed => InquiryAnswer::Failed(refusal(Cause::TransferFailed)),
            OnAsk::SaysInProgress => InquiryAnswer::InProgress(evidence("2003600")),
            OnAsk::SaysNotFound => InquiryAnswer::NotFound(evidence("4043601")),
            OnAsk::Truth => match self.known(reference, now).filter(|entry| entry.visible_from <= now) {
                None => InquiryAnswer::NotFound(evidence("4043601")),
                Some(entry) => match entry.status {
                    Status::Paid => InquiryAnswer::Success(evidence("2003600")),
                    Status::Working { .. } => InquiryAnswer::InProgress(evidence("2003600")),
                    Status::Failed => InquiryAnswer::Failed(refusal(Cause::TransferFailed)),
                    Status::Returned => {
                        InquiryAnswer::Refunded { amount: Some(rupiah(WAGE)), evidence: evidence("2003600") }
                    }
                },
            },
        }
    }

    /// The worker's bank sends back what it holds.
    pub fn send_back(&mut self, now: i64) {
        self.tick(now);
        for entry in self.book.values_mut().filter(|entry| entry.status == Status::Paid) {
            entry.status = Status::Returned;
            self.returned += 1;
        }
    }

    /// Another store of the employer, with the same file, pays under the same derived reference.
    pub fn pay_for_another_store(&mut self, reference: &str, now: i64) {
        if self.other_store_paid_at.is_none() {
            self.enter(reference, now, now, Status::Paid);
            self.other_store_paid_at = Some(now);
        }
    }

    /// What its statement shows under a reference: how often the wage went out, and how often it came back.
    pub fn shows(&self, reference: &str) -> (u32, u32) {
        match self.book.get(reference).map(|entry| entry.status) {
            Some(Status::Paid) => (1, 0),
            Some(Status::Returned) => (1, 1),
            Some(Status::Working { .. } | Status::Failed) | None => (0, 0),
        }
    }

    /// What honest people find out about a reference: whether she has the money. Nothing while it is at work there, or
    /// when it came back.
    pub fn truth(&self, reference: &str) -> Option<bool> {
        match self.book.get(reference).map(|entry| entry.status) {
            Some(Status::Paid) => Some(true),
            Some(Status::Failed) | None => Some(false),
            Some(Status::Working { .. } | Status::Returned) => None,
        }
    }

    /// How many times the wage is now with the worker.
    pub fn with_the_worker(&self) -> u32 {
        self.credited - self.returned
    }

    /// Whether something is taken in and will still be paid.
    pub fn will_pay(&self) -> bool {
        self.book.values().any(|entry| matches!(entry.status, Status::Working { pays: true, .. }))
    }

    /// Lets time pass.
    pub fn tick(&mut self, now: i64) {
        for entry in self.book.values_mut() {
            if let Status::Working { until, pays } = entry.status
                && until <= now
            {
                entry.status = if pays { Status::Paid } else { Status::Failed };
                self.credited += u32::from(pays);
            }
        }
    }

    fn enter(&mut self, reference: &str, now: i64, visible_from: i64, status: Status) {
        self.credited += u32::from(status == Status::Paid);
        self.book.insert(reference.into(), Entry { status, first_seen: now, visible_from });
    }

    fn known(&self, reference: &str, now: i64) -> Option<Entry> {
        self.book.get(reference).copied().filter(|entry| now < entry.first_seen + MEMORY_MILLIS)
    }
}

/// A reference that is remembered is never booked again, whatever the mood.
fn answer_to_a_repeat(status: Status, mood: OnSubmit) -> SubmitOutcome {
    match (mood, status) {
        (OnSubmit::Refuses(cause) | OnSubmit::RefusesAndPays(cause), _) => SubmitOutcome::Refused(refusal(cause)),
        (OnSubmit::Loses | OnSubmit::PaysUnheard { .. }, _) => {
            SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None }
        }
        (OnSubmit::ClaimsToKnow, _) => SubmitOutcome::Unknown { doubt: Doubt::Inconsistent, evidence: None },
        (_, Status::Paid) => SubmitOutcome::Settled(evidence("2001800")),
        (_, Status::Working { .. }) => SubmitOutcome::Accepted(evidence("2021800")),
        (_, Status::Failed | Status::Returned) => SubmitOutcome::Unknown { doubt: Doubt::Duplicate, evidence: None },
    }
}
