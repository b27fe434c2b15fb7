//! What the bank's files are taken to say about a wage, file by file.
use super::*;
use crate::payment_file::PaymentFile;
use std::fmt::Write;
use std::fs::{self, File};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::SystemTime;
use tempfile::TempDir;
use upah_core::evidence::Grade;

const WAGE: u64 = 600_000;

struct Host;

impl FileEnvironment for Host {
    fn now(&self) -> Timestamp {
        "2026-11-25T09:00:00+07:00".parse().unwrap()
    }

    fn fill_random(&self, bytes: &mut [u8]) -> bool {
        static DRAWN: AtomicUsize = AtomicUsize::new(1);
        bytes.copy_from_slice(&(DRAWN.fetch_add(1, Ordering::SeqCst) as u128).to_be_bytes());
        true
    }
}

/// A rail with its folders, and three wages that are in a file.
struct Desk {
    dir: TempDir,
    rail: BankFileRail,
    heard: Arc<Mutex<Vec<Unread>>>,
}

fn reference(n: usize) -> String {
    format!("REFERENCE{n:017}")
}

fn transfer(n: usize) -> Transfer {
    Transfer {
        reference: reference(n),
        amount: Rupiah::new(WAGE).unwrap(),
        bic: "CENAIDJA".into(),
        account: format!("12345{n:05}"),
        name: format!("Siti {n}"),
    }
}

fn config(dir: &TempDir) -> BankFileConfig {
    BankFileConfig {
        id: "bank".parse().unwrap(),
        outbox: dir.path().join("out"),
        inbox: vec![dir.path().join("in"), dir.path().join("archive")],
        register: None,
        debtor: Debtor { name: "Koperasi Contoh".into(), account: "888801000157508".into(), bic: "BMRIIDJA".into() },
        batch_booking: false,
        bics: [("542".to_owned(), "JAGBIDJA".to_owned())].into(),
        payments_per_file: 1_000,
        gather: Duration::from_millis(20),
        on_unread: None,
    }
}

fn folders() -> TempDir {
    let dir = TempDir::new().unwrap();
    for name in ["out", "in", "archive"] {
        fs::create_dir(dir.path().join(name)).unwrap();
    }
    dir
}

impl Desk {
    fn new() -> Self {
        Self::with(3)
    }

    fn with(wages: usize) -> Self {
        let dir = folders();
        let heard: Arc<Mutex<Vec<Unread>>> = Arc::default();
        let told = Arc::clone(&heard);
        let on_unread: Listener = Arc::new(move |unread| told.lock().unwrap().push(unread.clone()));
        let host: Arc<dyn FileEnvironment> = Arc::new(Host);
        let rail = BankFileRail::new(BankFileConfig { on_unread: Some(on_unread), ..config(&dir) }, &host).unwrap();
        let desk = Self { dir, rail, heard };
        let transfers: Vec<Transfer> = (1..=wages).map(transfer).collect();
        let file = PaymentFile::write(&config(&desk.dir).debtor, false, Host.now(), &transfers).unwrap();
        let register = desk.rail.outbox.register();
        let lock = register.lock().unwrap();
        let placing = register.place(&lock, &file, &transfers, Host.now(), |_| true);
        assert_eq!(placing, crate::register::Placing::Placed);
        drop(lock);
        desk
    }

    fn message_id(&self) -> String {
        let known = self.rail.outbox.register().read().unwrap();
        known.of(&reference(1)).unwrap().message_id.clone()
    }

    fn drop_file(&self, name: &str, text: &str) {
        fs::write(self.dir.path().join(name), text).unwrap();
    }

    fn ask(&self, n: usize) -> InquiryAnswer {
        let (outbox, inbox) = (&self.rail.outbox, &self.rail.inbox);
        look(outbox, inbox, &reference(n), &transfer(n).fragment(), Rupiah::new(WAGE).unwrap()).unwrap()
    }

    /// The answers about the three wages, in one word each.
    fn words(&self) -> [String; 3] {
        [1, 2, 3].map(|n| word(&self.ask(n)))
    }

