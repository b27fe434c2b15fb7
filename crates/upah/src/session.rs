//! One payment, worked on until it rests or has to wait: the planner's commands, executed.
//!
//! What may be sent, asked or given up is decided by [`upah_core::planner`]; this file keeps the order
//! *durable, then send, then durable again*. What it decides by itself is never to send: in a store that
//! went back a send becomes a question, and what cannot be composed or filed goes to people.
use crate::committer::Committer;
use crate::environment::SessionEnvironment;
use crate::error::Error;
use crate::journal::Working;
use crate::lane::Lane;
use crate::tenure::Tenure;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::SemaphorePermit;
use upah_core::cause::Cause;
use upah_core::event::{Attempted, Fact};
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::gate::Passage;
use upah_core::obligation::Pepper;
use upah_core::planner::{self, Clock, Command, Probe};
use upah_core::policy::Policy;
use upah_core::rail::{DurableAttempt, Order, StoredAttempt};
use upah_core::reference::Reference;
use upah_core::run::{RunId, obligation_of};
use upah_core::state::PaymentState;
use upah_core::store::{Store, StoreError};
use upah_core::{Payment, RailId, Timestamp};

/// How often a wage looks again whether a rail that does not answer has answered a question.
const TRIPPED_PAUSE_SECONDS: u64 = 5;

/// How often each of several questions before a send is asked until it is answered.
const ASKED_MAX: u32 = 4;

/// A place among the attempts that are durable and not yet on their way.
type Ahead<'a> = Option<SemaphorePermit<'a>>;

/// Everything a payment's work needs, shared by all that are worked on at once.
pub(crate) struct Session {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) committer: Committer,
    pub(crate) env: SessionEnvironment,
    pub(crate) pepper: Pepper,
    pub(crate) policy: Policy,
    pub(crate) lanes: HashMap<RailId, Arc<Lane>>,
    pub(crate) approvals: RwLock<HashMap<RunId, u64>>,
    pub(crate) tenure: Arc<Tenure>,
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) is_sandbox: bool,
    /// The store is behind its head: what looks unsent may have been sent (safety rule 19).
    pub(crate) distrusts_ready: bool,
}

/// What a host may watch while payments are driven.
#[derive(Debug, Default)]
pub struct Progress {
    pub(crate) rested: AtomicU64,
    pub(crate) settled: AtomicU64,
    pub(crate) http_micros: AtomicU64,
}

impl Progress {
    /// Payments that came to rest in this session.
    pub fn rested(&self) -> u64 {
        self.rested.load(Ordering::Relaxed)
    }

    /// Payments that settled in this session.
    pub fn settled(&self) -> u64 {
        self.settled.load(Ordering::Relaxed)
    }

    /// Microseconds that payments waited for providers, summed over payments.
    pub fn http_micros(&self) -> u64 {
        self.http_micros.load(Ordering::Relaxed)
    }
}

/// Why work on a payment ended for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rest {
    /// Final, or waiting for people.
    Done,
    /// To be looked at again at this time.
    Until(Timestamp),
    /// The rail is parked; the payment stays `Ready`.
    Parked,
    /// The host asked to stop, or the lease has lapsed.
    Stopped,
}

/// Whether a send may leave.
enum Leave<'a> {
    /// At once, from this place.
    Now(Ahead<'a>),
    /// The rail does not take it now, or a question failed.
    NotYet(Rest),
    /// What was asked forbids it: people have to look.
    Never,
}

impl Session {
    pub(crate) fn clock(&self) -> Clock {
        self.env.clock()
    }

    pub(crate) fn approved_at(&self, run: &RunId) -> Option<u64> {
        self.approvals.read().unwrap_or_else(PoisonError::into_inner).get(run).copied()
    }

    /// Learns which runs have been approved by others meanwhile.
    pub(crate) async fn learn_approvals(&self) -> Result<(), Error> {
        let proved = crate::audit::proved_approvals(&*self.store, self.is_sandbox).await?;
        *self.approvals.write().unwrap_or_else(PoisonError::into_inner) = proved;
        Ok(())
    }

    /// Whether the host asked to stop.
    pub(crate) fn asked_to_stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether nothing new may begin: the host asked to stop, or others may have what was in these hands.
    pub(crate) fn stopping(&self) -> bool {
        self.asked_to_stop() || !self.tenure.is_live()
    }

