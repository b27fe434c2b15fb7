//! Wages by file: one file a payroll, whatever stops in between; a bank that answers hours later, in part, and with a
//! return days after that.
use crate::payroll;
use crate::world::{RAILS, SIGNED, World};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// One transfer as the bank reads it: by looking for the elements, with no code of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Transfer {
    reference: String,
    amount: String,
    account: String,
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split_once(after).unwrap().0
}

/// The bank's side of the folders.
struct Bank<'a>(&'a World);

impl<'a> Bank<'a> {
    /// Every wage that is named `bank:` goes by file.
    fn of(world: &'a World) -> Self {
        for name in ["out", "in", "taken"] {
            std::fs::create_dir(world.path(name)).unwrap();
        }
        world.write("upah.toml", &toml(""));
        Self(world)
    }

    /// Takes what waits in the outbox: message ids with their transfers.
    fn take(&self) -> Vec<(String, Vec<Transfer>)> {
        for file in files(&self.0.path("out")) {
            std::fs::rename(&file, self.0.path("taken").join(file.file_name().unwrap())).unwrap();
        }
        self.taken()
    }

    /// Everything that was ever taken.
    fn taken(&self) -> Vec<(String, Vec<Transfer>)> {
        let read = |file: PathBuf| {
            let text = std::fs::read_to_string(file).unwrap();
            let transfers: Vec<Transfer> = text
                .split("<CdtTrfTxInf>")
                .skip(1)
                .map(|text| Transfer {
                    reference: between(text, "<EndToEndId>", "</EndToEndId>").to_owned(),
                    amount: between(text, "<InstdAmt Ccy=\"IDR\">", "</InstdAmt>").to_owned(),
                    account: between(text, "<CdtrAcct><Id><Othr><Id>", "</Id>").to_owned(),
                })
                .collect();
            assert_eq!(between(&text, "<NbOfTxs>", "</NbOfTxs>"), transfers.len().to_string());
            let sum: u64 = transfers.iter().map(|it| it.amount.parse::<u64>().unwrap()).sum();
            assert_eq!(between(&text, "<CtrlSum>", "</CtrlSum>"), sum.to_string());
            (between(&text, "<MsgId>", "</MsgId>").to_owned(), transfers)
        };
        files(&self.0.path("taken")).into_iter().map(read).collect()
    }

    /// How often each account stands in the files that were taken, and that each reference stands in one.
    #[track_caller]
    fn accounts(&self) -> BTreeMap<String, usize> {
        let (mut accounts, mut references) = (BTreeMap::new(), BTreeMap::new());
        for transfer in self.taken().into_iter().flat_map(|(_, transfers)| transfers) {
            *accounts.entry(transfer.account).or_default() += 1;
            *references.entry(transfer.reference).or_insert(0) += 1;
        }
        assert!(references.values().all(|count| *count == 1), "{references:?}");
        accounts
    }

    /// A status report: the accounts that are refused, each with a reason; the others are accepted.
    fn report(&self, name: &str, id: &str, transfers: &[Transfer], refused: &[(&str, &str)]) {
        let mut text = format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>B</MsgId></GrpHdr>\
             <OrgnlGrpInfAndSts><OrgnlMsgId>{id}</OrgnlMsgId><OrgnlNbOfTxs>{}</OrgnlNbOfTxs><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts><OrgnlPmtInfId>{id}</OrgnlPmtInfId>",
            transfers.len()
        );
        for transfer in transfers {
            let reason = refused.iter().find(|(account, _)| *account == transfer.account);
            let status = match reason {
                Some((_, code)) => {
                    format!("<TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>")
                }
                None => "<TxSts>ACCP</TxSts>".to_owned(),
            };
            write!(
                text,
                "<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId>{status}</TxInfAndSts>",
                transfer.reference
            )
            .unwrap();
        }
        self.0.write(&format!("in/{name}"), &(text + "</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"));
    }

    /// A notification of what was booked.
    fn notify(&self, name: &str, transfers: &[&Transfer]) {
        let mut text =
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn>\
             <Id>N</Id><Acct><Ccy>IDR</Ccy></Acct>"
                .to_owned();
        for Transfer { reference, amount, account } in transfers {
            write!(
                text,
                "<Ntry><Amt Ccy=\"IDR\">{amount}.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt>\
                 <Dt>2026-11-26</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs><RltdPties>\
                 <CdtrAcct><Id><Othr><Id>{account}</Id></Othr></Id></CdtrAcct></RltdPties></TxDtls></NtryDtls></Ntry>"
            )
            .unwrap();
        }
        self.0.write(&format!("in/{name}"), &(text + "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"));
    }

    fn give_back(&self, name: &str, transfer: &Transfer) {
        let Transfer { reference, amount, .. } = transfer;
        self.0.write(
            &format!("in/{name}"),
            &format!(
                "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09\"><PmtRtr><GrpHdr><MsgId>R</MsgId>\
                 <NbOfTxs>1</NbOfTxs></GrpHdr><TxInf><RtrId>R1</RtrId><OrgnlEndToEndId>{reference}</OrgnlEndToEndId>\
                 <RtrdIntrBkSttlmAmt Ccy=\"IDR\">{amount}</RtrdIntrBkSttlmAmt><RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf>\
                 </TxInf></PmtRtr></Document>"
            ),
        );
    }
}

