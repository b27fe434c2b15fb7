//! A paying office beside its bank: the sandbox, a rail to it, and wages whose attempts are "durable".
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use upah_core::commitment::Commit;
use upah_core::event::{Attempted, Fact, Instruction, PaymentEvent};
use upah_core::evidence::{InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::obligation::ObligationKey;
use upah_core::rail::{AccountInquiry, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah_core::reference::Reference;
use upah_core::row::{PayRow, PayRowFields, Statement};
use upah_core::run::{PaymentId, RunId};
use upah_core::store::{ChangeSet, PaymentChange, PaymentRow, Receipt};
use upah_core::{Component, Destination, Payment, Rupiah, Timestamp};
use upah_sandbox::{Credentials, Credit, Sandbox, SandboxConfig, TestKeys};
use upah_snap::client::SnapEnvironment;
use upah_snap::profile::Profile;
use upah_snap::{SnapRail, SnapRailConfig};

/// Rupiah of every wage here.
pub(crate) const OURS: u64 = 600_000;

const SOURCE: &str = "888801000157508";

/// The system's clock; numbers that never repeat.
struct World(AtomicU64);

impl SnapEnvironment for World {
    fn now_unix_millis(&self) -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::try_from(now.as_millis()).unwrap()
    }
    fn random_16(&self) -> [u8; 16] {
        u128::from(self.0.fetch_add(1, Ordering::SeqCst)).to_be_bytes()
    }
}

/// A rail and the bank at its other end.
pub(crate) struct Desk {
    pub(crate) sandbox: Sandbox,
    pub(crate) rail: Arc<SnapRail>,
    world: Arc<World>,
    keys: TestKeys,
    drawn: AtomicU64,
}

/// One wage with one attempt, written down.
pub(crate) struct Wage {
    payment: Payment,
}

impl Desk {
    pub(crate) async fn open() -> Self {
        let keys = TestKeys::generate().unwrap();
        let mut config = SandboxConfig::new(Credentials::for_tests(keys.public_pem()));
        config.source_account = Some(SOURCE.to_owned());
        let sandbox = Sandbox::start(config).await.unwrap();
        let world = Arc::new(World(AtomicU64::new(0)));
        let rail = Arc::new(rail(&sandbox.base_url(), &keys, &world, |_| {}));
        Self { sandbox, rail, world, keys, drawn: AtomicU64::new(0) }
    }

    /// Another rail to the same bank.
    pub(crate) fn rail_with(&self, change: impl FnOnce(&mut SnapRailConfig)) -> SnapRail {
        rail(&self.sandbox.base_url(), &self.keys, &self.world, change)
    }

    /// A rail to a bank that has closed.
    pub(crate) async fn sandbox_that_is_gone(&self) -> SnapRail {
        let config = SandboxConfig::new(Credentials::for_tests(self.keys.public_pem()));
        let sandbox = Sandbox::start(config).await.unwrap();
        let url = sandbox.base_url();
        sandbox.stop().await;
        rail(&url, &self.keys, &self.world, |_| {})
    }

    pub(crate) fn faults(&self, plan: &str) {
        self.sandbox.set_faults(plan.parse().unwrap());
    }

    /// A body for a destination, without asking about it.
    pub(crate) fn compose(&self, destination: &str) -> Result<String, ComposeError> {
        self.body(destination, &Reference::from_stored("REF"), None, None)
    }

    /// A wage whose account was asked about and whose first attempt is durable.
    pub(crate) async fn wage(&self, destination: &str) -> Wage {
        let reference = Reference::from_stored(format!("UPAHTEST{:018}", self.drawn.fetch_add(1, Ordering::SeqCst)));
        let parsed: Destination = destination.parse().unwrap();
        let (name, session) = match self.rail.inspect(&parsed, Rupiah::new(OURS).unwrap()).await {
            Inspection::Found { name, session } => (Some(name), session),
            _ => (None, None),
        };
        let body = self.body(destination, &reference, name.as_deref(), session.as_deref()).unwrap();
        Wage { payment: payment(parsed, &reference, &body) }
    }

    pub(crate) async fn submit(&self, wage: &Wage) -> SubmitOutcome {
        self.rail.submit(&wage.durable()).await
    }

    /// The answer to an inquiry, in one word.
    pub(crate) async fn ask(&self, wage: &Wage) -> String {
        match self.rail.inquire(&wage.stored()).await {
            InquiryAnswer::Success(_) => "success".to_owned(),
            InquiryAnswer::InProgress(_) => "in_progress".to_owned(),
            InquiryAnswer::Refunded { .. } => "refunded".to_owned(),
            InquiryAnswer::Failed(refusal) => format!("failed {}", refusal.cause.code()),
            InquiryAnswer::NotFound(_) => "not_found".to_owned(),
            InquiryAnswer::Contradicted { field, .. } => format!("contradicted {field}"),
            InquiryAnswer::Unavailable { cause, .. } => format!("unavailable {}", cause.code()),
        }
    }

    pub(crate) fn credit(&self, wage: &Wage) -> Option<Credit> {
        self.sandbox.credits().unwrap().into_iter().find(|credit| credit.reference == wage.reference())
    }

    /// So many wages were credited, each once, and the bank has nothing to say against us.
    pub(crate) async fn close(self, credited: usize) {
        let credits = self.sandbox.credits().unwrap();
        let accounts: BTreeSet<_> = credits.iter().map(|credit| &credit.reference).collect();
        assert_eq!((credits.len(), accounts.len()), (credited, credited));
        assert!(credits.iter().all(|credit| credit.amount == OURS));
        assert_eq!(self.sandbox.violations(), []);
        self.sandbox.stop().await;
    }

    fn body(
        &self,
        destination: &str,
        reference: &Reference,
        inquired_name: Option<&str>,
        session: Option<&str>,
    ) -> Result<String, ComposeError> {
        self.rail.compose(&Order {
            reference,
            amount: Rupiah::new(OURS).unwrap(),
            destination: &destination.parse().unwrap(),
            name: &"Siti Contoh".parse().unwrap(),
            inquired_name,
            session,
            at: Timestamp::from_millis(i64::try_from(self.world.now_unix_millis()).unwrap()),
        })
    }
}

impl Wage {
    pub(crate) fn reference(&self) -> &str {
        self.payment.newest_attempt().unwrap().made.reference.as_str()
    }

    pub(crate) fn body(&self) -> &str {
        &self.payment.newest_attempt().unwrap().made.body
    }

    /// The same attempt with another body, as a damaged store might give it back.
    pub(crate) fn with_body(&self, body: &str) -> Self {
        let mut payment = self.payment.clone();
        body.clone_into(&mut payment.attempts[0].made.body);
        Self { payment }
    }

    pub(crate) fn durable(&self) -> DurableAttempt {
        let change = PaymentChange {
            expected_version: 1,
            fence: None,
            row: PaymentRow::of(&self.payment, ObligationKey([0; 32]), 1),
            records: Vec::new(),
            new_references: Vec::new(),
            traces: Vec::new(),
            settled_to: None,
        };
        let receipt = Receipt::after_durable_commit(&ChangeSet { payments: vec![change], runs: Vec::new() }, 2);
        DurableAttempt::mint(&receipt, &self.payment).unwrap()
    }

    pub(crate) fn stored(&self) -> StoredAttempt {
        DurableAttempt::stored(&self.payment, 1).unwrap()
    }
}

/// What came of a send, in one word.
pub(crate) fn word(outcome: &SubmitOutcome) -> String {
    match outcome {
        SubmitOutcome::NotSent { cause, .. } => format!("not_sent {}", cause.code()),
        SubmitOutcome::Refused(refusal) => format!("refused {}", refusal.cause.code()),
        SubmitOutcome::Accepted(_) => "accepted".to_owned(),
        SubmitOutcome::Settled(_) => "settled".to_owned(),
        SubmitOutcome::Contradicted { field, .. } => format!("contradicted {field}"),
        SubmitOutcome::Unknown { doubt, .. } => format!("unknown {doubt:?}"),
    }
}

fn rail(url: &str, keys: &TestKeys, world: &Arc<World>, change: impl FnOnce(&mut SnapRailConfig)) -> SnapRail {
    let known = Credentials::for_tests(keys.public_pem());
    let mut config = SnapRailConfig {
        id: "bank".parse().unwrap(),
        profile: Profile::standard(),
        base_url: url.to_owned(),
        path_prefix: "/v1.0".to_owned(),
        token_path: None,
        partner_id: known.partner_id,
        client_id: known.client_id,
        channel_id: known.channel_id,
        source_account: SOURCE.to_owned(),
        source_bank_code: Some("008".to_owned()),
        codes: [].into(),
        clearing: upah_snap::ClearingAbove::default(),
        bulk: None,
        additional_info: [].into(),
        client_secret: Some(known.client_secret),
        private_key_pem: keys.private_pem().to_owned(),
        timeout: Duration::from_millis(1500),
        max_concurrency: 8,
        origin: None,
    };
    change(&mut config);
    SnapRail::new(config, Arc::clone(world) as Arc<dyn SnapEnvironment>).unwrap()
}

fn payment(destination: Destination, reference: &Reference, body: &str) -> Payment {
    let amount = Rupiah::new(OURS).unwrap();
    let row = PayRow::new(PayRowFields {
        row: 1,
        employer: None,
        worker_id: "W-1".parse().unwrap(),
        name: "Siti Contoh".parse().unwrap(),
        destinations: vec![destination],
        period: "2026-11".parse().unwrap(),
        amount,
        component: Component::default(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole(Component::default(), amount),
    })
    .unwrap();
    let run = RunId::from_random([7; 8]);
    let id = PaymentId { run: run.clone(), n: 1 };
    let event =
        |n, fact| PaymentEvent { at: Timestamp::from_millis(1), n, prev: Commit::NONE, stream: id.clone(), v: 1, fact };
    let instruction = Instruction { employer: "kampung".parse().unwrap(), run, row, holds: Vec::new() };
    let made = Attempted {
        number: 1,
        reference: reference.clone(),
        rail: "bank".parse().unwrap(),
        fingerprint: String::new(),
        destination: 0,
        body: body.to_owned(),
    };
    let events =
        [(0, event(1, Fact::Instructed(Box::new(instruction)))), (1, event(2, Fact::Attempted(Box::new(made))))];
    Payment::replay(&events, &|_| Some(0)).unwrap()
}
