//! The kit for outside authors, as far as it reaches a rail that calls nobody.
//!
//! The suite stands between an adapter and its provider on a network: its proxy breaks connections and garbles answers. There
//! is no connection here and no answer to a send, so the properties of a bad line, of echoes and of callbacks do not apply; their
//! counterparts for files stand in this crate's own tests (a stop between any two steps, broken and contradicting files).
#![allow(clippy::unwrap_used)]
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use upah_bankfile::{BankFileConfig, BankFileRail, Debtor, FileEnvironment, PaymentFile, Transfer};
use upah_conformance::Plan;
use upah_conformance::rail::{Booking, Clock, Meaning, RailUnderTest, prove};
use upah_core::evidence::{InquiryAnswer, SubmitOutcome};
use upah_core::policy::{Pattern, RailPolicy};
use upah_core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah_core::{Destination, RailId, Timestamp};

const PLACES: [(&str, &str); 2] = [("CENAIDJA", "bank:014"), ("BMRIIDJA", "bank:008")];
const DEBTOR: &str = "888801000157508";

struct Host(Clock);

impl FileEnvironment for Host {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn fill_random(&self, bytes: &mut [u8]) -> bool {
        bytes.fill(7);
        true
    }
}

fn open(folder: &Path, clock: Clock) -> Result<BankFileRail, String> {
    let host: Arc<dyn FileEnvironment> = Arc::new(Host(clock));
    let config = BankFileConfig {
        id: "file".parse().unwrap(),
        outbox: folder.join("out"),
        inbox: vec![folder.join("in")],
        register: None,
        debtor: Debtor { name: "Koperasi Contoh".into(), account: DEBTOR.into(), bic: "CENAIDJA".into() },
        batch_booking: false,
        bics: BTreeMap::new(),
        payments_per_file: 100,
        gather: Duration::from_millis(20),
        on_unread: None,
    };
    BankFileRail::new(config, &host).map_err(|error| error.to_string())
}

/// The rail, with a bank that answers everything that waits for it before each question.
struct Answered {
    rail: BankFileRail,
    folder: PathBuf,
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rail.fmt(f)
    }
}

impl Rail for Answered {
    fn id(&self) -> &RailId {
        self.rail.id()
    }

    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        self.rail.compose(order)
    }

    fn submit<'a>(&'a self, attempt: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        self.rail.submit(attempt)
    }

    fn inquire<'a>(&'a self, attempt: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        answer(&self.folder);
        self.rail.inquire(attempt)
    }
}

/// A notification of everything in the outbox, booked one for one.
fn answer(folder: &Path) {
    let mut entries = String::new();
    for transfer in sent(folder) {
        let Transfer { reference, amount, account, .. } = transfer;
        write!(
            entries,
            "<Ntry><Amt Ccy=\"IDR\">{}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-26</Dt></BookgDt>\
             <AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><RltdPties>\
             <CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>",
            amount.value()
        )
        .unwrap();
    }
    let text = format!(
        "<Document><BkToCstmrDbtCdtNtfctn><Ntfctn><Acct><Id><Othr><Id>{DEBTOR}</Id></Othr></Id></Acct>{entries}</Ntfctn>\
         </BkToCstmrDbtCdtNtfctn></Document>"
    );
    // Another name while it is written: a question that is asked at the same moment may not find half of it.
    static ANSWERS: AtomicUsize = AtomicUsize::new(0);
    let part = folder.join(format!("in/{}.part", ANSWERS.fetch_add(1, Ordering::SeqCst)));
    std::fs::write(&part, text).unwrap();
    std::fs::rename(part, folder.join("in/booked.xml")).unwrap();
}

/// What the bank would read in the files that wait for it.
fn sent(folder: &Path) -> Vec<Transfer> {
    let entries = std::fs::read_dir(folder.join("out")).unwrap();
    let read = |path: PathBuf| PaymentFile::read(&std::fs::read(path).unwrap()).unwrap().1;
    entries.flat_map(|entry| read(entry.unwrap().path())).collect()
}

struct Files;

impl RailUnderTest for Files {
    type Provider = TempDir;
    type Rail = Answered;

    fn name(&self) -> String {
        "BankFileRail".into()
    }

    async fn provider(&self) -> Result<TempDir, String> {
        let folder = TempDir::new().unwrap();
        for name in ["out", "in"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        Ok(folder)
    }

    fn base_url(&self, _: &TempDir) -> String {
        // Nobody calls it.
        "http://127.0.0.1:9".into()
    }

    fn rail(&self, folder: &TempDir, _: &str, clock: Clock) -> Result<Answered, String> {
        Ok(Answered { rail: open(folder.path(), clock)?, folder: folder.path().to_owned() })
    }

    async fn bookings(&self, folder: &TempDir) -> Result<Vec<Booking>, String> {
        let institution = |bic: &str| PLACES.iter().find(|(known, _)| *known == bic).map_or("another", |(_, at)| at);
        let booking = |transfer: Transfer| Booking {
            institution: institution(&transfer.bic).into(),
            reference: transfer.reference,
            amount: transfer.amount,
            account: transfer.account,
        };
        Ok(sent(folder.path()).into_iter().map(booking).collect())
    }

    fn policy(&self) -> RailPolicy {
        let folder = TempDir::new().unwrap();
        for name in ["out", "in"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        open(folder.path(), Clock::default()).unwrap().policy(vec![Pattern::new("bank:*")])
    }

    fn destinations(&self) -> Vec<Destination> {
        ["bank:014:1234567890", "bank:008:1234567890"].iter().map(|text| text.parse().unwrap()).collect()
    }

    fn secrets(&self) -> Vec<String> {
        vec![DEBTOR.into()]
    }

    fn first_answer(&self) -> Meaning {
        Meaning::AtWork
    }
}

/// What can be held without a network. The others look at connections, garble JSON in answers, or ask about
/// accounts, balances, callbacks and a provider's memory, of which there is none here.
const APPLICABLE: [&str; 12] = [
    "her_wage_goes_to_her_account_at_her_own_bank",
    "a_wage_under_way_is_not_told_as_paid",
    "a_wage_found_paid_comes_with_its_proof",
    "many_wages_at_once_arrive_once_each",
    "the_same_bytes_again_pay_nobody_twice",
    "another_amount_under_her_reference_pays_nobody",
    "what_was_never_sent_is_not_found",
    "what_was_not_found_is_found_once_it_is_booked",
    "many_questions_at_once_are_each_about_their_own_wage",
    "a_wrong_clock_pays_nobody_twice",
    "a_body_is_made_of_its_order_alone",
    "her_reference_arrives_to_its_last_character",
];

#[test]
fn files_are_a_rail_as_far_as_the_kit_reaches() {
    for property in APPLICABLE {
        let report = prove(&Files, &Plan::default().only(property));
        report.assert_passed();
        assert!(report.not_exercised().is_empty(), "{property}");
    }
}
