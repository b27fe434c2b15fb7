//! A small book with two workers' payments in it, entries of strangers around them, and its key.
use upah_core::commitment::{Commit, Salt};
use upah_core::event::{ApprovalProof, Attempted, Event, Fact, Instruction, RunEvent, RunFact, SealedRecord};
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::name::NameMatch;
use upah_core::reference::Reference;
use upah_core::row::{Direction, Line, PayRowFields, Statement};
use upah_core::run::{Digest, PaymentId, RunId};
use upah_core::store::{StoredRecord, Stream};
use upah_core::{Cause, Component, Destination, PayRow, Rupiah, Timestamp};
use upah_slip::{SlipInput, render_signed};
use upah_tlog::{Checkpoint, MemoryTree, SigningKey, inclusion_proof, leaf_hash};

pub(crate) const ORIGIN: &str = "upah.example/kampung-marketer";
pub(crate) const START: i64 = 1_795_000_000_000;

pub(crate) struct Book {
    pub(crate) key: SigningKey,
    pub(crate) tree: MemoryTree,
    pub(crate) siti: Vec<StoredRecord>,
    pub(crate) budi: Vec<StoredRecord>,
    pub(crate) runs: Vec<StoredRecord>,
}

#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) sandbox: bool,
    pub(crate) attempts: u16,
    pub(crate) note: Option<String>,
    pub(crate) settled: bool,
    pub(crate) amount: u64,
}

impl Default for Told {
    fn default() -> Self {
        Self { sandbox: false, attempts: 1, note: None, settled: true, amount: 600_000 }
    }
}

pub(crate) fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[seed; 32]).unwrap()
}

impl Book {
    /// The book of the office, whose key has seed 1.
    pub(crate) fn of(told: &Told) -> Self {
        Self::signed_by(key(1), told)
    }

    pub(crate) fn signed_by(key: SigningKey, told: &Told) -> Self {
        let mut writer = Writer { tree: MemoryTree::default(), salts: 0, heads: Vec::new() };
        writer.strangers(5);
        let run: RunId = "k7m2qx4dnp".parse().unwrap();
        let siti = PaymentId { run: run.clone(), n: 1 };
        let budi = PaymentId { run: run.clone(), n: 2 };
        let (mut siti_records, mut budi_records) = (Vec::new(), Vec::new());
        siti_records.push(writer.payment(&siti, instructed(&run, row("W-001", "Siti Contoh", told))));
        let other = Told { amount: 750_000, note: None, ..told.clone() };
        budi_records.push(writer.payment(&budi, instructed(&run, row("W-002", "Budi Contoh", &other))));
        let mut runs = vec![writer.run(&run, 1, sealed(told, 2))];
        writer.strangers(3);
        runs.push(writer.run(&run, 2, approved()));
        writer.strangers(2);
        for fact in history(told) {
            siti_records.push(writer.payment(&siti, fact));
            writer.strangers(3);
        }
        for fact in history(&other) {
            budi_records.push(writer.payment(&budi, fact));
        }
        writer.strangers(40);
        Self { key, tree: writer.tree, siti: siti_records, budi: budi_records, runs }
    }

    /// Siti's account is refused, people correct it, and a second run pays her.
    pub(crate) fn reinstructed() -> Self {
        let told = Told::default();
        let mut writer = Writer { tree: MemoryTree::default(), salts: 0, heads: Vec::new() };
        let (first, second): (RunId, RunId) = ("k7m2qx4dnp".parse().unwrap(), "q2q2q2q2q2".parse().unwrap());
        let id = PaymentId { run: first.clone(), n: 1 };
        let mut siti = vec![writer.payment(&id, instructed(&first, row("W-001", "Siti Contoh", &told)))];
        let mut runs = vec![writer.run(&first, 1, sealed(&told, 1)), writer.run(&first, 2, approved())];
        siti.push(writer.payment(&id, attempted(1, 0)));
        let refusal = Refusal { cause: Cause::InvalidAccount, evidence: evidence("4041811") };
        siti.push(writer.payment(&id, Fact::Answered { number: 1, outcome: SubmitOutcome::Refused(refusal) }));
        siti.push(writer.payment(&id, Fact::Parked { cause: Cause::InvalidAccount }));
        siti.push(writer.payment(&id, instructed(&second, row("W-001", "Siti Contoh", &told))));
        runs.push(writer.run(&second, 1, sealed(&told, 0)));
        writer.strangers(4);
        runs.push(writer.run(&second, 2, approved()));
        siti.push(writer.payment(&id, attempted(2, 0)));
        siti.push(
            writer.payment(&id, Fact::Answered { number: 2, outcome: SubmitOutcome::Settled(evidence("2001800")) }),
        );
        writer.strangers(9);
        Self { key: key(1), tree: writer.tree, siti, budi: Vec::new(), runs }
    }

