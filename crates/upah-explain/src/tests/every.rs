//! Every payment that tests tell of: each state with each cause it can have, and a few rare roads.

use std::sync::LazyLock;

use upah_core::bank_statement::{Claim, Side};
use upah_core::event::{Fact, Routed};
use upah_core::evidence::{Doubt, Grade, InquiryAnswer, Inspection, Refusal, SubmitOutcome};
use upah_core::name::{Likeness, NameMatch, NameReason};
use upah_core::policy::{Choice, Fee, PassedOver, Rule};
use upah_core::row::{Direction, Line, PayRowFields, Relationship, Statement};
use upah_core::{Cause, Payment, Timestamp};

use super::common::*;
use crate::{
    Audience, CapIs, DueDateIs, Earlier, Language, LateFineChoices, LogFacts, MonthIs, RightsClock, Story, TellOptions,
};

/// A synthetic code of no real merchant.
const QRIS: &str = "qris:00020101021126670015COM.EXAMPLE.WWW011893600014000000001702158850000000000010303UMI51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204541153033605802ID5913WARUNG%20CONTOH6006JEMBER61056811863044793";

pub(super) const FEE: Fee = Fee { amount: upah_core::Rupiah::ZERO, employer_pays: false };

fn new() -> Stream {
    Stream::of(siti())
}

fn sent() -> Stream {
    new().attempted(1, 0)
}

/// Streams that reach every state with every cause that can stand there.
pub(super) fn payments() -> Vec<Payment> {
    let mut all = vec![
        new(),
        new().unapproved(),
        sent(),
        sent().answered(1, SubmitOutcome::Accepted(evidence(Grade::TlsResponse, "2021800"))),
        sent().answered(
            1,
            SubmitOutcome::Contradicted { field: "amount".into(), evidence: evidence(Grade::TlsResponse, "") },
        ),
        new().then(1, Fact::Cancelled { by: "Sari".parse().unwrap(), because: "salah".into() }),
        paid_twice(),
        paid_at_the_second_place(),
        returned(Some(700_000)),
        returned(Some(650_000)),
        returned(None),
        returned(Some(700_000)).then(60, Fact::Instructed(Box::new(instruction(siti(), &[])))),
        returned(None).then(60, Fact::Instructed(Box::new(instruction(siti(), &[])))).attempted(2, 0),
        late_success(),
        new().then(1, Fact::Rerouted { cause: Cause::InvalidAccount, destination: 9 }),
    ];
    for cause in Cause::ALL {
        let parked = Fact::Parked { cause: *cause };
        let rerouted = Fact::Rerouted { cause: *cause, destination: 1 };
        all.extend([
            Stream::held(siti(), &[*cause, Cause::DestinationShared]),
            sent().answered(1, refused(*cause)),
            sent().answered(1, refused(*cause)).then(0, rerouted),
            sent().answered(1, SubmitOutcome::NotSent { cause: *cause, retry_after_seconds: None }),
            sent().answered(1, refused(*cause)).then(0, parked.clone()),
            new().then(0, parked.clone()),
            sent().answered(1, unknown(Doubt::NoAnswer)).then(0, parked),
        ]);
    }
    for doubt in [
        Doubt::NoAnswer,
        Doubt::Unreadable,
        Doubt::ProviderError,
        Doubt::Duplicate,
        Doubt::Inconsistent,
        Doubt::Interrupted,
    ] {
        let asked = |answer| sent().answered(1, unknown(doubt)).inquired(1, answer);
        let not_found = || asked(InquiryAnswer::NotFound(evidence(Grade::TlsResponse, "4043601")));
        all.extend([
            not_found(),
            not_found().then(5, Fact::Resending { number: 1 }).answered(1, refused(Cause::BadRequest)),
            not_found().then(5, Fact::Abandoned { number: 1, cause: Cause::ResendRefused }),
            asked(InquiryAnswer::Unavailable { cause: Cause::NoAnswer, retry_after_seconds: None }),
        ]);
    }
    let unheard = || sent().answered(1, unknown(Doubt::NoAnswer));
    all.extend([
        unheard().then(60, booked(1, Side::Debit, 700_000)),
        unheard().then(60, booked(1, Side::Debit, 60_000)),
        unheard().then(60, booked(1, Side::Debit, 700_000)).then(60, booked(1, Side::Credit, 700_000)),
        unheard().then(60, resolved(1, Claim::Settled)),
        unheard().then(60, resolved(1, Claim::Refused)),
        unheard().then(60, resolved(1, Claim::Refused)).then(60, Fact::Instructed(Box::new(instruction(siti(), &[])))),
        unheard().then(60, resolved(1, Claim::Settled)).then(60, booked(1, Side::Debit, 700_000)),
    ]);
    for grade in [Grade::Statement, Grade::SignedCallback, Grade::TlsResponse, Grade::People] {
        all.push(sent().answered(1, settled(grade)));
    }
    for matching in [NameMatch::Match, NameMatch::Close, NameMatch::Differs, NameMatch::NotSupported] {
        all.push(new().then(0, inspected(Inspection::Found { name: "S*** C*****".into(), session: None }, matching)));
    }
    let refusal = Refusal { cause: Cause::InvalidAccount, evidence: evidence(Grade::TlsResponse, "4041611") };
    all.push(new().then(0, inspected(Inspection::Refused(refusal), NameMatch::NotSupported)));
    all.extend(ways());
    all.extend([on_sheet(), on_sheet_in_doubt()]);
    for due in ["2026-11-20", "2026-11-25"] {
        let row =
            PayRowFields { relationship: Some(Relationship::Employee), due_date: Some(due.parse().unwrap()), ..siti() };
        all.push(Stream::of(row).attempted(1, 0).answered(1, settled(Grade::TlsResponse)));
    }
    all.extend([late(), waiting_past_its_day()]);
    all.extend(rows().into_iter().map(Stream::of));
    all.iter().map(Stream::payment).collect()
}