    /// Works on one payment until it rests. `watching` also asks about settled ones (returns).
    pub(crate) async fn work(&self, mut working: Working, watching: bool) -> Result<Rest, Error> {
        if watching {
            let command = planner::watch(&working.payment, &self.policy, self.clock());
            if let Command::Inquire { rail, number } = command {
                self.inquire(&mut working, &rail, number).await?;
            }
            if !working.payment.state.is_open() {
                return Ok(Rest::Done);
            }
            if self.tenure.is_shared() {
                // Looked at in nobody's name: what there is to do now wants a claim.
                return Ok(Rest::Until(self.env.now()));
            }
        }
        loop {
            if !self.tenure.is_live() {
                return Ok(Rest::Stopped);
            }
            let clock = working.in_hand.clock(self.clock());
            let command = match planner::lost_sight(&working.payment, &self.policy) {
                Some(fact) if self.distrusts_ready => Command::Record(vec![fact]),
                _ => planner::next(&working.payment, &self.policy, clock),
            };
            let probes = planner::probes(&working.payment, &self.policy, &command, self.distrusts_ready);
            match command {
                Command::Rest => {
                    self.save(&mut working).await?;
                    self.progress.rested.fetch_add(1, Ordering::Relaxed);
                    return Ok(Rest::Done);
                }
                Command::Wait { until } => {
                    self.save(&mut working).await?;
                    return Ok(Rest::Until(until));
                }
                Command::Record(facts) => {
                    working.append(facts, self.env.now(), self.env.host())?;
                    self.save(&mut working).await?;
                }
                Command::Inspect { rail, destination } => {
                    let lane = self.lane(&rail)?;
                    if let Some(rest) = self.wait_for_gate(&lane).await {
                        return Ok(rest);
                    }
                    let learned = self.inspect(&mut working, &lane, destination).await?;
                    if !learned {
                        self.save(&mut working).await?;
                        return Ok(self.later(&lane));
                    }
                }
                Command::Send { rail, destination, number } => {
                    let lane = self.lane(&rail)?;
                    let is_sent = !self.distrusts_ready;
                    match self.leave(&mut working, &lane, &probes, is_sent).await? {
                        Leave::Now(ahead) => self.send(&mut working, &lane, destination, number, ahead).await?,
                        Leave::NotYet(rest) => return Ok(rest),
                        Leave::Never => {}
                    }
                }
                Command::Resend { rail, number } => {
                    let lane = self.lane(&rail)?;
                    let is_sent = !self.distrusts_ready || working.payment.state != PaymentState::Ready;
                    match self.leave(&mut working, &lane, &probes, is_sent).await? {
                        Leave::Now(ahead) => self.send_again(&mut working, &lane, number, ahead).await?,
                        Leave::NotYet(rest) => return Ok(rest),
                        Leave::Never => {}
                    }
                }
                Command::Inquire { rail, number } => {
                    if self.stopping() {
                        self.save(&mut working).await?;
                        return Ok(Rest::Stopped);
                    }
                    self.inquire(&mut working, &rail, number).await?;
                }
            }
        }
    }

    fn lane(&self, rail: &RailId) -> Result<Arc<Lane>, Error> {
        self.lanes.get(rail).cloned().ok_or_else(|| Error::NotFound(format!("rail {rail}")))
    }

    /// Waits while the rail asks to be left alone; ends the work when it is parked or we stop.
    async fn wait_for_gate(&self, lane: &Lane) -> Option<Rest> {
        loop {
            if self.stopping() {
                return Some(Rest::Stopped);
            }
            let now = self.env.now();
            match lane.with_gate(|gate| gate.passage(now)) {
                Passage::Open => return None,
                Passage::Parked(_) => return Some(Rest::Parked),
                // What is on its way already is asked about in the meantime, and an answer lets this one go.
                Passage::Tripped(_) => return Some(Rest::Until(now.plus_seconds(TRIPPED_PAUSE_SECONDS))),
                Passage::NotBefore(until) => {
                    self.env.sleep_until(until.min(now.plus_seconds(1))).await;
                }
            }
        }
    }

    /// When to ask again about an account that could not be asked about.
    fn later(&self, lane: &Lane) -> Rest {
        let now = self.env.now();
        match lane.with_gate(|gate| gate.passage(now)) {
            Passage::Parked(_) => Rest::Parked,
            _ => Rest::Until(now.plus_seconds(lane.policy.inquire_interval_seconds(0))),
        }
    }