    pub(crate) fn checkpoint(&self) -> String {
        let head = Checkpoint::new(ORIGIN, self.tree.size(), self.tree.root()).unwrap();
        head.sign(&self.key).unwrap()
    }

    /// Siti's slip as the office hands it out: its page is signed.
    pub(crate) fn slip(&self) -> String {
        render_signed(&self.siti(), &self.key).unwrap()
    }

    pub(crate) fn siti(&self) -> SlipInput {
        self.input(&self.siti)
    }

    pub(crate) fn budi(&self) -> SlipInput {
        self.input(&self.budi)
    }

    pub(crate) fn input(&self, payment: &[StoredRecord]) -> SlipInput {
        let prove = |index| inclusion_proof(index, self.tree.size(), &self.tree);
        let vkey = self.key.verifying_key();
        SlipInput::assemble(vkey, &self.checkpoint(), payment, &self.runs, prove).unwrap()
    }
}

struct Writer {
    tree: MemoryTree,
    salts: u8,
    heads: Vec<(Stream, u32, Commit)>,
}

impl Writer {
    fn strangers(&mut self, count: u64) {
        for _ in 0..count {
            let size = self.tree.size();
            self.tree.push(leaf_hash(format!("somebody else's entry {size}").as_bytes()));
        }
    }

    fn salt(&mut self) -> Salt {
        self.salts += 1;
        Salt(*leaf_hash(&[self.salts]).as_ref().first_chunk().unwrap())
    }

    fn head(&self, stream: &Stream) -> (u32, Commit) {
        let last = self.heads.iter().rev().find(|(one, _, _)| one == stream);
        last.map_or((0, Commit::NONE), |(_, n, commit)| (*n, *commit))
    }

    fn payment(&mut self, id: &PaymentId, fact: Fact) -> StoredRecord {
        let stream = Stream::Payment(id.clone());
        let (n, prev) = self.head(&stream);
        let event = Event { at: self.now(), n: n + 1, prev, stream: id.clone(), v: 1, fact };
        let salt = self.salt();
        let (sealed, commit) = event.seal(salt).unwrap();
        self.heads.push((stream.clone(), n + 1, commit));
        self.store(stream, sealed)
    }

    fn run(&mut self, id: &RunId, n: u32, fact: RunFact) -> StoredRecord {
        let stream = Stream::Run(id.clone());
        let (_, prev) = self.head(&stream);
        let event: RunEvent = Event { at: self.now(), n, prev, stream: id.clone(), v: 1, fact };
        let salt = self.salt();
        let (sealed, commit) = event.seal(salt).unwrap();
        self.heads.push((stream.clone(), n, commit));
        self.store(stream, sealed)
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(START).plus_seconds(60 * self.tree.size())
    }

    fn store(&mut self, stream: Stream, sealed: SealedRecord) -> StoredRecord {
        let seq = self.tree.size();
        let hash = leaf_hash(sealed.leaf.as_bytes());
        self.tree.push(hash);
        let (record, salt) = (Some(sealed.record), Some(sealed.salt));
        StoredRecord { seq, stream, record, salt, leaf_hash: hash.0 }
    }
}

fn row(worker: &str, name: &str, told: &Told) -> PayRow {
    let rupiah = |value| Rupiah::new(value).unwrap();
    let line = |direction, kind: &str, amount| Line::stated(direction, kind.parse().unwrap(), rupiah(amount));
    let commission = |amount, computation: &str| {
        let (kind, computation) = ("commission".parse().unwrap(), computation.parse().unwrap());
        Line::computed(Direction::Earning, kind, rupiah(amount), computation).unwrap()
    };
    let lines = vec![
        line(Direction::Earning, "base", told.amount),
        commission(75_000, "commission-rate/1 rate=5% margin=1500000"),
        line(Direction::Deduction, "savings", 75_000),
    ];
    PayRow::new(PayRowFields {
        row: 2,
        employer: None,
        worker_id: worker.parse().unwrap(),
        name: name.parse().unwrap(),
        destinations: Destination::parse_list("bank:014:1234567890 ewallet:dana:081234567890 bank:008:99887766")
            .unwrap(),
        period: "2026-11".parse().unwrap(),
        amount: rupiah(told.amount),
        component: Component::default(),
        due_date: Some("2026-11-25".parse().unwrap()),
        sex: None,
        language: None,
        relationship: None,
        note: told.note.as_ref().map(|note| note.parse().unwrap()),
        statement: Statement::new(lines, rupiah(told.amount)).unwrap(),
    })
    .unwrap()
}

