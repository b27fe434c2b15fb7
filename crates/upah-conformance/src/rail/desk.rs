//! A paying office beside its provider: the fake, the proxy before it, a rail, and wages whose attempts
//! are written down.
use super::{Booking, Clock, RailUnderTest};
use crate::plan::in_time;
use crate::proxy::{Fault, FaultyProxy, Seen};
use crate::wages::{durable, employer, fixed, pay_row, with_attempt};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use upah_core::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::obligation::Obligation;
use upah_core::rail::{DurableAttempt, Order, Rail, StoredAttempt};
use upah_core::reference::Reference;
use upah_core::{Destination, PayeeName, Payment, Rupiah};

/// How long a call may take whatever the provider does, in seconds: a rail has a deadline.
const CALL_SECONDS: u64 = 20;
/// A body is sent again hours after it was made: nothing in it may be made afresh.
const BODY_AGE_SECONDS: u64 = 2_700;

/// Whom a case pays.
#[derive(Clone)]
pub(super) struct Whom {
    /// Which of the subject's destinations.
    pub(super) destination: usize,
    pub(super) amount: Rupiah,
    pub(super) name: PayeeName,
}

impl fmt::Debug for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to destination number {}", self.amount, self.destination + 1)
    }
}

/// See the module.
pub(super) struct Desk<'a, S: RailUnderTest> {
    pub(super) subject: &'a S,
    pub(super) provider: S::Provider,
    pub(super) proxy: FaultyProxy,
    pub(super) clock: Clock,
    pub(super) rail: S::Rail,
}

/// One wage with one attempt, written down.
#[derive(Clone)]
pub(super) struct Paid {
    pub(super) payment: Payment,
    pub(super) reference: Reference,
    pub(super) destination: Destination,
    pub(super) amount: Rupiah,
    pub(super) body: String,
}

impl<'a, S: RailUnderTest> Desk<'a, S> {
    pub(super) async fn open(subject: &'a S) -> Result<Self, String> {
        let provider = in_time("starting the provider", CALL_SECONDS, subject.provider()).await??;
        let proxy = FaultyProxy::in_front_of(&subject.base_url(&provider)).await.map_err(|error| error.to_string())?;
        let clock = Clock::default();
        let rail = subject.rail(&provider, proxy.base_url(), clock.clone())?;
        Ok(Self { subject, provider, proxy, clock, rail })
    }

    /// Another instance of the rail, as after a restart.
    pub(super) fn another_rail(&self) -> Result<S::Rail, String> {
        self.subject.rail(&self.provider, self.proxy.base_url(), self.clock.clone())
    }

    /// The destination of a case.
    pub(super) fn destination(&self, whom: &Whom) -> Result<Destination, String> {
        let destinations = self.subject.destinations();
        let index = whom.destination.checked_rem(destinations.len()).ok_or("the subject names no destination")?;
        Ok(destinations[index].clone())
    }

    /// The reference of the n-th wage of a case.
    pub(super) fn reference(&self, n: u16) -> Reference {
        let worker_id = fixed(&format!("W-{n}"));
        let obligation =
            Obligation { employer: employer(), period: fixed("2026-11"), worker_id, component: fixed("wage") };
        Reference::derive(&obligation, 1, self.subject.policy().reference_form)
    }

    /// The n-th wage of a case: asked about where the rail can, composed and written down.
    pub(super) async fn wage(&self, whom: &Whom, n: u16) -> Result<Paid, String> {
        let destination = self.destination(whom)?;
        self.wage_to(destination, whom, &self.reference(n)).await
    }

    pub(super) async fn wage_to(
        &self,
        destination: Destination,
        whom: &Whom,
        reference: &Reference,
    ) -> Result<Paid, String> {
        let (inquired, session) = self.asked_about(&destination, whom).await?;
        let body =
            self.compose(&self.rail, &destination, whom, reference, (inquired.as_deref(), session.as_deref()))?;
        let payment = with_attempt(pay_row(1, whom.amount, vec![destination.clone()]), reference, &body)?;
        Ok(Paid { payment, reference: reference.clone(), destination, amount: whom.amount, body })
    }

    /// What the rail's inquiry tells of a destination: the holder's name and a session, which a payment may need.
    pub(super) async fn asked_about(
        &self,
        destination: &Destination,
        whom: &Whom,
    ) -> Result<(Option<String>, Option<String>), String> {
        let Some(inquiry) = self.rail.account_inquiry() else { return Ok((None, None)) };
        match in_time("asking about an account", CALL_SECONDS, inquiry.inspect(destination, whom.amount)).await? {
            Inspection::Found { name, session } => Ok((Some(name), session)),
            Inspection::Unavailable { .. } => Ok((None, None)),
            Inspection::Refused(refusal) => {
                Err(format!("the happy provider refuses the account: {}", refusal.cause.code()))
            }
        }
    }