    fn codes(&self) -> Vec<&'static str> {
        self.rail.unread().unwrap().iter().map(|it| it.code).collect()
    }
}

fn word(answer: &InquiryAnswer) -> String {
    match answer {
        InquiryAnswer::Success(_) => "paid".into(),
        InquiryAnswer::InProgress(_) => "at work".into(),
        InquiryAnswer::Refunded { amount, .. } => format!("back {}", amount.unwrap().value()),
        InquiryAnswer::Failed(refusal) => refusal.cause.code().into(),
        InquiryAnswer::NotFound(_) => "not found".into(),
        InquiryAnswer::Contradicted { field, .. } => format!("contradicted {field}"),
        InquiryAnswer::Unavailable { .. } => "unavailable".into(),
    }
}

/// A status report: of the file, of its instruction, and of transfers by number, each with a reason if it has one.
fn pain002(desk: &Desk, group: &str, instruction: &str, transfers: &[(usize, &str, &str)]) -> String {
    let id = desk.message_id();
    let reason = |reason: &str| match reason {
        "" => String::new(),
        code => format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn><AddtlInf>Siti</AddtlInf></StsRsnInf>"),
    };
    let status = |element: &str, status: &str| match status.split_once(' ') {
        _ if status.is_empty() => String::new(),
        Some((status, code)) => format!("<{element}>{status}</{element}>{}", reason(code)),
        None => format!("<{element}>{status}</{element}>"),
    };
    let mut text = format!(
        "<?xml version=\"1.0\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>B1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>{id}</OrgnlMsgId>\
         <OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>1800000.00</OrgnlCtrlSum>{}\
         </OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>{id}</OrgnlPmtInfId>{}",
        status("GrpSts", group),
        status("PmtInfSts", instruction)
    );
    for (n, status, code) in transfers {
        write!(
            text,
            "<TxInfAndSts><OrgnlInstrId>{0}</OrgnlInstrId><OrgnlEndToEndId>{0}</OrgnlEndToEndId><TxSts>{status}</TxSts>{1}\
             <OrgnlTxRef><Amt><InstdAmt Ccy=\"IDR\">600000.00</InstdAmt></Amt><CdtrAcct><Id><Othr><Id>12345{n:05}</Id></Othr></Id>\
             </CdtrAcct></OrgnlTxRef></TxInfAndSts>",
            reference(*n),
            reason(code)
        )
        .unwrap();
    }
    text + "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
}

/// Entries by number: a debit, or a credit with the reason of its return.
fn camt(message: &str, entries: &[(usize, &str, u64)]) -> String {
    let (root, report) = match message {
        "camt.053" => ("BkToCstmrStmt", "Stmt"),
        _ => ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    };
    let mut text = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:{message}.001.08\"><{root}><GrpHdr><MsgId>S</MsgId></GrpHdr><{report}>\
         <Id>S</Id><Acct><Id><Othr><Id>888801000157508</Id></Othr></Id><Ccy>IDR</Ccy></Acct>"
    );
    for (place, (n, side, amount)) in entries.iter().enumerate() {
        let back = if *side == "CRDT" { "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" } else { "" };
        write!(
            text,
            "<Ntry><Amt Ccy=\"IDR\">{amount}.00</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>\
             <Dt>2026-11-26</Dt></BookgDt><AcctSvcrRef>{message}{side}{n}{place}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{}\
             </EndToEndId></Refs><RltdPties><CdtrAcct><Id><Othr><Id>12345{n:05}</Id></Othr></Id></CdtrAcct></RltdPties>{back}\
             </TxDtls></NtryDtls></Ntry>",
            reference(*n)
        )
        .unwrap();
    }
    format!("{text}</{report}></{root}></Document>")
}

