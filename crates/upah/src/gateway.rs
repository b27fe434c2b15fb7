//! What a payroll system embeds: a store, its rails, and the verbs survey, admit, approve, drive, ask, cancel.
//!
//! A gateway takes no action except when it is called, and spawns nothing but the work of
//! [`Gateway::drive`] while that call lasts.
use crate::admission::{self, Admitted, Plan, RowSource, Signatures, Survey};
use crate::book::Book;
use crate::committer::Committer;
use crate::driver::{self, DriveEnd};
use crate::environment::{Environment, SessionEnvironment, SystemEnvironment};
use crate::error::Error;
use crate::feed::Scope;
use crate::inbox::Inbox;
use crate::journal::Working;
use crate::lane::Lane;
use crate::log_key::LogKey;
use crate::pace::{CallLimits, Pace};
use crate::people::again_after_conflict;
use crate::session::{Progress, Session};
use crate::tenure::{LEASE, Tenure};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use upah_core::erasure::ErasedPayment;
use upah_core::ids::EmployerId;
use upah_core::obligation::Pepper;
use upah_core::policy::{Calendar, Policy, RailPolicy, Rule};
use upah_core::rail::Rail;
use upah_core::reference::Reference;
use upah_core::run::{PaymentId, RunId};
use upah_core::setting::Setting;
use upah_core::state::PaymentState;
use upah_core::store::{Cursor, Page, RunRow, Store, StoreError, StoredPayment, Sum};
use upah_core::{PayRow, Payment, RailId, Timestamp};
use upah_explain::LateFineChoices;

/// Whether real money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Providers to test against; everything is marked UJI COBA.
    Sandbox,
    /// Real providers.
    Live,
}

impl Mode {
    const fn name(self) -> &'static str {
        match self {
            Self::Sandbox => "in the sandbox",
            Self::Live => "with real rails",
        }
    }
}

/// Puts a gateway together.
pub struct Builder {
    store: Arc<dyn Store>,
    env: Arc<dyn Environment>,
    mode: Mode,
    log_key: Option<LogKey>,
    head: Option<PathBuf>,
    lanes: Vec<(Arc<dyn Rail>, RailPolicy, Option<u32>)>,
    accounts: Vec<(String, CallLimits)>,
    progress: Arc<Progress>,
    lease: Duration,
    rule: Rule,
    calendar: Calendar,
    late_fine: LateFineChoices,
}

/// The pace of a rail, then that of its paying account, if it has limits.
pub(crate) type Paces = (Arc<Pace>, Option<Arc<Pace>>);

/// A store, its rails and its book.
pub struct Gateway {
    store: Arc<dyn Store>,
    env: Arc<dyn Environment>,
    mode: Mode,
    pepper: Pepper,
    policy: Policy,
    lanes: Vec<(Arc<dyn Rail>, RailPolicy, Paces)>,
    book: Book,
    pub(crate) inbox: Inbox,
    progress: Arc<Progress>,
    stop: Arc<AtomicBool>,
    spent: Mutex<StoreUse>,
    lease: Duration,
    late_fine: LateFineChoices,
}

impl Builder {
    /// Adds a rail. Of those that serve a destination, take the amount and are open, the first wins, unless
    /// [`Builder::routing`] says otherwise.
    #[must_use]
    pub fn rail(mut self, rail: Arc<dyn Rail>, mut policy: RailPolicy, requests_per_second: Option<u32>) -> Self {
        policy.reaches = policy.reaches.or_else(|| rail.reaches());
        policy.can_be_asked &= rail.can_be_asked();
        self.lanes.push((rail, policy, requests_per_second));
        self
    }

    /// Limits on the calls over all rails that pay from this account, [`RailPolicy::account`]; each rail's own hold beside
    /// them.
    #[must_use]
    pub fn account(mut self, account: impl Into<String>, limits: CallLimits) -> Self {
        self.accounts.push((account.into(), limits));
        self
    }

    /// How one of several rails that fit is chosen, and on which days banks do not work. As it stands the order of the
    /// rails decides, and every day is a working day but Saturday and Sunday.
    #[must_use]
    pub fn routing(mut self, rule: Rule, calendar: Calendar) -> Self {
        (self.rule, self.calendar) = (rule, calendar);
        self
    }