fn instructed(run: &RunId, row: PayRow) -> Fact {
    let employer = "kampung-marketer".parse().unwrap();
    Fact::Instructed(Box::new(Instruction { employer, run: run.clone(), row, holds: Vec::new() }))
}

fn sealed(told: &Told, count: u32) -> RunFact {
    RunFact::Sealed {
        employer: "kampung-marketer".parse().unwrap(),
        digest: Digest([7; 32]),
        key: "november".into(),
        count,
        total: Rupiah::new(told.amount + 750_000).unwrap(),
        reinstructed: 0,
        created_by: "Sari Pembuat".parse().unwrap(),
        sandbox: told.sandbox,
    }
}

fn approved() -> RunFact {
    let by = "Agus Pemeriksa".parse().unwrap();
    RunFact::Approved { by, digest: Digest([7; 32]), proof: ApprovalProof::Asserted }
}

fn evidence(code: &str) -> Evidence {
    let raw = format!(
        "{{\"responseCode\":\"{code}\",\"responseMessage\":\"as the bank said it\",\"referenceNo\":\"88001122\",\
         \"amount\":{{\"value\":\"600000.00\",\"currency\":\"IDR\"}},\"additionalInfo\":{{\"note\":\"<b>&amp;</b>\"}}}}"
    );
    Evidence { grade: Grade::TlsResponse, code: code.into(), provider_id: Some("88001122".into()), raw }
}

fn attempted(number: u16, destination: u8) -> Fact {
    let body = format!(
        "{{\"partnerReferenceNo\":\"ABCDEFGHIJKLMNOPQRSTUVW{number}\",\"amount\":{{\"value\":\"600000.00\",\"currency\":\"IDR\"}},\
         \"beneficiaryAccountNo\":\"1234567890\",\"beneficiaryAccountName\":\"Siti Contoh\",\"beneficiaryBankCode\":\"014\",\
         \"sourceAccountNo\":\"888801000157508\",\"transactionDate\":\"2026-11-25T09:00:00+07:00\",\"feeType\":\"OUR\"}}"
    );
    Fact::Attempted(Box::new(Attempted {
        number,
        reference: Reference::from_stored(format!("ABCDEFGHIJKLMNOPQRSTUVW{number}")),
        rail: "bank".parse().unwrap(),
        fingerprint: "0f1e2d3c4b5a6978".into(),
        destination,
        body,
    }))
}

/// Refused, refused, …, then no answer, then settled by inquiry.
fn history(told: &Told) -> Vec<Fact> {
    let mut facts = vec![Fact::Inspected {
        destination: 0,
        rail: "bank".parse().unwrap(),
        found: Inspection::Found { name: "SITI CONTOH".into(), session: None },
        matching: NameMatch::Match,
        likeness: None,
    }];
    for number in 1..told.attempts {
        let refusal = Refusal { cause: Cause::InactiveAccount, evidence: evidence("4031818") };
        facts.push(attempted(number, number as u8 - 1));
        facts.push(Fact::Answered { number, outcome: SubmitOutcome::Refused(refusal) });
        facts.push(Fact::Rerouted { cause: Cause::InactiveAccount, destination: number as u8 });
    }
    let number = told.attempts;
    facts.push(attempted(number, number as u8 - 1));
    let unknown = SubmitOutcome::Unknown { doubt: Doubt::NoAnswer, evidence: None };
    facts.push(Fact::Answered { number, outcome: unknown });
    if told.settled {
        facts.push(Fact::Inquired { number, answer: InquiryAnswer::InProgress(evidence("2003600")) });
        facts.push(Fact::Inquired { number, answer: InquiryAnswer::Success(evidence("2003600")) });
    }
    facts
}
