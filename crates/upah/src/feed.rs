//! Where the payments that are driven come from: pages of the store, read and claimed when they are needed, and those
//! that are to be looked at again.
use crate::error::Error;
use crate::journal::Working;
use crate::session::Session;
use crate::tenure::InHand;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use upah_core::Timestamp;
use upah_core::claim::{Claim, Claims, Wanted};
use upah_core::run::{PaymentId, RunId};
use upah_core::state::PaymentState;
use upah_core::store::{Cursor, Page, StoredPayment};

/// Which payments to drive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// Of these runs; empty means all.
    pub(crate) runs: Vec<RunId>,
    /// Also ask about settled payments that may have been returned.
    pub(crate) watch_returns: bool,
}

/// So many payments are read, and claimed, at once.
const PAGE: usize = 256;

/// Where payments come from: the open ones first, then the unsent ones, then those that may have been returned.
pub(crate) struct Feeds {
    pub(crate) open: Feed,
    ready: Feed,
    watched: Option<Feed>,
    /// When to look again for what was in other hands.
    again_at: Timestamp,
    /// All rails are parked, and the unsent payments stay where they are.
    takes_none: bool,
}

impl Feeds {
    pub(crate) fn new(scope: &Scope) -> Self {
        let open = [PaymentState::Sending, PaymentState::Pending, PaymentState::Unknown, PaymentState::Refused];
        let watched = [PaymentState::Settled, PaymentState::NeedsAction];
        Self {
            open: Feed::claiming(scope, &open),
            ready: Feed::claiming(scope, &[PaymentState::Ready]),
            watched: scope.watch_returns.then(|| Feed::looking(scope, &watched)),
            again_at: Timestamp::default(),
            takes_none: false,
        }
    }

    pub(crate) fn begin_again(&mut self, scope: &Scope) {
        self.open.begin_again(scope);
        self.ready.begin_again(scope);
    }

    /// Whether something that is to be done is in other hands.
    pub(crate) fn are_elsewhere(&self) -> bool {
        self.open.elsewhere || self.ready.elsewhere
    }

    /// What was in other hands when everything else was handed out is looked for once a second: its holder may have
    /// given it back, or be gone.
    pub(crate) fn look_elsewhere_again(&mut self, session: &Session, scope: &Scope) {
        let now = session.env.now();
        let is_out = self.open.is_out() && (self.ready.is_out() || self.takes_none);
        if self.are_elsewhere() && is_out && self.again_at <= now {
            self.again_at = now.plus_seconds(1);
            self.begin_again(scope);
        }
    }

    pub(crate) async fn next(&mut self, session: &Session) -> Result<Option<Next>, Error> {
        if let Some(next) = self.open.next(session).await? {
            return Ok(Some(next));
        }
        let now = session.env.now();
        let parked = session.lanes.values().filter(|lane| lane.parked(now).is_some()).count();
        self.takes_none = parked > 0 && parked == session.lanes.len();
        if !self.takes_none
            && let Some(next) = self.ready.next(session).await?
        {
            return Ok(Some(next));
        }
        // Unsent ones in other hands may wait for the same rail, as those in these hands do until the drive ends:
        // nobody waits for them.
        self.ready.elsewhere &= parked == 0;
        match &mut self.watched {
            Some(watched) => watched.next(session).await,
            None => Ok(None),
        }
    }
}

/// Payments that are looked at again at their time, most of them in these hands.
#[derive(Default)]
pub(crate) struct Due {
    at: BinaryHeap<Reverse<(Timestamp, PaymentId)>>,
    in_hand: HashMap<PaymentId, InHand>,
    /// One of them was in other hands when its time had come.
    pub(crate) elsewhere: bool,
}

impl Due {
    pub(crate) fn push(&mut self, at: Timestamp, id: PaymentId, in_hand: Option<InHand>) {
        if let Some(in_hand) = in_hand {
            self.in_hand.insert(id.clone(), in_hand);
        }
        self.at.push(Reverse((at, id)));
    }

    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.at.peek().map(|Reverse((at, _))| *at)
    }

    pub(crate) fn is_due(&self, session: &Session) -> bool {
        self.first().is_some_and(|at| at <= session.env.now())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.at.len()
    }

    pub(crate) fn forget(&mut self) {
        self.at.clear();
        self.in_hand.clear();
    }

    /// The first that is due; none when there is none, or when it is in other hands by now.
    pub(crate) async fn next(&mut self, session: &Session) -> Result<Option<Next>, Error> {
        if !self.is_due(session) {
            return Ok(None);
        }
        let Some(Reverse((_, id))) = self.at.pop() else { return Ok(None) };
        if let Some(in_hand) = self.in_hand.remove(&id).filter(|held| held.hold.fence.is_some()) {
            let stored = session.store.payment(id).await?;
            return Ok(stored.map(|stored| Next { stored, in_hand, watching: false }));
        }
        if session.tenure.is_shared() {
            // At rest it is nobody's, and shall not be taken.
            let stored = session.store.payment(id.clone()).await?;
            if stored.is_none_or(|stored| !stored.row.state.is_open()) {
                return Ok(None);
            }
        }
        let claims = claim(session, Wanted::These(vec![id])).await?;
        self.elsewhere |= claims.elsewhere;
        Ok(in_hand(session, claims.claims).pop())
    }
}