/// Ways that were chosen and waited for, and names that were taken for hers, each for its reason.
fn ways() -> Vec<Stream> {
    let others =
        [PassedOver::OverLimit, PassedOver::UnderLimit, PassedOver::Closed, PassedOver::Dearer, PassedOver::Later];
    let others: Vec<_> = others.map(|why| ("xendit".parse().unwrap(), why)).into();
    let routed = |rule, fee, not_before| {
        let choice = Choice { rule, fee, others: others.clone() };
        Fact::Routed(Box::new(Routed { destination: 0, rail: "bank".parse().unwrap(), choice, not_before }))
    };
    let opens = "2026-11-30T08:00:00+07:00".parse().unwrap();
    let mut all = vec![
        new().then(0, routed(Rule::Order, None, None)).attempted(1, 0),
        new().then(0, routed(Rule::Cheapest, Some(rupiah(2_500)), None)).attempted(1, 0),
        new().then(0, routed(Rule::Order, None, Some(opens))),
    ];
    for because in [
        NameReason::SameWords,
        NameReason::WordsMissing,
        NameReason::WrittenTogether,
        NameReason::OtherSpelling,
        NameReason::Initial,
        NameReason::Masked,
        NameReason::WordsDiffer,
        NameReason::NotTold,
    ] {
        let found = Inspection::Found { name: "S*** C*****".into(), session: None };
        let rail = "bank".parse().unwrap();
        let (matching, likeness) = (NameMatch::Close, Some(Likeness { score: 76, because }));
        all.push(new().then(0, Fact::Inspected { destination: 0, rail, found, matching, likeness }));
    }
    all
}

pub(super) fn inspected(found: Inspection, matching: NameMatch) -> Fact {
    Fact::Inspected { destination: 0, rail: "bank".parse().unwrap(), found, matching, likeness: None }
}

fn paid_at_the_second_place() -> Stream {
    let rerouted = Fact::Rerouted { cause: Cause::InvalidAccount, destination: 1 };
    let refused_first = sent().answered(1, refused(Cause::InvalidAccount)).then(0, rerouted);
    refused_first.attempted(2, 1).answered(2, settled(Grade::TlsResponse))
}

/// Paid once, after the attempt had been ended as refused.
pub(super) fn late_success() -> Stream {
    sent()
        .answered(1, refused(Cause::TransferFailed))
        .then(0, Fact::Parked { cause: Cause::TransferFailed })
        .inquired(1, InquiryAnswer::Success(evidence(Grade::TlsResponse, "2003600")))
}

