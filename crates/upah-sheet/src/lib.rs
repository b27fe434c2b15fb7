//! A printed sheet of QRIS codes as a rail: for an employer who has a phone, and no contract with any provider.
//!
//! A worker who has a shop's QRIS code gives it as her destination. An attempt over this rail is that code made for one
//! payment: her merchant account, her wage, and our reference in tag 62.05. It is durable before it can be printed, and
//! a person pays it with any bank's app.
//!
//! # What this rail knows
//! Nothing. Paper answers no question, and no app tells us what it paid. So [`Rail::submit`] says *accepted* (it stands
//! on the sheet; no money has moved by that), [`Rail::inquire`] says *not found*, which proves nothing by itself, and
//! [`Rail::can_be_asked`] tells the engine not to ask and not to wait. A payment leaves `pending` by a line of a bank's
//! statement or by the word of two people alone. It is never sent again by itself: "not found" is never trusted here
//! ([`SheetRail::policy`]), and a sheet prints what is `pending` and nothing else.
//!
//! *In progress* would be the other honest answer, and would close the way out: it contradicts two people who state that
//! a code was never scanned. *Unavailable* would take no word of theirs at all.
//!
//! # What it cannot protect from
//! A bank refuses a reference that it has paid. Nobody refuses a code that is scanned a second time: the sheet says so
//! to whoever holds the phone, and has a box to tick. And a second store of the same employer prints the same codes
//! without knowing of the first.
//!
//! # On trial
//! In a sandbox store real codes of real shops may stand in the file. [`SheetRail::on_trial`] writes the currency 963
//! into each code, which ISO 4217 keeps for tests, so that a scan of a trial sheet is not a payment in rupiah.
#![cfg_attr(test, allow(clippy::unwrap_used))]

use upah_core::evidence::{Evidence, Grade, InquiryAnswer, SubmitOutcome};
use upah_core::policy::{NameCheck, Pattern, RailPolicy, scheme};
use upah_core::rail::{BoxFuture, ComposeError, DurableAttempt, Order, Rail, StoredAttempt};
use upah_core::reference::ReferenceForm;
use upah_core::{Destination, RailId, Rupiah};
use upah_qris::{BuildError, Builder, Qris};

/// ISO 4217 keeps the number 963 (XTS) for tests.
const TEST_CURRENCY: &str = "963";
const CURRENCY: u8 = 53;
const REFERENCE_LENGTH: u8 = 25;

/// The rail `qris-sheet`. It holds no secret and calls nobody.
#[derive(Clone, Debug)]
pub struct SheetRail {
    id: RailId,
    is_trial: bool,
}

impl SheetRail {
    /// Codes that pay.
    #[must_use]
    pub fn new(id: RailId) -> Self {
        Self { id, is_trial: false }
    }

    /// Codes that no app should pay, for a sandbox store.
    #[must_use]
    pub fn on_trial(id: RailId) -> Self {
        Self { id, is_trial: true }
    }

    /// Which account pays is decided by whoever scans, so the sort of the rail is all there is to tell apart.
    #[must_use]
    pub fn fingerprint(&self) -> &'static str {
        if self.is_trial { "qris-sheet/1/trial" } else { "qris-sheet/1" }
    }

    /// Whether an attempt under this fingerprint stands on a sheet.
    #[must_use]
    pub fn is_sheet(fingerprint: &str) -> bool {
        matches!(fingerprint, "qris-sheet/1" | "qris-sheet/1/trial")
    }

    /// What decisions are to know of it: who holds a code is not asked about, references fit into 62.05, "not found" is
    /// never trusted, and the limit is that of the scheme `qris`; a bank may allow less.
    ///
    /// One at a time: nothing is waited for, and a process that is killed leaves at most two codes in doubt.
    #[must_use]
    pub fn policy(&self, serves: Vec<Pattern>) -> RailPolicy {
        RailPolicy {
            terms: scheme("qris").unwrap_or_default(),
            name_check: NameCheck::Off,
            inspects: false,
            reference_form: ReferenceForm::Base32 { length: REFERENCE_LENGTH },
            inquire_after_seconds: vec![u32::MAX],
            trust_not_found_after_seconds: u32::MAX,
            watch_returns_days: 0,
            max_concurrency: 1,
            ..RailPolicy::new(self.id.clone(), self.fingerprint(), serves)
        }
    }

    /// As it is stored: paper has neither code nor connection. The weakest grade, for it proves nothing.
    fn note(words: &str) -> Evidence {
        Evidence { grade: Grade::People, code: String::new(), provider_id: None, raw: words.into() }
    }
}

/// The code for one payment. A reference that finds no room beside what the shop itself has in tag 62 is left out, and
/// not cut: a part of it would be found by nobody.
fn for_one_payment(code: &Qris<'_>, amount: Rupiah, reference: &str) -> Result<String, BuildError> {
    match code.to_dynamic(amount.value(), Some(reference)) {
        Err(BuildError::Additional | BuildError::Length(_) | BuildError::Reference | BuildError::TooLong) => {
            code.to_dynamic(amount.value(), None)
        }
        written => written,
    }
}

/// The same code in a currency in which nobody is paid.
fn defused(code: &Qris<'_>) -> Result<String, BuildError> {
    const FORMAT: u8 = 0;
    const CRC: u8 = 63;
    let objects = code.objects().filter(|object| !matches!(object.tag, FORMAT | CRC));
    let written = objects.map(|object| (object.tag, if object.tag == CURRENCY { TEST_CURRENCY } else { object.value }));
    written.into_iter().try_fold(Builder::new(), |builder, (tag, value)| builder.object(tag, value))?.seal()
}

impl Rail for SheetRail {
    fn id(&self) -> &RailId {
        &self.id
    }

    /// The payload of the code that is printed.
    fn compose(&self, order: &Order<'_>) -> Result<String, ComposeError> {
        let Destination::Qris(payload) = order.destination else { return Err(ComposeError::NotServed) };
        let code = Qris::parse(payload.as_str()).map_err(|_| ComposeError::NotServed)?;
        // A file with such a code is refused when it is read; a host that builds its own rows is stopped here.
        code.check_payable().map_err(|_| ComposeError::NotServed)?;
        let written =
            for_one_payment(&code, order.amount, order.reference.as_str()).map_err(|_| ComposeError::TooLong)?;
        let written = match Qris::parse(&written) {
            Ok(code) if self.is_trial => defused(&code).map_err(|_| ComposeError::TooLong)?,
            _ => written,
        };
        // What could not be read back would be printed and never be paid.
        let amount = order.amount.value().to_string();
        let is_ours = Qris::parse(&written).is_ok_and(|code| code.amount() == Some(amount.as_str()));
        if is_ours { Ok(written) } else { Err(ComposeError::NotServed) }
    }

    fn submit<'a>(&'a self, _: &'a DurableAttempt) -> BoxFuture<'a, SubmitOutcome> {
        Box::pin(async { SubmitOutcome::Accepted(Self::note("stands on the sheet")) })
    }

    fn inquire<'a>(&'a self, _: &'a StoredAttempt) -> BoxFuture<'a, InquiryAnswer> {
        Box::pin(async { InquiryAnswer::NotFound(Self::note("paper answers no question")) })
    }

    fn can_be_asked(&self) -> bool {
        false
    }
}