fn toml(more: &str) -> String {
    format!(
        r#"employer = "koperasi-contoh"
[log]
origin = "upah.example/koperasi-contoh"
key = {{ file = "log.key" }}

[[rail]]
id = "file"
kind = "bankfile"
serves = ["bank:*"]
outbox = "out"
inbox = ["in"]
debtor_name = "Koperasi Contoh"
debtor_account = "888801000157508"
debtor_bic = "BMRIIDJA"
inquire_after_seconds = [1]
trust_not_found_after_seconds = 1
gather_milliseconds = 200
{more}"#
    )
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// A payroll of bank accounts alone.
fn november(count: usize) -> String {
    let destinations: Vec<String> = (0..count).map(|n| format!("bank:014:12345{n:05}")).collect();
    payroll::to(&destinations.iter().map(String::as_str).collect::<Vec<_>>())
}

fn standings(world: &World) -> Vec<String> {
    world.payments().iter().map(crate::world::Payment::standing).collect()
}

fn resume(world: &World) -> crate::world::Output {
    world.upah(&format!("resume {RAILS} --wait 0"))
}

#[test]
fn a_payroll_goes_by_file_and_every_wage_ends_as_the_bank_says() {
    let world = World::new();
    let bank = Bank::of(&world);
    let workers = [
        "bank:014:1234500000",
        "bank:008:1234500001",
        // Refused, with another account to go to, and without one.
        "bank:014:9990400002 bank:009:1234500002",
        "bank:014:9990400003",
        "bank:002:1234500004",
    ];
    let output = world.pay(&payroll::to(&workers));
    assert_eq!((output.code, output.count("pending")), (Some(3), 5), "{output:?}");
    let taken = bank.take();
    assert_eq!(taken.len(), 1, "one payroll is one file");
    let (id, sent) = taken[0].clone();
    assert_eq!(sent.len(), 5);

    bank.report("status.xml", &id, &sent, &[("9990400002", "AC04"), ("9990400003", "AC04")]);
    assert_eq!(resume(&world).code, Some(3));
    let (pending, closed) = ("pending:in_progress", "needs_action:inactive_account");
    assert_eq!(standings(&world), [pending, pending, pending, closed, pending]);
    let taken = bank.take();
    let (_, second) = taken.iter().find(|(other, _)| *other != id).cloned().unwrap();
    assert_eq!((taken.len(), second.len(), second[0].account.as_str()), (2, 1, "1234500002"));

    let paid = |account: &str| sent.iter().chain(&second).find(|it| it.account == account).unwrap();
    let booked = ["1234500000", "1234500001", "1234500002", "1234500004"].map(paid);
    bank.notify("booked.xml", &booked);
    resume(&world);
    assert_eq!(standings(&world), ["settled", "settled", "settled", closed, "settled"]);

    bank.give_back("return.xml", paid("1234500001"));
    resume(&world);
    assert_eq!(standings(&world), ["settled", "returned:returned", "settled", closed, "settled"]);
    let again = world.upah(&format!("pay pay.csv {SIGNED} --wait 0"));
    assert_eq!(again.code, Some(3), "{again:?}");
    assert_eq!(bank.take().len(), 2, "nothing is sent again by itself");
    assert!(bank.accounts().values().all(|count| *count == 1));
    world.assert_book_fits();
}

#[test]
fn a_bank_that_says_nothing_gets_no_second_file() {
    let world = World::new();
    let bank = Bank::of(&world);
    world.pay(&november(3));
    bank.take();
    for _ in 0..2 {
        let output = world.upah(&format!("pay pay.csv {SIGNED}"));
        assert_eq!((output.code, output.count("pending")), (Some(3), 3), "{output:?}");
    }
    assert_eq!(bank.take().len(), 1);
    assert!(bank.accounts().values().all(|count| *count == 1));
}

#[test]
fn killed_again_and_again_no_wage_stands_in_two_files() {
    let world = World::new();
    let bank = Bank::of(&world);
    world.write("upah.toml", &toml("max_concurrency = 8\n").replace("= 200", "= 60"));
    world.write("pay.csv", &november(60));
    for round in 0..8 {
        let mut child = world.start(&format!("pay pay.csv {SIGNED}"));
        std::thread::sleep(Duration::from_millis(100 + 70 * round));
        let _ = child.kill();
        child.wait().unwrap();
        if round % 2 == 0 {
            bank.take();
        }
    }
    world.upah(&format!("pay pay.csv {SIGNED}"));
    bank.take();
    let accounts = bank.accounts();
    assert!(accounts.values().all(|count| *count == 1), "{accounts:?}");
    // Whoever is in no file is in people's hands, and whoever is in one waits for the bank.
    for payment in world.payments() {
        let is_sent = accounts.contains_key(&format!("12345{:05}", payment.n()));
        let standing = if is_sent { "pending:in_progress" } else { "needs_action:reference_too_old" };
        assert_eq!(payment.standing(), standing, "{payment:?}");
    }
    assert!(accounts.len() > 20, "most of them are on their way: {}", accounts.len());
    world.assert_book_fits();
}

#[test]
fn a_store_that_is_lost_finds_its_wages_in_the_file_that_went_out() {
    let world = World::new();
    let bank = Bank::of(&world);
    world.pay(&november(4));
    bank.take();
    world.delete_store();
    let output = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert_eq!((output.code, output.count("pending")), (Some(3), 4), "{output:?}");
    assert_eq!(bank.take().len(), 1);
    assert!(bank.accounts().values().all(|count| *count == 1));
}

#[test]
fn a_register_that_is_lost_leaves_its_wages_to_people() {
    let world = World::new();
    let bank = Bank::of(&world);
    world.pay(&november(2));
    bank.take();
    std::fs::remove_dir_all(world.path("out.register")).unwrap();
    resume(&world);
    assert_eq!(standings(&world), ["needs_action:rail_changed"; 2]);
    assert_eq!(bank.take().len(), 1);
}

#[test]
fn a_file_that_cannot_be_believed_is_named_and_left() {
    let world = World::new();
    let bank = Bank::of(&world);
    world.pay(&november(1));
    let (id, sent) = bank.take().remove(0);
    bank.report("status.xml", &id, &sent, &[("1234500000", "AC04")]);
    let whole = world.read("in/status.xml");
    world.write("in/status.xml", &whole[..whole.len() - 4]);
    let output = resume(&world);
    assert!(output.err.contains("status.xml was left unread"), "{output:?}");
    assert_eq!(standings(&world), ["pending:in_progress"]);
    world.write("in/status.xml", &whole);
    let output = resume(&world);
    assert!(!output.err.contains("left unread"), "{output:?}");
    assert_eq!(standings(&world), ["needs_action:inactive_account"]);
}

#[test]
fn what_would_let_a_wage_into_two_files_is_no_configuration() {
    let world = World::new();
    let bank = Bank::of(&world);
    for (more, words) in [
        ("reference_memory_days = 1\n", ["reference_memory_days", "never put into another file"]),
        ("name_check = \"stop\"\n", ["name_check", "nobody can be asked"]),
        ("base_url = \"https://bank.example\"\n", ["base_url", "unknown"]),
    ] {
        world.write("upah.toml", &toml(more));
        world.pay(&november(1)).assert_says(2, &words);
    }
    world.write("upah.toml", &toml("").replace("\"out\"", "\"missing\""));
    world.pay(&november(1)).assert_says(2, &["outbox", "make it first"]);
    assert_eq!(bank.take().len(), 0);
}