fn to_a_shop() -> Stream {
    Stream::of(PayRowFields { destinations: vec![QRIS.parse().unwrap()], ..siti() }).attempted(1, 0)
}

/// Her code is on paper, and nobody knows of a payment.
pub(super) fn on_sheet() -> Stream {
    to_a_shop().answered(1, SubmitOutcome::Accepted(evidence(Grade::People, "")))
}

/// Upah was stopped while it put her code on paper.
fn on_sheet_in_doubt() -> Stream {
    to_a_shop().answered(1, unknown(Doubt::Interrupted))
}

fn due(date: &str) -> PayRowFields {
    PayRowFields { due_date: Some(date.parse().unwrap()), ..siti() }
}

/// Paid a day after it was due.
pub(super) fn late() -> Stream {
    Stream::of(due("2026-11-24")).attempted(1, 0).answered(1, settled(Grade::TlsResponse))
}

/// The employer's account was empty when the wage was due, and still is after it.
pub(super) fn waiting_past_its_day() -> Stream {
    let empty = Fact::Parked { cause: Cause::InsufficientFunds };
    Stream::of(due("2026-11-25")).then(2 * 24 * 60, empty)
}

/// Rows that differ in where they pay, for when, and why so much.
fn rows() -> Vec<PayRowFields> {
    let mut rows: Vec<_> = (1..=12).map(|month| format!("2026-{month:02}")).map(|month| with_period(&month)).collect();
    rows.extend([with_period("2026-11-25"), with_period("2026-W47")]);
    let wallets = ["gopay", "linkaja", "shopeepay", "ovo"].map(|wallet| format!("ewallet:{wallet}:081234567890"));
    let others =
        ["bank:999:1234567890", "bifast:phone:081234567890", "bifast:email:siti@example.com", QRIS].map(String::from);
    for destination in wallets.into_iter().chain(others) {
        rows.push(PayRowFields { destinations: vec![destination.parse().unwrap()], ..siti() });
    }
    for kind in
        ["wage", "base", "bonus", "incentive", "overtime", "delivery", "meal", "transport", "thr", "shu", "loan"]
    {
        rows.push(with_kind(kind));
    }
    for kind in ["advance", "dues", "tax", "bpjs", "transfer-fee", "fee", "admin", "sesuatu"] {
        rows.push(with_kind(kind));
    }
    rows.push(fields("Budi Contoh", 9_999_999_999_999));
    rows.push(commissioned("2026-11", 600_000, 600_000, "commission-rate/1 rate=12% margin=5000000"));
    for relationship in [None, Some(Relationship::Partner), Some(Relationship::Employee)] {
        for due in ["2026-11-02", "2026-12-02", "2027-02-01"] {
            rows.push(PayRowFields { relationship, due_date: Some(due.parse().unwrap()), ..siti() });
        }
    }
    rows
}

pub(super) fn with_period(period: &str) -> PayRowFields {
    PayRowFields { period: period.parse().unwrap(), ..siti() }
}

/// Computed and stated lines of this kind on both sides, and the kind as the component.
fn with_kind(kind: &str) -> PayRowFields {
    let stated = |direction, amount| Line::stated(direction, kind.parse().unwrap(), rupiah(amount));
    let lines = vec![
        computed(Direction::Earning, kind, 600_000, "commission-rate/1 rate=10% margin=6000000"),
        stated(Direction::Earning, 100_000),
        computed(Direction::Deduction, kind, 10_000, "commission-rate/1 rate=2,5% margin=400010"),
        stated(Direction::Deduction, 20_000),
    ];
    let statement = Statement::new(lines, rupiah(670_000)).unwrap();
    PayRowFields { component: kind.parse().unwrap(), statement, ..fields("Siti Contoh", 670_000) }
}

pub(super) fn computed(direction: Direction, kind: &str, amount: u64, computation: &str) -> Line {
    Line::computed(direction, kind.parse().unwrap(), rupiah(amount), computation.parse().unwrap()).unwrap()
}

/// Base pay and a commission by rate.
pub(super) fn commissioned(period: &str, base: u64, commission: u64, computation: &str) -> PayRowFields {
    let lines = vec![
        Line::stated(Direction::Earning, "base".parse().unwrap(), rupiah(base)),
        computed(Direction::Earning, "commission", commission, computation),
    ];
    let net = rupiah(base + commission);
    let statement = Statement::new(lines, net).unwrap();
    PayRowFields { statement, period: period.parse().unwrap(), ..fields("Siti Contoh", net.value()) }
}