    /// How the law on late wages is read where it can be read in more than one way; stories tell the choices with every
    /// estimate. As it stands, the default of [`LateFineChoices`].
    #[must_use]
    pub fn late_fine(mut self, choices: LateFineChoices) -> Self {
        self.late_fine = choices;
        self
    }

    /// The key with which the audit log is signed. Without it nothing can be signed or sent.
    #[must_use]
    pub fn log_key(mut self, key: LogKey) -> Self {
        self.log_key = Some(key);
        self
    }

    /// Where the last checkpoint lies, for whoever checks the log without its key. A key brings its own.
    #[must_use]
    pub fn head(mut self, path: PathBuf) -> Self {
        self.head = Some(path);
        self
    }

    /// Another source of time and randomness than the operating system.
    #[must_use]
    pub fn environment(mut self, env: Arc<dyn Environment>) -> Self {
        self.env = env;
        self
    }

    /// For how long a drive of this process holds payments, unless it renews its lease, which it does five times in
    /// that time. As it stands 20 s. It matters in a store that several processes drive: so long the payments of one
    /// that died wait for another, and one that was paused for longer begins anew. At least a second.
    #[must_use]
    pub fn lease(mut self, lease: Duration) -> Self {
        self.lease = lease.max(Duration::from_secs(1));
        self
    }

    /// Opens the gateway. Durable when it returns: the store's pepper and, with a key, its pin.
    ///
    /// # Errors
    /// The store was begun in the other mode or with another log key, or cannot be used.
    pub async fn build(self) -> Result<Gateway, Error> {
        if let Some(stamp) = self.store.setting(Setting::Mode).await? {
            let stamped = mode_of(&stamp)?;
            if stamped != self.mode {
                return Err(Error::WrongMode { stamped: stamped.name(), asked: self.mode.name() });
            }
        }
        let pepper = pepper(&*self.store, &*self.env).await?;
        let book = Book::open(Arc::clone(&self.store), self.log_key, self.head).await?;
        let rails = self.lanes.iter().map(|(_, policy, _)| policy.clone()).collect();
        let policy = Policy { rails, rule: self.rule, calendar: self.calendar };
        let limited = self.accounts.into_iter().map(|(account, limits)| (account, Arc::new(Pace::new(limits))));
        let accounts: HashMap<String, Arc<Pace>> = limited.collect();
        let lanes = self.lanes.into_iter().map(|(rail, policy, requests_per_second)| {
            let own = CallLimits { max_concurrency: policy.max_concurrency, requests_per_second };
            let of_account = policy.account.as_ref().and_then(|account| accounts.get(account)).cloned();
            (rail, policy, (Arc::new(Pace::new(own)), of_account))
        });
        Ok(Gateway {
            store: self.store,
            env: self.env,
            mode: self.mode,
            pepper,
            policy,
            lanes: lanes.collect(),
            book,
            inbox: Inbox::default(),
            progress: self.progress,
            stop: Arc::new(AtomicBool::new(false)),
            spent: Mutex::new(StoreUse::default()),
            lease: self.lease,
            late_fine: self.late_fine,
        })
    }
}

fn mode_of(stamp: &str) -> Result<Mode, Error> {
    match stamp {
        "sandbox" => Ok(Mode::Sandbox),
        "live" => Ok(Mode::Live),
        other => Err(Error::Damaged(format!("its stamp is {other:?}, neither sandbox nor live"))),
    }
}