    /// Asks about the account. Returns whether anything was learned about this payment.
    async fn inspect(&self, working: &mut Working, lane: &Lane, destination: u8) -> Result<bool, Error> {
        let row = &working.payment.instruction.row;
        let found = match (lane.rail.account_inquiry(), row.destinations.get(usize::from(destination))) {
            (Some(inquiry), Some(to)) => {
                let _place = lane.place(&self.env).await;
                self.tenure.within(self.timed(inquiry.inspect(to, row.amount))).await
            }
            _ => Some(Inspection::Found { name: String::new(), session: None }),
        };
        // Cut off with the lease: that this process slept tells nothing about the rail.
        let Some(found) = found else { return Ok(false) };
        let now = self.env.now();
        lane.with_gate(|gate| match &found {
            Inspection::Found { .. } => gate.works(),
            Inspection::Refused(refusal) => gate.refused(refusal.cause),
            Inspection::Unavailable { cause, retry_after_seconds } => gate.blocked(*cause, *retry_after_seconds, now),
        });
        let unavailable = matches!(found, Inspection::Unavailable { .. });
        let facts = planner::on_inspection(&working.payment, &self.policy, lane.rail.id(), destination, found);
        let learned = !facts.is_empty() && !unavailable;
        // Not saved yet: nothing was sent, so the next commit may carry it.
        working.append(facts, now, self.env.host())?;
        Ok(learned)
    }

    async fn send(
        &self,
        working: &mut Working,
        lane: &Lane,
        destination: u8,
        number: u16,
        ahead: Ahead<'_>,
    ) -> Result<(), Error> {
        let now = self.env.now();
        let Some(made) = self.compose(&working.payment, lane, destination, number, now) else {
            return self.record(working, Fact::Parked { cause: Cause::BadRequest }).await;
        };
        let reference = made.reference.clone();
        working.append(vec![Fact::Attempted(Box::new(made))], now, self.env.host())?;
        if self.distrusts_ready {
            return self.assume_lost(working, number).await;
        }
        match self.transmit(working, lane, number, ahead).await {
            Err(Error::Store(StoreError::ReferenceTaken(taken))) if taken == reference => {
                let stored = self.store.payment(working.payment.id.clone()).await?;
                let stored = stored.ok_or_else(|| Error::NotFound(working.payment.id.to_string()))?;
                let in_hand = working.in_hand;
                *working = Working::open(&stored, &|run| self.approved_at(run))?;
                working.in_hand = in_hand;
                self.record(working, Fact::Parked { cause: Cause::ReferenceClash }).await
            }
            other => other,
        }
    }

    async fn send_again(&self, working: &mut Working, lane: &Lane, number: u16, ahead: Ahead<'_>) -> Result<(), Error> {
        working.append(vec![Fact::Resending { number }], self.env.now(), self.env.host())?;
        if self.distrusts_ready && working.payment.state == PaymentState::Sending {
            return self.assume_lost(working, number).await;
        }
        self.transmit(working, lane, number, ahead).await
    }

