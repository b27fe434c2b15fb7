//! The banks behind the rails: each books a reference at most once while it remembers it, whatever it
//! says or fails to say; what it forgot it would book again.
use upah_core::cause::Cause;
use upah_core::reference::Reference;

/// What comes back from a send, before an adapter has judged it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// The connection was never made.
    Unreachable,
    /// 429 with `Retry-After`.
    SlowDown(u32),
    /// Nothing came within the time.
    Silence,
    /// A page that is not the provider's.
    ProxyPage,
    /// Bytes that cannot be read.
    Garbage,
    /// 5xx.
    ServerError,
    /// 409ss01.
    KnownAlready,
    /// 404ss18.
    KnownOtherwise,
    /// 403ss16.
    HeldBack,
    /// The provider's own envelope.
    Refused(Cause),
    /// 202.
    TakenIn,
    /// 200 with our own echo.
    Paid,
    /// 200 with an amount that is not ours.
    PaidOther,
}

/// What comes back from a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AskReply {
    /// 00.
    Paid,
    /// 01 to 03.
    Working,
    /// 04.
    Returned,
    /// 05, 06.
    Failed,
    /// 07, 404ss01.
    Unknown,
    /// No answer.
    Silence,
    /// 429.
    SlowDown(u32),
    /// Another payment's data.
    Other,
}

/// How a bank takes a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Honest,
    Unreachable,
    SlowDown(u32),
    LostRequest,
    ProxyPage,
    LostAnswer { hidden: i64 },
    LateRequest { delay: i64 },
    Hidden { hidden: i64 },
    Refuses { cause: Cause, unseen: bool },
    WrongEcho { books: bool },
    HoldsBack { millis: i64, pays: bool },
    ClaimsToKnow,
    ServerError { books: bool, hidden: i64 },
    Garbage { books: bool, hidden: i64 },
    Accepts { millis: i64, pays: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Working { until: i64, pays: bool },
    Paid,
    Failed,
    Returned,
}

/// One line of a bank's book.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) rail: u8,
    pub(crate) reference: Reference,
    body: u64,
    pub(crate) status: Status,
    pub(crate) first_seen: i64,
    pub(crate) visible_from: i64,
    /// Which of our stores had sent it.
    pub(crate) lineage: u16,
    /// When the worker's account was credited, if it was.
    pub(crate) credited_at: Option<i64>,
}

/// A request as it reaches the bank.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    pub(crate) rail: u8,
    pub(crate) reference: &'a Reference,
    pub(crate) body: u64,
    pub(crate) lineage: u16,
    pub(crate) now: i64,
}

/// What the banks hold about one wage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    pub(crate) entries: Vec<Entry>,
    /// Entries that were credited since they were last looked at.
    pub(crate) fresh: Vec<usize>,
}

/// Constant habits of a rail's bank.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Habits {
    pub(crate) memory: i64,
    /// Whether questions are answered about what idempotency has forgotten.
    pub(crate) inquiry_remembers: bool,
    /// Whether a repeat of what was paid is answered by 409 instead of the first answer.
    pub(crate) repeats_are_duplicates: bool,
}

impl Account {
    /// Takes a submission.
    pub(crate) fn submit(&mut self, request: Request<'_>, habits: Habits, mood: Mood) -> Reply {
        self.tick(request.now);
        match mood {
            Mood::Unreachable => return Reply::Unreachable,
            Mood::SlowDown(seconds) => return Reply::SlowDown(seconds),
            Mood::LostRequest => return Reply::Silence,
            Mood::ProxyPage => return Reply::ProxyPage,
            Mood::Refuses { cause, unseen: true } => return Reply::Refused(cause),
            _ => {}
        }
        match self.known(request.rail, request.reference, request.now, habits.memory) {
            Some(entry) => repeat(entry, request.body, habits, mood),
            None => self.first_time(request, mood),
        }
    }