async fn pepper(store: &dyn Store, env: &dyn Environment) -> Result<Pepper, Error> {
    let text = match store.setting(Setting::Pepper).await? {
        Some(text) => text,
        None => first_pepper(store, env).await?,
    };
    data_encoding::HEXLOWER
        .decode(text.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .map(Pepper)
        .ok_or_else(|| Error::damaged("the store's pepper is not 32 bytes"))
}

async fn first_pepper(store: &dyn Store, env: &dyn Environment) -> Result<String, Error> {
    if !store.runs().await?.is_empty() {
        // Another pepper would not know what was paid before. Whoever has begun the store since we looked has settled one
        // before its first run.
        return store.setting(Setting::Pepper).await?.ok_or_else(|| Error::damaged("its pepper is missing"));
    }
    let mut bytes = [0u8; 32];
    env.fill_random(&mut bytes)?;
    Ok(store.settle_setting(Setting::Pepper, data_encoding::HEXLOWER.encode(&bytes)).await?)
}

/// A page of payments.
#[derive(Clone, Debug, Default)]
pub struct PaymentsPage {
    /// In the store's order.
    pub payments: Vec<Payment>,
    /// Those of which the records were erased.
    pub erased: Vec<ErasedPayment>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

/// What was spent on the store's commits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StoreUse {
    /// Transactions.
    pub commits: u64,
    /// Microseconds in them, one after the other.
    pub micros: u64,
}

/// Asks a drive to end: what is on its way is let finish and recorded, nothing new begins.
#[derive(Clone, Debug)]
pub struct StopHandle(Arc<AtomicBool>);

impl StopHandle {
    /// Asks once; asking again changes nothing.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Gateway {
    /// Begins with a store.
    pub fn open(store: Arc<dyn Store>, mode: Mode) -> Builder {
        Builder {
            store,
            env: Arc::new(SystemEnvironment),
            mode,
            log_key: None,
            head: None,
            lanes: Vec::new(),
            accounts: Vec::new(),
            progress: Arc::new(Progress::default()),
            lease: LEASE,
            rule: Rule::default(),
            calendar: Calendar::default(),
            late_fine: LateFineChoices::default(),
        }
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    pub(crate) fn env(&self) -> &dyn Environment {
        &*self.env
    }

    pub(crate) fn rails(&self) -> impl Iterator<Item = &dyn Rail> {
        self.lanes.iter().map(|(rail, ..)| &**rail)
    }

    pub(crate) fn pepper(&self) -> &Pepper {
        &self.pepper
    }

    /// A rail with what decisions know of it.
    pub(crate) fn rail(&self, id: &RailId) -> Option<(&dyn Rail, &RailPolicy)> {
        self.lanes.iter().find(|(_, policy, _)| policy.id == *id).map(|(rail, policy, _)| (&**rail, policy))
    }

    /// How the law on late wages is read.
    pub(crate) fn late_fine(&self) -> LateFineChoices {
        self.late_fine
    }

    /// Whether everything printed must say UJI COBA.
    pub fn is_sandbox(&self) -> bool {
        self.mode == Mode::Sandbox
    }

    /// The configured rails, as far as decisions know them.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The audit log.
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// What a drive under way has done so far.
    pub fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// A handle that ends a drive gracefully.
    pub fn stop_handle(&self) -> StopHandle {
        StopHandle(Arc::clone(&self.stop))
    }

    /// What drives have spent on the store so far.
    pub fn store_use(&self) -> StoreUse {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to look at rows. Writes nothing.
    pub fn survey(&self) -> Survey<'_> {
        Survey::new(self)
    }

    /// Admits surveyed rows, given once more, by one commit: durable when it returns, and either all
    /// of them or none. Safe to drop and to repeat. Of more than 100.000 rows a part is held at a time, and `rows` is
    /// called again for each.
    ///
    /// # Errors
    /// [`Error::Outdated`] when other rows were admitted since the survey: survey again. The rows changed since then, the
    /// clock is behind, or the store cannot take them.
    pub async fn admit(
        &self,
        plans: Vec<Plan>,
        rows: &mut RowSource<'_>,
        signatures: &Signatures,
    ) -> Result<Vec<Admitted>, Error> {
        self.check_clock().await?;
        self.stamp().await?;
        admission::admit(self, plans, rows, signatures).await
    }

    /// Typed rows in one call, for hosts without a file: surveyed, then admitted.
    ///
    /// # Errors
    /// [`Error::Rows`] names every row that cannot be admitted; then nothing was.
    pub async fn seal(
        &self,
        employer: &EmployerId,
        rows: Vec<PayRow>,
        signatures: &Signatures,
    ) -> Result<Option<Admitted>, Error> {
        again_after_conflict(|| self.seal_once(employer, &rows, signatures)).await
    }

    async fn seal_once(
        &self,
        employer: &EmployerId,
        rows: &[PayRow],
        signatures: &Signatures,
    ) -> Result<Option<Admitted>, Error> {
        let mut survey = self.survey();
        for row in rows {
            survey.add(employer, row).await?;
        }
        let plans = survey.finish(None).await?;
        let mut rows = || Box::new(rows.iter().map(|row| (employer.clone(), row.clone()))) as Box<_>;
        Ok(self.admit(plans, &mut rows, signatures).await?.into_iter().next())
    }

    async fn stamp(&self) -> Result<(), Error> {
        let name = if self.is_sandbox() { "sandbox" } else { "live" };
        let stamped = self.store.settle_setting(Setting::Mode, name.to_owned()).await?;
        if stamped == name {
            return Ok(());
        }
        Err(Error::WrongMode { stamped: mode_of(&stamped)?.name(), asked: self.mode.name() })
    }

    /// Sends what is ready, asks about what is open, until every payment rests or the wait is over.
    ///
    /// `wait_seconds` counts from the moment when nothing is left to be sent; `None` takes the rails'
    /// default. Safe to drop and to repeat: an attempt on its way is asked about by the next session.
    /// When it returns, a checkpoint over everything is signed and durable.
    ///
    /// # Errors
    /// The log key is missing, the clock is behind, or the store failed.
    pub async fn drive(
        &self,
        runs: &[RunId],
        watch_returns: bool,
        wait_seconds: Option<u64>,
    ) -> Result<DriveEnd, Error> {
        self.book.require_key()?;
        self.check_clock().await?;
        if self.book.went_back().await? {
            let asking = Arc::new(self.driving(true).await?);
            let end = driver::drive(asking, Scope::default(), 0).await?;
            let unasked =
                self.sums(None).await?.iter().any(|(state, sum)| *state == PaymentState::Ready && sum.count > 0);
            if unasked || end.stopped {
                return Ok(end);
            }
            self.book.sign_anew().await?;
        }
        let session = Arc::new(self.driving(false).await?);
        let scope = Scope { runs: runs.to_vec(), watch_returns };
        let asked = self.policy.rails.iter().filter(|rail| rail.can_be_asked);
        let default_wait = asked.map(RailPolicy::default_wait_seconds).max().unwrap_or(0);
        let end = driver::drive(Arc::clone(&session), scope, wait_seconds.unwrap_or(default_wait)).await;
        {
            let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
            spent.commits += session.committer.groups();
            spent.micros += session.committer.spent_micros();
        }
        self.book.sign().await?;
        end
    }

    /// A session under a lease of its own.
    async fn driving(&self, distrusts_ready: bool) -> Result<Session, Error> {
        let tenure = Tenure::begin(Arc::clone(&self.store), Arc::clone(&self.env), self.lease).await?;
        self.session(tenure, distrusts_ready).await
    }

    /// A session that only asks and records what it is told.
    pub(crate) async fn asking(&self) -> Result<Session, Error> {
        let tenure = Tenure::of_nothing(Arc::clone(&self.store), Arc::clone(&self.env), self.lease);
        self.session(tenure, false).await
    }

    async fn session(&self, tenure: Tenure, distrusts_ready: bool) -> Result<Session, Error> {
        let lanes: HashMap<RailId, Arc<Lane>> = self
            .lanes
            .iter()
            .map(|(rail, policy, paces)| {
                (policy.id.clone(), Arc::new(Lane::new(Arc::clone(rail), policy.clone(), paces.clone())))
            })
            .collect();
        Ok(Session {
            store: Arc::clone(&self.store),
            committer: Committer::new(Arc::clone(&self.store)),
            env: SessionEnvironment::begin(Arc::clone(&self.env)),
            pepper: self.pepper.clone(),
            policy: self.policy.clone(),
            lanes,
            approvals: RwLock::new(crate::audit::proved_approvals(&*self.store, self.is_sandbox()).await?),
            stop: Arc::clone(&self.stop),
            progress: Arc::clone(&self.progress),
            tenure: Arc::new(tenure),
            is_sandbox: self.is_sandbox(),
            distrusts_ready,
        })
    }

    /// A wall clock behind what is recorded would make every wait wrong, and every date (safety rule 20). Whatever
    /// writes asks first.
    pub(crate) async fn check_clock(&self) -> Result<(), Error> {
        let behind_millis = self.newest_time().await?.millis_since(self.env.now());
        if behind_millis > 60_000 {
            return Err(Error::ClockBehind { seconds: behind_millis / 1_000 });
        }
        Ok(())
    }

    /// The latest time among the last records, and among records ever further back: whoever wrote under a clock
    /// that was a little behind has not hidden what was written before.
    async fn newest_time(&self) -> Result<Timestamp, StoreError> {
        const LAST: u64 = 64;
        #[derive(serde::Deserialize)]
        struct At {
            at: Timestamp,
        }
        let (size, _) = self.store.log_head().await?;
        let further_back =
            (LAST.ilog2() + 1..u64::BITS).map(|doublings| 1 << doublings).take_while(|back| *back <= size);
        let places = further_back.map(|back| (size - back, 1)).chain([(size.saturating_sub(LAST), 64)]);
        let mut newest = Timestamp::default();
        for (from, limit) in places {
            let records = self.store.records(from, limit).await?;
            let texts = records.iter().filter_map(|record| record.record.as_deref());
            let times = texts.filter_map(|text| serde_json::from_str::<At>(text).ok());
            newest = times.map(|At { at }| at).fold(newest, Timestamp::max);
        }
        Ok(newest)
    }

    /// Every run, oldest first.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn runs(&self) -> Result<Vec<RunRow>, Error> {
        Ok(self.store.runs().await?)
    }

    /// One run.
    ///
    /// # Errors
    /// No such run.
    pub async fn run(&self, id: &RunId) -> Result<RunRow, Error> {
        self.store.run(id.clone()).await?.ok_or_else(|| Error::NotFound(format!("run {id}")))
    }

    /// Counts and sums by state, of one run or of all.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn sums(&self, run: Option<&RunId>) -> Result<Vec<(PaymentState, Sum)>, Error> {
        Ok(self.store.sums(run.cloned()).await?)
    }

    /// One payment by its id or by one of its references.
    ///
    /// # Errors
    /// No such payment.
    pub async fn payment(&self, name: &str) -> Result<Payment, Error> {
        let stored = self.find(name).await?;
        let approvals = self.approvals().await?;
        crate::journal::fold(&stored, &|run| approvals.get(run).copied())
    }

    pub(crate) async fn find(&self, name: &str) -> Result<StoredPayment, Error> {
        let stored = match name.parse::<PaymentId>() {
            Ok(id) => self.store.payment(id).await?,
            Err(_) => self.store.by_reference(Reference::from_stored(name)).await?,
        };
        stored.ok_or_else(|| Error::NotFound(format!("payment {name}")))
    }

    pub(crate) async fn stored(&self, id: &PaymentId) -> Result<StoredPayment, Error> {
        self.store.payment(id.clone()).await?.ok_or_else(|| Error::NotFound(format!("payment {id}")))
    }

    /// Payments of a run, or of all, folded, page by page.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn page(&self, page: Page) -> Result<PaymentsPage, Error> {
        let approvals = self.approvals().await?;
        let (stored, next) = self.store.page(page).await?;
        let mut told = PaymentsPage { next, ..PaymentsPage::default() };
        for stored in &stored {
            match crate::journal::fold(stored, &|run| approvals.get(run).copied()) {
                Ok(payment) => told.payments.push(payment),
                Err(Error::Erased(erased)) => told.erased.push(*erased),
                Err(why) => return Err(why),
            }
        }
        Ok(told)
    }

    /// To be worked on, unless it is not there or was erased.
    pub(crate) async fn working(&self, id: &PaymentId) -> Result<Option<Working>, Error> {
        match self.store.payment(id.clone()).await? {
            Some(stored) if !stored.is_erased() => self.opened(&stored).await.map(Some),
            _ => Ok(None),
        }
    }

    /// A stored payment, to be worked on. Row and approvals are two reads, between which others may have approved:
    /// what does not fit is read again before it is called damaged.
    pub(crate) async fn opened(&self, stored: &StoredPayment) -> Result<Working, Error> {
        let mut again = stored.clone();
        for _ in 0..2 {
            let approvals = self.approvals().await?;
            if let Ok(working) = Working::open(&again, &|run| approvals.get(run).copied()) {
                return Ok(working);
            }
            again = self.stored(&stored.row.id).await?;
        }
        let approvals = self.approvals().await?;
        Working::open(&again, &|run| approvals.get(run).copied())
    }

    /// At which event each run was approved.
    pub(crate) async fn approvals(&self) -> Result<HashMap<RunId, u64>, StoreError> {
        Ok(self.store.runs().await?.into_iter().filter_map(|run| Some((run.id, run.approved_seq?))).collect())
    }
}