    pub(super) fn compose(
        &self,
        rail: &S::Rail,
        destination: &Destination,
        whom: &Whom,
        reference: &Reference,
        (inquired_name, session): (Option<&str>, Option<&str>),
    ) -> Result<String, String> {
        let order = Order {
            reference,
            amount: whom.amount,
            destination,
            name: &whom.name,
            inquired_name,
            session,
            at: upah_core::Timestamp::from_millis(self.clock.now().millis() - 1_000 * BODY_AGE_SECONDS as i64),
        };
        rail.compose(&order).map_err(|why| format!("a destination that the rail serves makes no body: {why}"))
    }

    /// Sends it once, as it lies in the store.
    pub(super) async fn submit(&self, wage: &Paid) -> Result<SubmitOutcome, String> {
        self.submit_over(&self.rail, wage).await
    }

    pub(super) async fn submit_over(&self, rail: &S::Rail, wage: &Paid) -> Result<SubmitOutcome, String> {
        let attempt = wage.durable()?;
        let before = self.sends_of(wage).len();
        let outcome = in_time("sending", CALL_SECONDS, rail.submit(&attempt)).await?;
        let step = self.subject.paying_step();
        let is_step = |sent: &&Seen| step.as_ref().is_some_and(|step| sent.holds(step));
        for sent in self.sends_of(wage).iter().skip(before).filter(|sent| !is_step(sent)) {
            if sent.body() != wage.body.as_bytes() {
                return Err("what was sent are not the stored bytes of the attempt".into());
            }
        }
        Ok(outcome)
    }

    /// Sends it once under a fault, and says how often it went out meanwhile.
    pub(super) async fn submit_under(&self, wage: &Paid, fault: Fault) -> Result<SubmitOutcome, String> {
        let payment = self.payment(wage);
        let sends = || self.proxy.seen().iter().filter(|seen| seen.holds(&payment)).count();
        let before = sends();
        self.proxy.strike(&payment, fault);
        let outcome = self.submit(wage).await;
        self.proxy.behave();
        match sends() - before {
            0 => Err(
                "nothing that was sent is the payment of the wage: it bears neither its reference nor the step that \
                      the author named"
                    .into(),
            ),
            1 => outcome,
            times => Err(format!("the payment was sent {times} times in one call")),
        }
    }

    /// What stands in the request that moves the money of a wage.
    pub(super) fn payment(&self, wage: &Paid) -> String {
        self.subject.paying_step().unwrap_or_else(|| wage.reference.to_string())
    }

    /// What stands in the requests of a question about a wage.
    pub(super) fn question(&self, wage: &Paid) -> String {
        self.subject.question().unwrap_or_else(|| wage.reference.to_string())
    }

    /// Requests that bear the reference of a wage.
    pub(super) fn sends_of(&self, wage: &Paid) -> Vec<Seen> {
        self.proxy.seen().into_iter().filter(|seen| seen.holds(wage.reference.as_str())).collect()
    }

    /// Asks about it, again while it is in progress.
    pub(super) async fn ask(&self, wage: &Paid) -> Result<InquiryAnswer, String> {
        self.ask_over(&self.rail, wage).await
    }