/// A cursor over pages of payments, read when they are needed. One that claims takes what it hands out into this
/// process's hands.
pub(crate) struct Feed {
    states: Vec<PaymentState>,
    runs: VecDeque<Option<RunId>>,
    after: Option<Cursor>,
    page: VecDeque<Next>,
    claims: bool,
    /// Some of what it would hand out was in other hands.
    pub(crate) elsewhere: bool,
}

pub(crate) fn runs_of(scope: &Scope) -> VecDeque<Option<RunId>> {
    if scope.runs.is_empty() { VecDeque::from([None]) } else { scope.runs.iter().cloned().map(Some).collect() }
}

impl Feed {
    pub(crate) fn claiming(scope: &Scope, states: &[PaymentState]) -> Self {
        Self { claims: true, ..Self::looking(scope, states) }
    }

    pub(crate) fn looking(scope: &Scope, states: &[PaymentState]) -> Self {
        let (states, runs) = (states.to_vec(), runs_of(scope));
        Self { states, runs, after: None, page: VecDeque::new(), claims: false, elsewhere: false }
    }

    /// Begins at the beginning: what was in other hands may be free now. What it has handed out and not given back
    /// is not handed out again.
    pub(crate) fn begin_again(&mut self, scope: &Scope) {
        (self.runs, self.after, self.elsewhere) = (runs_of(scope), None, false);
        self.page.clear();
    }

    /// Whether everything was handed out.
    pub(crate) fn is_out(&self) -> bool {
        self.page.is_empty() && self.runs.is_empty()
    }

    pub(crate) async fn next(&mut self, session: &Session) -> Result<Option<Next>, Error> {
        while self.page.is_empty() {
            let Some(run) = self.runs.front().cloned() else { return Ok(None) };
            let ask = Page { run, states: self.states.clone(), after: self.after, limit: PAGE };
            let next = if self.claims {
                let claims = claim(session, Wanted::Page(ask)).await?;
                self.elsewhere |= claims.elsewhere;
                self.page = in_hand(session, claims.claims).into();
                claims.next
            } else {
                let (page, next) = session.store.page(ask).await?;
                let look = |stored| Next { stored, in_hand: InHand::default(), watching: true };
                self.page = page.into_iter().filter(|stored| !stored.is_erased()).map(look).collect();
                next
            };
            self.after = next;
            if next.is_none() {
                self.runs.pop_front();
            }
        }
        Ok(self.page.pop_front())
    }
}

/// Claims payments; and learns of approvals that were given since the session began, when one of them rests on such.
pub(crate) async fn claim(session: &Session, wanted: Wanted) -> Result<Claims, Error> {
    let claims = session.store.claim(session.tenure.drive(), wanted).await?;
    let is_news = |claim: &Claim| session.approved_at(&claim.stored.row.instructed_by).is_none();
    if claims.claims.iter().any(is_news) {
        session.learn_approvals().await?;
    }
    Ok(claims)
}

pub(crate) fn in_hand(session: &Session, claims: Vec<Claim>) -> Vec<Next> {
    let since = session.env.now();
    let next = |Claim { stored, hold }| Next { stored, in_hand: InHand { hold, since }, watching: false };
    claims.into_iter().map(next).collect()
}

/// A payment to be worked on.
pub(crate) struct Next {
    pub(crate) stored: StoredPayment,
    pub(crate) in_hand: InHand,
    /// Only to look whether it was returned.
    pub(crate) watching: bool,
}

/// A payment as it is to be worked on. Where others approve runs, its row may tell of an approval that came after
/// this session had asked.
pub(crate) async fn open(session: &Session, stored: StoredPayment) -> Result<Working, Error> {
    let opened = Working::open(&stored, &|run| session.approved_at(run));
    if opened.is_ok() || !session.tenure.is_shared() {
        return opened;
    }
    let again = session.store.payment(stored.row.id).await?.ok_or_else(|| Error::damaged("a payment is gone"))?;
    session.learn_approvals().await?;
    Working::open(&again, &|run| session.approved_at(run))
}