fn pacs004(n: usize, id: &str, amount: &str, currency: &str) -> String {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09\"><PmtRtr><GrpHdr><MsgId>R</MsgId><NbOfTxs>1</NbOfTxs></GrpHdr>\
         <TxInf><RtrId>{id}</RtrId><OrgnlEndToEndId>{}</OrgnlEndToEndId><RtrdIntrBkSttlmAmt Ccy=\"{currency}\">{amount}</RtrdIntrBkSttlmAmt>\
         <RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf></TxInf></PmtRtr></Document>",
        reference(n)
    )
}

#[test]
fn silence_is_no_answer_and_a_wage_in_no_file_is_not_found() {
    let desk = Desk::new();
    assert_eq!(desk.words(), ["at work", "at work", "at work"]);
    assert_eq!(word(&desk.ask(9)), "not found");
    // Taken by whoever carries it to the bank.
    fs::remove_file(desk.dir.path().join("out").join(format!("{}.xml", desk.message_id()))).unwrap();
    assert_eq!(desk.words(), ["at work", "at work", "at work"]);
}

#[test]
fn a_file_that_was_prepared_and_not_moved_is_in_nobodys_hands() {
    let desk = Desk::new();
    let out = desk.dir.path().join("out").join(format!("{}.xml", desk.message_id()));
    fs::rename(out, desk.dir.path().join("out.register").join(format!("{}.part", desk.message_id()))).unwrap();
    assert_eq!(desk.words(), ["not found", "not found", "not found"]);
}