    pub(super) async fn ask_over(&self, rail: &S::Rail, wage: &Paid) -> Result<InquiryAnswer, String> {
        let attempt = wage.stored()?;
        let mut answer = in_time("asking", CALL_SECONDS, rail.inquire(&attempt)).await?;
        for _ in 0..10 {
            if !matches!(answer, InquiryAnswer::InProgress(_)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            answer = in_time("asking", CALL_SECONDS, rail.inquire(&attempt)).await?;
        }
        Ok(answer)
    }

    pub(super) async fn bookings(&self) -> Result<Vec<Booking>, String> {
        self.subject.bookings(&self.provider).await
    }

    /// So many payments are booked, in all.
    pub(super) async fn booked(&self, count: usize) -> Result<(), String> {
        let bookings = self.bookings().await?;
        if bookings.len() == count {
            return Ok(());
        }
        Err(format!("the provider has booked {} payments and should have booked {count}: {bookings:?}", bookings.len()))
    }

    /// The wage is booked once under its reference. How much and to whom is looked at where nothing else
    /// is, or one mistake in the body would fail every property there is.
    pub(super) async fn booked_once(&self, wage: &Paid) -> Result<(), String> {
        self.booking(wage).await.map(drop)
    }

    /// The same, with every rupiah, to the account of its destination and at its bank.
    pub(super) async fn booked_whole(&self, wage: &Paid) -> Result<(), String> {
        let booking = self.booking(wage).await?;
        if booking.amount != wage.amount {
            return Err(format!("{} was booked instead of {}", booking.amount, wage.amount));
        }
        if !same_account(&booking.account, &wage.destination) {
            return Err("another account was paid than the one of the destination".into());
        }
        if !same_institution(&booking.institution, &wage.destination) {
            let (paid, hers) = (&booking.institution, institution(&wage.destination));
            return Err(format!("her account number was paid at {paid}, and her destination is at {hers}"));
        }
        Ok(())
    }

    pub(super) async fn booking(&self, wage: &Paid) -> Result<Booking, String> {
        let bookings = self.bookings().await?;
        let mut ours = bookings.iter().filter(|booking| booking.reference == wage.reference.as_str());
        match (ours.next(), ours.count()) {
            (Some(booking), 0) => Ok(booking.clone()),
            (Some(_), more) => Err(format!("the wage was booked {} times", more + 1)),
            (None, _) => Err(format!("nothing is booked under the reference {}: {bookings:?}", wage.reference)),
        }
    }
}

/// Whether an account is that of a destination, however a provider writes phone numbers.
fn same_account(account: &str, destination: &Destination) -> bool {
    match destination {
        _ if account.is_empty() => true,
        Destination::Bank { account: ours, .. } => account == ours.as_str(),
        Destination::Ewallet { phone, .. } | Destination::BifastPhone(phone) => account.ends_with(phone.subscriber()),
        Destination::BifastEmail(email) => account == email.as_str(),
        _ => true,
    }
}

/// What stands before the account in a destination: `bank:014`, `ewallet:dana`, `bifast:phone`.
pub(super) fn institution(destination: &Destination) -> String {
    let text = destination.to_string();
    text.rsplit_once(':').map_or_else(String::new, |(institution, _)| institution.to_owned())
}

/// Whether money went where a destination is, as far as the fake can tell.
fn same_institution(told: &str, destination: &Destination) -> bool {
    let ours = institution(destination);
    told.is_empty() || told == ours || ours.strip_prefix(told).is_some_and(|rest| rest.starts_with(':'))
}

/// The characters of a destination's account that stand in an answer, however a provider writes phone numbers.
pub(super) fn account_digits(destination: &Destination) -> String {
    match destination {
        Destination::Ewallet { phone, .. } | Destination::BifastPhone(phone) => phone.subscriber().to_owned(),
        other => other.to_string().rsplit(':').next().unwrap_or_default().to_owned(),
    }
}

/// The same text with another character at its end, of the same kind.
pub(super) fn with_another_end(text: &str) -> String {
    let mut other = text.to_owned();
    let end = match other.pop() {
        Some('7') => '8',
        Some(c) if c.is_ascii_digit() => '7',
        Some('Q') => 'R',
        Some(c) if c.is_ascii_uppercase() => 'Q',
        Some('q') => 'r',
        Some(_) => 'q',
        None => return other,
    };
    other.push(end);
    other
}

/// Changes nothing, and keeps the body of the last answer.
pub(super) fn listening() -> (Fault, Arc<Mutex<Option<String>>>) {
    let said = Arc::new(Mutex::new(None));
    let note = Arc::clone(&said);
    let fault = Fault::rewritten(move |body| {
        *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(body.to_owned());
        body.to_owned()
    });
    (fault, said)
}

/// What was heard.
pub(super) fn heard(said: &Mutex<Option<String>>) -> Option<String> {
    said.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl Paid {
    pub(super) fn durable(&self) -> Result<DurableAttempt, String> {
        durable(&self.payment)
    }

    pub(super) fn stored(&self) -> Result<StoredAttempt, String> {
        DurableAttempt::stored(&self.payment, 1).ok_or_else(|| "the attempt is not in its payment".into())
    }
}

/// What came of a send, in words that show nothing of it.
pub(super) fn word(outcome: &SubmitOutcome) -> String {
    match outcome {
        SubmitOutcome::NotSent { cause, .. } => format!("NotSent ({})", cause.code()),
        SubmitOutcome::Refused(refusal) => format!("Refused ({})", refusal.cause.code()),
        SubmitOutcome::Accepted(_) => "Accepted".into(),
        SubmitOutcome::Settled(_) => "Settled".into(),
        SubmitOutcome::Contradicted { field, .. } => format!("Contradicted ({field})"),
        SubmitOutcome::Unknown { doubt, .. } => format!("Unknown ({doubt:?})"),
    }
}

/// What was answered, in words that show nothing of it.
pub(super) fn answer_word(answer: &InquiryAnswer) -> String {
    match answer {
        InquiryAnswer::Success(_) => "Success".into(),
        InquiryAnswer::InProgress(_) => "InProgress".into(),
        InquiryAnswer::Refunded { .. } => "Refunded".into(),
        InquiryAnswer::Failed(refusal) => format!("Failed ({})", refusal.cause.code()),
        InquiryAnswer::NotFound(_) => "NotFound".into(),
        InquiryAnswer::Contradicted { field, .. } => format!("Contradicted ({field})"),
        InquiryAnswer::Unavailable { cause, .. } => format!("Unavailable ({})", cause.code()),
    }
}