    fn first_time(&mut self, request: Request<'_>, mood: Mood) -> Reply {
        let now = request.now;
        match mood {
            Mood::Honest => {
                self.enter(request, now, Status::Paid);
                Reply::Paid
            }
            Mood::Hidden { hidden } => {
                self.enter(request, now + hidden, Status::Paid);
                Reply::Silence
            }
            Mood::LostAnswer { hidden } => {
                self.enter(request, now + hidden, Status::Paid);
                Reply::Silence
            }
            Mood::LateRequest { delay } => {
                self.enter(request, now + delay, Status::Working { until: now + delay, pays: true });
                Reply::Silence
            }
            Mood::Accepts { millis, pays } => {
                self.enter(request, now, Status::Working { until: now + millis, pays });
                Reply::TakenIn
            }
            Mood::HoldsBack { millis, pays } => {
                self.enter(request, now, Status::Working { until: now + millis, pays });
                Reply::HeldBack
            }
            Mood::WrongEcho { books } => {
                if books {
                    self.enter(request, now, Status::Paid);
                }
                Reply::PaidOther
            }
            Mood::ServerError { books, hidden } | Mood::Garbage { books, hidden } => {
                if books {
                    self.enter(request, now + hidden, Status::Paid);
                }
                if matches!(mood, Mood::Garbage { .. }) { Reply::Garbage } else { Reply::ServerError }
            }
            Mood::ClaimsToKnow => Reply::KnownAlready,
            Mood::Refuses { cause, .. } => Reply::Refused(cause),
            Mood::Unreachable | Mood::SlowDown(_) | Mood::LostRequest | Mood::ProxyPage => Reply::Silence,
        }
    }

    /// Answers a question.
    pub(crate) fn ask(&mut self, rail: u8, reference: &Reference, now: i64, habits: Habits) -> AskReply {
        self.tick(now);
        let memory = if habits.inquiry_remembers { i64::MAX / 4 } else { habits.memory };
        let found = self.known(rail, reference, now, memory).filter(|entry| entry.visible_from <= now);
        match found.map(|entry| entry.status) {
            None => AskReply::Unknown,
            Some(Status::Paid) => AskReply::Paid,
            Some(Status::Working { .. }) => AskReply::Working,
            Some(Status::Failed) => AskReply::Failed,
            Some(Status::Returned) => AskReply::Returned,
        }
    }

    /// Lets time pass: what is due is booked or given up.
    pub(crate) fn tick(&mut self, now: i64) {
        for (index, entry) in self.entries.iter_mut().enumerate() {
            if let Status::Working { until, pays } = entry.status
                && until <= now
            {
                entry.status = if pays { Status::Paid } else { Status::Failed };
                if pays {
                    entry.credited_at = Some(until);
                    self.fresh.push(index);
                }
            }
        }
    }

    /// The worker's bank sends back what it holds. Returns whether it held anything.
    pub(crate) fn send_back(&mut self, now: i64) -> bool {
        self.tick(now);
        let mut any = false;
        for entry in self.entries.iter_mut().filter(|entry| entry.status == Status::Paid) {
            entry.status = Status::Returned;
            any = true;
        }
        any
    }

    /// Whether a reference stands in the book and is forgotten.
    pub(crate) fn forgot(&self, rail: u8, reference: &Reference, now: i64, memory: i64) -> bool {
        let mut same = self.entries.iter().filter(|entry| entry.rail == rail && entry.reference == *reference);
        same.next().is_some() && self.known(rail, reference, now, memory).is_none()
    }

    /// Whether the worker has the money, or will.
    pub(crate) fn is_paid_or_will_be(&self) -> bool {
        let holds = |entry: &Entry| matches!(entry.status, Status::Paid | Status::Working { pays: true, .. });
        self.entries.iter().any(holds)
    }

    fn enter(&mut self, request: Request<'_>, visible_from: i64, status: Status) {
        let credited_at = (status == Status::Paid).then_some(request.now);
        if credited_at.is_some() {
            self.fresh.push(self.entries.len());
        }
        self.entries.push(Entry {
            rail: request.rail,
            reference: request.reference.clone(),
            body: request.body,
            status,
            first_seen: request.now,
            visible_from,
            lineage: request.lineage,
            credited_at,
        });
    }

    fn known(&self, rail: u8, reference: &Reference, now: i64, memory: i64) -> Option<&Entry> {
        let fits = |entry: &&Entry| {
            entry.rail == rail && now < entry.first_seen.saturating_add(memory) && entry.reference == *reference
        };
        self.entries.iter().rev().find(fits)
    }
}

/// A reference that is remembered is never booked again, whatever the mood.
fn repeat(entry: &Entry, body: u64, habits: Habits, mood: Mood) -> Reply {
    match mood {
        Mood::LostAnswer { .. } | Mood::LateRequest { .. } | Mood::Hidden { .. } => return Reply::Silence,
        Mood::ServerError { .. } => return Reply::ServerError,
        Mood::Garbage { .. } => return Reply::Garbage,
        _ => {}
    }
    match entry.status {
        _ if entry.body != body => Reply::KnownOtherwise,
        Status::Paid if habits.repeats_are_duplicates => Reply::KnownAlready,
        Status::Paid => Reply::Paid,
        Status::Working { .. } => Reply::TakenIn,
        Status::Failed | Status::Returned => Reply::KnownAlready,
    }
}