#[test]
fn the_closest_word_of_a_report_counts_for_each_wage() {
    let refused = "inactive_account";
    type Case<'a> = (&'a str, &'a str, &'a [(usize, &'a str, &'a str)], [&'a str; 3]);
    let cases: &[Case<'_>] = &[
        ("RCVD", "", &[], ["at work"; 3]),
        ("ACCP", "ACCP", &[(1, "ACSP", "")], ["at work"; 3]),
        ("ACSC", "", &[], ["paid"; 3]),
        ("ACCP", "ACCC", &[], ["paid"; 3]),
        ("PART", "PART", &[(1, "ACCP", ""), (2, "RJCT", "AC04")], ["at work", refused, "at work"]),
        ("PART", "", &[(2, "RJCT", "AC04"), (3, "ACSC", "")], ["at work", refused, "paid"]),
        ("RJCT FF01", "", &[], ["bad_request"; 3]),
        ("", "RJCT AM04", &[], ["insufficient_funds"; 3]),
        ("", "RJCT", &[(1, "ACSC", "")], ["paid", "other_refusal", "other_refusal"]),
        ("CANC", "", &[], ["transfer_cancelled"; 3]),
        ("ACSC", "", &[(3, "ZZZZ", "")], ["paid", "paid", "at work"]),
        ("PAID", "", &[], ["at work"; 3]),
    ];
    for (group, instruction, transfers, words) in cases {
        let desk = Desk::new();
        desk.drop_file("in/status.xml", &pain002(&desk, group, instruction, transfers));
        assert_eq!(desk.words(), *words, "{group} {instruction} {transfers:?}: {:?}", desk.codes());
    }
}

#[test]
fn every_reason_of_a_refusal_is_told_as_what_it_means() {
    for (code, word_is) in [
        ("AC01", "invalid_account"),
        ("AC04", "inactive_account"),
        ("AC06", "account_declined"),
        ("AM04", "insufficient_funds"),
        ("MS03", "other_refusal"),
        ("BE01", "name_differs"),
        ("BE06", "invalid_account"),
        ("RC01", "bank_not_reachable"),
        ("", "other_refusal"),
        ("X999", "other_refusal"),
    ] {
        let desk = Desk::new();
        desk.drop_file("in/status.xml", &pain002(&desk, "PART", "", &[(1, "RJCT", code)]));
        assert_eq!(word(&desk.ask(1)), word_is, "{code}");
    }
}

#[test]
fn a_duplicate_that_was_turned_away_means_that_the_first_one_is_there() {
    for (group, transfers) in [("RJCT DUPL", [].as_slice()), ("RJCT AM05", &[]), ("PART", &[(1, "RJCT", "AM05")])] {
        let desk = Desk::new();
        desk.drop_file("in/again.xml", &pain002(&desk, group, "", transfers));
        assert_eq!(word(&desk.ask(1)), "at work", "{group}");
        desk.drop_file("in/booked.xml", &camt("camt.054", &[(1, "DBIT", WAGE)]));
        assert_eq!(word(&desk.ask(1)), "paid", "{group}");
    }
}

#[test]
fn a_line_of_the_account_proves_a_wage_and_its_return_days_later() {
    let desk = Desk::new();
    desk.drop_file("in/1.xml", &camt("camt.054", &[(1, "DBIT", WAGE), (2, "DBIT", WAGE)]));
    assert_eq!(desk.words(), ["paid", "paid", "at work"]);
    let InquiryAnswer::Success(evidence) = desk.ask(1) else { panic!("not paid") };
    assert_eq!((evidence.grade, evidence.code.as_str()), (Grade::TlsResponse, "BOOK"));
    desk.drop_file("in/2.xml", &camt("camt.053", &[(1, "DBIT", WAGE), (2, "DBIT", WAGE), (3, "DBIT", WAGE)]));
    assert_eq!(desk.words(), ["paid", "paid", "paid"], "told twice, by two reports, and booked once");
    let InquiryAnswer::Success(evidence) = desk.ask(3) else { panic!("not paid") };
    assert_eq!(evidence.grade, Grade::Statement);
    desk.drop_file("in/3.xml", &pacs004(2, "R1", "600000.00", "IDR"));
    desk.drop_file("in/4.xml", &camt("camt.054", &[(2, "CRDT", WAGE)]));
    desk.drop_file("in/5.xml", &camt("camt.053", &[(2, "CRDT", WAGE)]));
    assert_eq!(desk.words(), ["paid", "back 600000", "paid"]);
    let InquiryAnswer::Refunded { evidence, .. } = desk.ask(2) else { panic!("not back") };
    assert_eq!(evidence.code, "BOOK AC04");
}

#[test]
fn what_two_statements_show_that_overlap_was_booked_once() {
    let desk = Desk::new();
    desk.drop_file("in/1.xml", &camt("camt.053", &[(1, "DBIT", WAGE)]));
    desk.drop_file("in/2.xml", &camt("camt.053", &[(1, "DBIT", WAGE), (2, "DBIT", WAGE)]));
    assert_eq!(desk.words(), ["paid", "paid", "at work"]);
    desk.drop_file("in/3.xml", &camt("camt.053", &[(2, "DBIT", WAGE), (1, "DBIT", WAGE)]));
    assert_eq!(
        desk.words(),
        ["contradicted bookings", "contradicted bookings", "at work"],
        "by other numbers of the bank"
    );
}

#[test]
fn a_return_is_known_by_its_message_alone_and_a_part_is_told_as_a_part() {
    for (file, word_is) in [
        (pacs004(1, "R1", "600000", "IDR"), "back 600000"),
        (pacs004(1, "R1", "200000", "IDR"), "back 200000"),
        (pacs004(1, "R1", "600001", "IDR"), "contradicted amount"),
        (pacs004(1, "R1", "600000", "USD"), "contradicted currency"),
        (camt("camt.054", &[(1, "CRDT", 250_000)]), "back 250000"),
    ] {
        let desk = Desk::new();
        desk.drop_file("in/1.xml", &file);
        desk.drop_file("archive/1-copy.xml", &file);
        assert_eq!(word(&desk.ask(1)), word_is);
    }
}

#[test]
fn what_is_not_what_was_sent_goes_to_people() {
    let desk = Desk::new();
    let accepted = pain002(&desk, "ACCP", "", &[(1, "ACSC", "")]);
    let cases = [
        (accepted.replace("12345000", "12346000"), "contradicted account"),
        (accepted.replace("IDR\">600000", "IDR\">600001"), "contradicted amount"),
        (accepted.replace("Ccy=\"IDR\"", "Ccy=\"USD\""), "contradicted currency"),
        (accepted.replace(&desk.message_id(), "ANOTHER"), "contradicted OrgnlMsgId"),
        (pain002(&desk, "ACSC", "", &[]).replace("<OrgnlNbOfTxs>3", "<OrgnlNbOfTxs>4"), "contradicted OrgnlNbOfTxs"),
        (pain002(&desk, "ACSC", "", &[]).replace("1800000", "1800001"), "contradicted OrgnlCtrlSum"),
        (camt("camt.053", &[(1, "DBIT", 700_000)]), "contradicted amount"),
        (camt("camt.053", &[(1, "CRDT", 700_000)]), "contradicted amount"),
        (camt("camt.053", &[(1, "DBIT", WAGE), (1, "DBIT", WAGE)]), "contradicted bookings"),
        (camt("camt.054", &[(1, "DBIT", WAGE)]).replace("12345000", "12346000"), "contradicted account"),
        // A fee beside the wage contradicts nothing; a second copy of another file that was turned away neither.
        (camt("camt.053", &[(1, "DBIT", WAGE), (1, "DBIT", 2_500)]), "paid"),
        (camt("camt.053", &[(1, "DBIT", WAGE)]).replace("12345000", "0012345000"), "paid"),
        (pain002(&desk, "PART", "", &[(1, "RJCT", "AC04")]).replace(&desk.message_id(), "ANOTHER"), "at work"),
    ];
    for (file, word_is) in cases {
        let desk = Desk::new();
        desk.drop_file("in/1.xml", &file);
        assert_eq!(word(&desk.ask(1)), word_is, "{file}");
    }
    desk.drop_file("in/1.xml", &pain002(&desk, "PART", "", &[(1, "RJCT", "AC04")]));
    desk.drop_file("in/2.xml", &camt("camt.053", &[(1, "DBIT", WAGE)]));
    assert_eq!(word(&desk.ask(1)), "contradicted TxSts", "refused, and booked all the same");
    desk.drop_file("in/3.xml", &camt("camt.053", &[(1, "CRDT", WAGE)]));
    assert_eq!(word(&desk.ask(1)), "back 600000");
}

#[test]
fn a_file_that_is_not_whole_is_named_and_nothing_of_it_counts_until_it_is() {
    let desk = Desk::new();
    let whole = camt("camt.054", &[(1, "DBIT", WAGE)]);
    desk.drop_file("in/half.xml", &whole[..whole.len() - 9]);
    desk.drop_file("in/hidden.xml.part", &whole);
    desk.drop_file(
        "in/gap.xml",
        &camt("camt.053", &[(2, "DBIT", WAGE)])
            .replace("<Ntry>", "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry><Ntry>"),
    );
    desk.drop_file("in/entity.xml", &format!("<!DOCTYPE a [<!ENTITY e \"{}\">]>{whole}", "x".repeat(100)));
    desk.drop_file(
        "in/other.xml",
        &camt("camt.053", &[(2, "DBIT", WAGE)]).replace("888801000157508", "888801000157509"),
    );
    desk.drop_file("in/notes.txt", "sudah diunggah\n");
    desk.drop_file("in/ours.xml", &fs::read_to_string(files_in(&desk, "out").remove(0)).unwrap());
    desk.drop_file("in/return.xml", &pacs004(1, "R", "600000", "IDR").replace("<NbOfTxs>1", "<NbOfTxs>2"));
    assert_eq!(desk.words(), ["at work", "at work", "at work"]);
    desk.words();
    let codes =
        ["xml_syntax", "control_sum", "xml_syntax", "xml_syntax", "other_message", "control_sum", "other_account"];
    let heard: Vec<String> = desk.heard.lock().unwrap().iter().map(|it| it.file.clone()).collect();
    assert_eq!(
        heard,
        ["entity.xml", "gap.xml", "half.xml", "notes.txt", "other.xml", "ours.xml", "return.xml"],
        "each once"
    );
    assert_eq!(desk.codes().len(), codes.len());
    for code in codes {
        assert!(desk.codes().contains(&code), "{code}: {:?}", desk.codes());
    }
    desk.drop_file("in/half.xml", &whole);
    assert_eq!(desk.words(), ["paid", "at work", "at work"]);
    assert_eq!(desk.codes().len(), codes.len() - 1);
}

/// Of as many bytes as before it, each time.
#[test]
fn what_a_file_says_now_counts_and_not_what_it_said() {
    let desk = Desk::new();
    let told = |n: usize, at: SystemTime| {
        desk.drop_file("in/notice.xml", &camt("camt.054", &[(n, "DBIT", WAGE)]));
        let file = File::options().write(true).open(desk.dir.path().join("in/notice.xml")).unwrap();
        file.set_modified(at).unwrap();
        desk.words()
    };
    let now = SystemTime::now();
    assert_eq!(told(1, now - Duration::from_secs(3_600)), ["paid", "at work", "at work"]);
    assert_eq!(told(2, now - Duration::from_secs(1_800)), ["at work", "paid", "at work"], "another day's file");
    assert_eq!(told(3, now), ["at work", "at work", "paid"]);
    assert_eq!(told(1, now), ["paid", "at work", "at work"], "replaced before the clock of the disk ticked");
    fs::remove_file(desk.dir.path().join("in/notice.xml")).unwrap();
    assert_eq!(desk.words(), ["at work", "at work", "at work"], "what was taken away says nothing");
}

#[test]
fn a_file_that_is_cut_short_anywhere_says_nothing() {
    let desk = Desk::new();
    let whole = [
        pain002(&desk, "PART", "PART", &[(1, "ACSC", ""), (2, "RJCT", "AC04")]),
        camt("camt.053", &[(1, "DBIT", WAGE), (2, "CRDT", WAGE)]),
        camt("camt.054", &[(1, "DBIT", WAGE)]),
        pacs004(1, "R1", "600000", "IDR"),
    ];
    for file in whole {
        let read = |bytes: &[u8]| crate::bank_file::read("f", bytes, "888801000157508");
        assert!(read(file.as_bytes()).is_ok_and(|findings| !findings.is_empty()), "{file}");
        for end in 0..file.len() {
            assert!(read(&file.as_bytes()[..end]).is_err(), "{}", &file[..end]);
        }
    }
}

fn files_in(desk: &Desk, folder: &str) -> Vec<PathBuf> {
    fs::read_dir(desk.dir.path().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn evidence_names_the_file_and_nobody_in_it() {
    let desk = Desk::new();
    desk.drop_file("in/status.xml", &pain002(&desk, "PART", "", &[(1, "RJCT", "AC04")]));
    let InquiryAnswer::Failed(refusal) = desk.ask(1) else { panic!("not refused") };
    let raw = &refusal.evidence.raw;
    assert!(raw.contains("status.xml") && raw.contains("RJCT AC04") && raw.contains("pain.002"), "{raw}");
    assert!(!raw.contains("Siti") && !raw.contains("12345"), "{raw}");
}

#[test]
fn ten_thousand_questions_do_not_read_every_file_ten_thousand_times() {
    let desk = Desk::with(10_000);
    let entries: Vec<_> = (1..=10_000).map(|n| (n, "DBIT", WAGE)).collect();
    for name in ["in/a.xml", "archive/b.xml"] {
        desk.drop_file(name, &camt("camt.053", &entries));
        let long_ago = SystemTime::now() - Duration::from_secs(60);
        File::options().write(true).open(desk.dir.path().join(name)).unwrap().set_modified(long_ago).unwrap();
    }
    let began = std::time::Instant::now();
    for n in 1..=10_000 {
        assert_eq!(word(&desk.ask(n)), "paid");
    }
    // To read them each time takes a hundred times as long.
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}

#[test]
fn a_register_that_was_lost_is_another_rail() {
    let desk = Desk::new();
    let host: Arc<dyn FileEnvironment> = Arc::new(Host);
    let again = BankFileRail::new(config(&desk.dir), &host).unwrap();
    assert_eq!(again.fingerprint(), desk.rail.fingerprint());
    fs::remove_dir_all(desk.dir.path().join("out.register")).unwrap();
    let lost = BankFileRail::new(config(&desk.dir), &host).unwrap();
    assert_ne!(lost.fingerprint(), desk.rail.fingerprint());
    fs::remove_file(desk.dir.path().join("out.register/identity")).unwrap();
    fs::write(desk.dir.path().join("out.register/A.json"), "{}").unwrap();
    assert!(BankFileRail::new(config(&desk.dir), &host).is_err(), "a register without its name is damaged");
}

#[test]
fn what_cannot_be_used_is_refused_before_anything_is_sent() {
    let dir = folders();
    let host: Arc<dyn FileEnvironment> = Arc::new(Host);
    let refused = |change: &dyn Fn(&mut BankFileConfig)| {
        let mut config = config(&dir);
        change(&mut config);
        BankFileRail::new(config, &host).unwrap_err().to_string()
    };
    assert!(refused(&|it| it.debtor.bic = "bmri".into()).contains("debtor_bic"));
    assert!(refused(&|it| it.debtor.account = "12 34".into()).contains("debtor_account"));
    assert!(refused(&|it| it.debtor.name = "x".repeat(71)).contains("debtor_name"));
    assert!(refused(&|it| drop(it.bics.insert("014".into(), "CENA".into()))).contains("014"));
    assert!(refused(&|it| it.outbox.push("missing")).contains("outbox"));
    assert!(refused(&|it| it.inbox.clear()).contains("inbox"));
    assert!(refused(&|it| it.inbox.push(it.outbox.clone())).contains("of their own"));
    assert!(refused(&|it| it.payments_per_file = 0).contains("payments_per_file"));
}

#[test]
fn a_wage_is_written_for_its_bank_or_not_at_all() {
    let desk = Desk::new();
    let compose = |destination: &str, name: &str| {
        let (reference, name) = (upah_core::reference::Reference::from_stored(reference(1)), name.parse().unwrap());
        let destination: Destination = destination.parse().unwrap();
        let order = Order {
            reference: &reference,
            amount: Rupiah::new(WAGE).unwrap(),
            destination: &destination,
            name: &name,
            inquired_name: None,
            session: None,
            at: Host.now(),
        };
        desk.rail.compose(&order)
    };
    let body = compose("bank:014:0012345678", " Siti & Putri ").unwrap();
    assert!(body.contains("<BICFI>CENAIDJA</BICFI>") && body.contains("<Id>0012345678</Id>"), "{body}");
    assert!(body.contains("<Nm>Siti &amp; Putri</Nm>") && body.contains("<Purp><Cd>SALA</Cd></Purp>"), "{body}");
    assert!(compose("bank:542:1234567890", "Siti").unwrap().contains("JAGBIDJA"));
    // CIMB Niaga's BIC has one source; it comes from the configuration.
    assert_eq!(compose("bank:022:1234567890", "Siti"), Err(ComposeError::NotServed));
    assert_eq!(compose("ewallet:dana:081234567890", "Siti"), Err(ComposeError::NotServed));
    assert_eq!(compose("bank:014:1234567890", "Si\u{ffff}ti"), Err(ComposeError::TooLong));
}

#[test]
fn silence_never_licenses_another_file() {
    let desk = Desk::new();
    let policy = desk.rail.policy(vec![Pattern::new("bank:*")]);
    assert_eq!((policy.reference_memory_days, policy.resend_window_millis()), (0, 0));
    assert!(!policy.inspects);
}

#[test]
fn a_wage_to_a_bank_whose_bic_nobody_told_is_routed_elsewhere() {
    let desk = Desk::new();
    let reach = desk.rail.reaches().unwrap();
    let reaches = |text: &str| reach.iter().any(|pattern| pattern.matches(text));
    assert!(reaches("bank:014:1234567890") && reaches("bank:542:1234567890"), "built in, and of the configuration");
    assert!(!reaches("bank:999:1234567890") && !reaches("ewallet:dana:6281234567890"));
}