    /// Waits for a place and for the rail, then asks what must be asked before a send. The answers are fresh for as
    /// long as nothing else happens: whoever may leave leaves at once, and who may not asks anew the next time.
    ///
    /// In a store that went back a new attempt is not sent (see [`Session::assume_lost`]): then the rail's wish to be left
    /// alone for a moment is no reason to ask everything anew.
    async fn leave<'a>(
        &self,
        working: &mut Working,
        lane: &'a Lane,
        probes: &[Probe],
        is_sent: bool,
    ) -> Result<Leave<'a>, Error> {
        let ahead = lane.ahead.acquire().await.ok();
        if let Some(rest) = self.wait_for_gate(lane).await {
            return Ok(Leave::NotYet(rest));
        }
        if probes.is_empty() {
            return Ok(Leave::Now(ahead));
        }
        let answers = self.probe(&working.payment, probes).await?;
        let facts = planner::on_probes(probes, &answers);
        if facts.is_empty() {
            return Ok(Leave::NotYet(self.later(lane)));
        }
        let now = self.env.now();
        if is_sent && matches!(facts[..], [Fact::Probed { .. }]) {
            match lane.with_gate(|gate| gate.passage(now)) {
                _ if self.stopping() => return Ok(Leave::NotYet(Rest::Stopped)),
                Passage::Open => {}
                Passage::Parked(_) => return Ok(Leave::NotYet(Rest::Parked)),
                Passage::Tripped(_) => {
                    return Ok(Leave::NotYet(Rest::Until(now.plus_seconds(TRIPPED_PAUSE_SECONDS))));
                }
                Passage::NotBefore(until) => return Ok(Leave::NotYet(Rest::Until(until))),
            }
        }
        working.append(facts, now, self.env.host())?;
        Ok(if working.payment.state == PaymentState::NeedsAction { Leave::Never } else { Leave::Now(ahead) })
    }

    /// Asks about references under which another store may have paid, until one answer forbids to go on.
    async fn probe(&self, payment: &Payment, probes: &[Probe]) -> Result<Vec<InquiryAnswer>, Error> {
        let mut answers = Vec::with_capacity(probes.len());
        for probe in probes {
            let lane = self.lane(&probe.rail)?;
            let own = payment.attempts.get(usize::from(probe.number).wrapping_sub(1)).map(|attempt| &attempt.made);
            let own = own.filter(|own| own.rail == probe.rail && own.fingerprint == lane.policy.fingerprint);
            if own.is_none() && !lane.policy.can_be_asked {
                answers.push(InquiryAnswer::InProgress(nobody_to_ask()));
                break;
            }
            let made = match own {
                Some(own) => Some(own.clone()),
                None => self.compose(payment, &lane, probe.destination, probe.number, self.env.now()),
            };
            // What cannot be composed cannot have been sent by anybody.
            let Some(made) = made else { continue };
            let answer = self.ask_patiently(&lane, &StoredAttempt::imagined(payment, made)).await;
            let unknown = matches!(answer, InquiryAnswer::NotFound(_) | InquiryAnswer::Failed(_));
            answers.push(answer);
            if !unknown {
                break;
            }
        }
        Ok(answers)
    }

    /// In a store that went back, what looks unsent may have been sent: it is asked about first.
    async fn assume_lost(&self, working: &mut Working, number: u16) -> Result<(), Error> {
        let outcome = SubmitOutcome::Unknown { doubt: Doubt::Interrupted, evidence: None };
        self.record(working, Fact::Answered { number, outcome }).await
    }

    fn compose(
        &self,
        payment: &Payment,
        lane: &Lane,
        destination: u8,
        number: u16,
        at: Timestamp,
    ) -> Option<Attempted> {
        let row = &payment.instruction.row;
        let obligation = obligation_of(&payment.instruction.employer, row);
        let reference = Reference::derive(&obligation, number, lane.policy.reference_form);
        let seen = payment.inspected.as_ref().filter(|seen| seen.destination == destination);
        let (inquired_name, session) = match seen.map(|seen| &seen.found) {
            Some(Inspection::Found { name, session }) => {
                (Some(name.as_str()).filter(|name| !name.is_empty()), session.as_deref())
            }
            _ => (None, None),
        };
        let order = Order {
            reference: &reference,
            amount: row.amount,
            destination: row.destinations.get(usize::from(destination))?,
            name: &row.name,
            inquired_name,
            session,
            at,
        };
        let body = lane.rail.compose(&order).ok()?;
        Some(Attempted {
            number,
            reference,
            rail: lane.policy.id.clone(),
            fingerprint: lane.policy.fingerprint.clone(),
            destination,
            body,
        })
    }

    /// Durable, then send, then durable again.
    async fn transmit(&self, working: &mut Working, lane: &Lane, number: u16, ahead: Ahead<'_>) -> Result<(), Error> {
        let receipt = self.committer.commit(working.change(&self.pepper)).await?;
        let Some(attempt) = DurableAttempt::mint(&receipt, &working.payment) else {
            return Err(Error::damaged("a commit was acknowledged for another version"));
        };
        let outcome = {
            let _place = lane.place(&self.env).await;
            drop(ahead);
            self.tenure.within(self.timed(lane.rail.submit(&attempt))).await
        };
        // Cut off with the lease: whoever takes the payment over finds it being sent.
        let Some(outcome) = outcome else { return Ok(()) };
        let now = self.env.now();
        lane.with_gate(|gate| gate.observe(&outcome, now));
        let facts = planner::on_submit(&working.payment, &self.policy, number, outcome, now);
        working.append(facts, now, self.env.host())?;
        if working.payment.state == PaymentState::Settled {
            self.has_settled(lane, &working.payment, now);
        }
        self.save(working).await
    }

    /// Asks about an attempt and records what was said. Says whether the provider answered.
    pub(crate) async fn inquire(&self, working: &mut Working, rail: &RailId, number: u16) -> Result<bool, Error> {
        let lane = self.lane(rail)?;
        let Some(attempt) = DurableAttempt::stored(&working.payment, number) else {
            return Err(Error::damaged("a question about an attempt that does not exist"));
        };
        self.save(working).await?;
        let answer = self.ask(&lane, &attempt).await;
        self.learn_from_failure(&lane, working, number, &answer);
        let is_answered = !matches!(answer, InquiryAnswer::Unavailable { .. });
        let now = self.env.now();
        let before = working.payment.state;
        let facts = planner::on_inquiry(&working.payment, &self.policy, number, answer, now);
        working.append(facts, now, self.env.host())?;
        if before != PaymentState::Settled && working.payment.state == PaymentState::Settled {
            self.has_settled(&lane, &working.payment, now);
        }
        self.save(working).await?;
        Ok(is_answered)
    }

    /// A provider that takes every order and looks at the balance afterwards refuses in its answer to a question. The next
    /// wage would fail of the same, so the rail learns of it as from any refusal; not from one of an earlier session, for
    /// that may have been mended.
    fn learn_from_failure(&self, lane: &Lane, working: &Working, number: u16, answer: &InquiryAnswer) {
        let InquiryAnswer::Failed(refusal) = answer else { return };
        let began = working.in_hand.clock(self.clock()).session_start;
        let attempt = working.payment.attempts.get(usize::from(number).wrapping_sub(1));
        if attempt.is_some_and(|attempt| attempt.last_sent_at >= began) {
            lane.with_gate(|gate| gate.refused(refusal.cause));
        }
    }

    fn has_settled(&self, lane: &Lane, payment: &Payment, now: Timestamp) {
        self.progress.settled.fetch_add(1, Ordering::Relaxed);
        lane.has_paid(payment, now);
    }

    /// A question of several, asked again when nothing came back: one lost answer would make all of them be asked anew.
    async fn ask_patiently(&self, lane: &Lane, attempt: &StoredAttempt) -> InquiryAnswer {
        for _ in 1..ASKED_MAX {
            match self.ask(lane, attempt).await {
                InquiryAnswer::Unavailable { cause, .. } if cause != Cause::TooManyRequests && !self.stopping() => {}
                answer => return answer,
            }
        }
        self.ask(lane, attempt).await
    }

    /// One question, and what the rail's gate learns from it.
    async fn ask(&self, lane: &Lane, attempt: &StoredAttempt) -> InquiryAnswer {
        let answer = {
            let _place = lane.place(&self.env).await;
            self.timed(lane.rail.inquire(attempt)).await
        };
        let now = self.env.now();
        lane.with_gate(|gate| match &answer {
            InquiryAnswer::Unavailable { cause: Cause::TooManyRequests, retry_after_seconds } => {
                gate.blocked(Cause::TooManyRequests, *retry_after_seconds, now);
            }
            InquiryAnswer::Unavailable { .. } => {}
            _ => gate.works(),
        });
        answer
    }

    async fn record(&self, working: &mut Working, fact: Fact) -> Result<(), Error> {
        working.append(vec![fact], self.env.now(), self.env.host())?;
        self.save(working).await
    }

    async fn save(&self, working: &mut Working) -> Result<(), Error> {
        if working.is_dirty() {
            self.committer.commit(working.change(&self.pepper)).await?;
        }
        Ok(())
    }

    async fn timed<T>(&self, call: impl Future<Output = T>) -> T {
        let began = std::time::Instant::now();
        let answer = call.await;
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.progress.http_micros.fetch_add(micros, Ordering::Relaxed);
        answer
    }
}

/// In the place of an answer, where a store that lost something would have to ask paper.
fn nobody_to_ask() -> Evidence {
    let raw = "nobody can be asked about what stands on paper".into();
    Evidence { grade: Grade::People, code: String::new(), provider_id: None, raw }
}