/// Rows beside which the others stand: computed lines that went up and down, and a line that is nowhere else.
pub(super) fn earlier() -> [Payment; 3] {
    let loan = vec![
        Line::stated(Direction::Earning, "base".parse().unwrap(), rupiah(900_000)),
        Line::stated(Direction::Earning, "bonus".parse().unwrap(), rupiah(1)),
        Line::stated(Direction::Deduction, "loan".parse().unwrap(), rupiah(1)),
        Line::stated(Direction::Deduction, "savings".parse().unwrap(), rupiah(80_000)),
    ];
    let with_loan =
        PayRowFields { statement: Statement::new(loan, rupiah(820_000)).unwrap(), ..fields("Siti Contoh", 820_000) };
    let rows = [
        commissioned("2026-10", 600_000, 400_000, "commission-rate/1 rate=10% margin=4000000"),
        commissioned("2026-10", 600_000, 900_000, "commission-rate/1 rate=15% margin=6000000"),
        with_loan,
    ];
    rows.map(|row| Stream::of(row).payment())
}

/// How the law is read, each choice both ways.
pub(super) fn clocks() -> [RightsClock; 2] {
    let other = LateFineChoices { due_date: DueDateIs::DayOne, month: MonthIs::Calendar, cap: CapIs::AfterDayEight };
    let today = |text: &str| upah_core::period::parse_date(text).unwrap();
    [
        RightsClock { today: today("2026-12-04"), choices: LateFineChoices::default() },
        RightsClock { today: today("2027-02-01"), choices: other },
    ]
}

/// A story, and how it was told.
pub(super) struct Told {
    pub(super) language: Language,
    pub(super) audience: Audience,
    pub(super) sandbox: bool,
    pub(super) story: Story,
}

/// All payments, told in every way: made once for all tests, since telling is most of their time.
pub(super) fn stories() -> &'static [Told] {
    static ALL: LazyLock<Vec<Told>> = LazyLock::new(|| {
        let mut all = Vec::new();
        for payment in payments() {
            told(&payment, |options, story| {
                let TellOptions { language, audience, sandbox, .. } = *options;
                all.push(Told { language, audience, sandbox, story });
            });
        }
        all
    });
    &ALL
}

/// Tells a payment in every language to everybody, with and without what the options can add.
pub(super) fn told(payment: &Payment, mut hear: impl FnMut(&TellOptions<'_>, Story)) {
    let (earlier, clocks) = (earlier(), clocks());
    let (first, second) = ("Sari".parse().unwrap(), "Budi".parse().unwrap());
    let fair = Fee { amount: rupiah(2_500), employer_pays: true };
    let day = Some(Timestamp::from_millis(1_795_600_000_000));
    for language in Language::ALL {
        for audience in Audience::ALL {
            let bare = TellOptions::new(language, audience);
            let rich = TellOptions {
                sandbox: true,
                fee: Some(&fair),
                log: Some(LogFacts { size: 1_234, day, witnesses_named: 0 }),
                stated_by: Some([&first, &second]),
                earlier: Some(Earlier::Kept(&earlier[0])),
                clock: Some(clocks[0]),
                ..bare
            };
            let odd = TellOptions {
                fee: Some(&FEE),
                log: Some(LogFacts { size: 7, day: None, witnesses_named: 2 * (payment.attempts.len() % 2) }),
                earlier: Some(match payment.attempts.len() {
                    2 => Earlier::Erased(earlier[1].instruction.row.period),
                    other => Earlier::Kept(&earlier[1 + other % 2]),
                }),
                clock: Some(clocks[1]),
                ..bare
            };
            // What the options add is the same for everybody, and a draft is for workers; `drafts.rs` has the rest.
            let all = match (language.is_draft(), audience) {
                (false, Audience::Worker) => vec![bare, rich, odd],
                (false, _) => vec![bare, rich],
                (true, Audience::Worker) => vec![rich],
                (true, _) => vec![],
            };
            for options in all {
                hear(&options, Story::tell(payment, &options));
            }
        }
    }
}
