//! Payments to tell of, made the only way there is: by folding events. The people are invented.
#![allow(clippy::unwrap_used, dead_code)]

use upah_core::bank_statement::{Claim, Entry, Resolution, Side};
use upah_core::commitment::Commit;
use upah_core::event::{Attempted, Event, Fact, Instruction, PaymentEvent};
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Refusal, SubmitOutcome};
use upah_core::reference::Reference;
use upah_core::row::{Line, PayRowFields, Statement};
use upah_core::run::Digest;
use upah_core::{Cause, Destination, PayRow, Payment, Rupiah, Timestamp};

pub(crate) mod ten;

pub(crate) const ACCOUNT: &str = "1234567890";
pub(crate) const PHONE: &str = "81234567890";
pub(crate) const REFERENCE: &str = "K7QX2MDNPAVR4TCWZ3YHGB5SEF";

/// The events of one payment, and whether its run was approved.
#[derive(Clone, Debug)]
pub(crate) struct Stream {
    events: Vec<(u64, PaymentEvent)>,
    approved: bool,
    at: Timestamp,
}

pub(crate) fn rupiah(value: u64) -> Rupiah {
    Rupiah::new(value).unwrap()
}

pub(crate) fn fields(name: &str, amount: u64) -> PayRowFields {
    PayRowFields {
        row: 2,
        employer: None,
        worker_id: "CS-017".parse().unwrap(),
        name: name.parse().unwrap(),
        destinations: Destination::parse_list("bank:014:1234567890 ewallet:dana:081234567890").unwrap(),
        period: "2026-11".parse().unwrap(),
        amount: rupiah(amount),
        component: "wage".parse().unwrap(),
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("wage".parse().unwrap(), rupiah(amount)),
    }
}

/// A worker of customer service: base pay and commission, less her savings.
pub(crate) fn siti() -> PayRowFields {
    use upah_core::row::Direction::{Deduction, Earning};
    let line = |direction, kind: &str, amount| Line::stated(direction, kind.parse().unwrap(), rupiah(amount));
    let lines =
        vec![line(Earning, "base", 600_000), line(Earning, "commission", 150_000), line(Deduction, "savings", 50_000)];
    let statement = Statement::new(lines, rupiah(700_000)).unwrap();
    PayRowFields { statement, ..fields("Siti Contoh", 700_000) }
}

pub(crate) fn instruction(row: PayRowFields, holds: &[Cause]) -> Instruction {
    Instruction {
        employer: "kampung-marketer".parse().unwrap(),
        run: "k7m2qx4dnp".parse().unwrap(),
        row: PayRow::new(row).unwrap(),
        holds: holds.to_vec(),
    }
}

impl Stream {
    pub(crate) fn of(row: PayRowFields) -> Self {
        Self::held(row, &[])
    }

    /// Begins on 25 November 2026 at 09:00 in Jakarta.
    pub(crate) fn held(row: PayRowFields, holds: &[Cause]) -> Self {
        let at = "2026-11-25T09:00:00+07:00".parse().unwrap();
        let mut stream = Self { events: Vec::new(), approved: true, at };
        stream.push(Fact::Instructed(Box::new(instruction(row, holds))));
        stream
    }

    pub(crate) fn unapproved(mut self) -> Self {
        self.approved = false;
        self
    }

    /// Lets minutes pass, then adds a fact.
    pub(crate) fn then(mut self, minutes: u64, fact: Fact) -> Self {
        self.at = self.at.plus_seconds(minutes * 60);
        self.push(fact);
        self
    }

    pub(crate) fn attempted(self, number: u16, destination: u8) -> Self {
        self.then(5, attempted(number, destination))
    }

    pub(crate) fn answered(self, number: u16, outcome: SubmitOutcome) -> Self {
        self.then(0, Fact::Answered { number, outcome })
    }

    pub(crate) fn inquired(self, number: u16, answer: InquiryAnswer) -> Self {
        self.then(10, Fact::Inquired { number, answer })
    }

    pub(crate) fn payment(&self) -> Payment {
        let approved = self.approved;
        Payment::replay(&self.events, &move |_| approved.then_some(2)).unwrap()
    }

    fn push(&mut self, fact: Fact) {
        let n = u32::try_from(self.events.len() + 1).unwrap();
        let stream = "k7m2qx4dnp-17".parse().unwrap();
        // The run's approval has the sequence number 2.
        let sequence = if n == 1 { 1 } else { u64::from(n) + 1 };
        self.events.push((sequence, Event { at: self.at, n, prev: Commit::NONE, stream, v: 1, fact }));
    }
}

pub(crate) fn attempted(number: u16, destination: u8) -> Fact {
    Fact::Attempted(Box::new(Attempted {
        number,
        reference: Reference::from_stored(REFERENCE),
        rail: "bank".parse().unwrap(),
        fingerprint: "f".into(),
        destination,
        body: "{}".into(),
    }))
}

pub(crate) fn evidence(grade: Grade, code: &str) -> Evidence {
    Evidence { grade, code: code.into(), provider_id: Some("2026112500000017".into()), raw: "{}".into() }
}

pub(crate) fn settled(grade: Grade) -> SubmitOutcome {
    SubmitOutcome::Settled(evidence(grade, "2001800"))
}

pub(crate) fn refused(cause: Cause) -> SubmitOutcome {
    SubmitOutcome::Refused(Refusal { cause, evidence: evidence(Grade::TlsResponse, "4041811") })
}

pub(crate) fn unknown(doubt: Doubt) -> SubmitOutcome {
    SubmitOutcome::Unknown { doubt, evidence: None }
}

/// A line of the bank's statement of 26 November 2026.
pub(crate) fn booked(number: u16, side: Side, amount: u64) -> Fact {
    let bank_reference = Some("2026112600000017".into());
    let entry = Entry { day: "2026-11-26".parse().unwrap(), side, amount: rupiah(amount), bank_reference };
    Fact::Booked { number, entry, statement: Digest([7; 32]) }
}

/// The word of two people of the office.
pub(crate) fn resolved(number: u16, claim: Claim) -> Fact {
    let (by, and_by) = ("Ratna".parse().unwrap(), "Joko".parse().unwrap());
    let because = "buku tabungan diperiksa".into();
    Fact::Resolved {
        number,
        resolution: Box::new(Resolution { claim, by, and_by, because, evidence: Digest([9; 32]) }),
    }
}

/// Money twice: the first attempt, refused, is found paid after the second one was.
pub(crate) fn paid_twice() -> Stream {
    Stream::of(siti())
        .attempted(1, 0)
        .answered(1, refused(Cause::InvalidAccount))
        .then(0, Fact::Rerouted { cause: Cause::InvalidAccount, destination: 1 })
        .attempted(2, 1)
        .answered(2, settled(Grade::TlsResponse))
        .inquired(1, InquiryAnswer::Success(evidence(Grade::Statement, "00")))
}

pub(crate) fn returned(amount: Option<u64>) -> Stream {
    let evidence = evidence(Grade::TlsResponse, "2003600");
    Stream::of(siti()).attempted(1, 0).answered(1, settled(Grade::TlsResponse)).then(
        24 * 60,
        Fact::Inquired { number: 1, answer: InquiryAnswer::Refunded { amount: amount.map(rupiah), evidence } },
    )
}
