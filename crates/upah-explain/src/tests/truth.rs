//! What a story claims: no more than the events prove, and nothing that is nobody's business.

use proptest::prelude::*;
use upah_core::bank_statement::{Claim, Side};
use upah_core::event::Fact;
use upah_core::evidence::{Doubt, Evidence, Grade, InquiryAnswer, Inspection, SubmitOutcome};
use upah_core::name::NameMatch;
use upah_core::policy::Fee;
use upah_core::row::PayRowFields;
use upah_core::{Cause, Payment, PaymentState};

use super::common::*;
use super::every;
use crate::{Audience, Language, LogFacts, Story, TellOptions};

fn worker(payment: &Payment) -> Story {
    Story::tell(payment, &TellOptions::new(Language::Id, Audience::Worker))
}

fn counsellor(payment: &Payment) -> Story {
    Story::tell(payment, &TellOptions::new(Language::Id, Audience::Counsellor))
}

fn section(story: &Story, index: usize) -> String {
    story.sections[index].answers.join(" ")
}

/// All forms in which a story leaves the process.
fn forms(story: &Story) -> [String; 6] {
    let json = serde_json::to_string(story).unwrap();
    [story.to_text(), story.to_html_fragment(), json, story.to_whatsapp(), story.to_sms(), story.to_58mm()]
}

fn assert_whole_and_discreet(story: &Story) {
    for (index, section) in story.questions().enumerate() {
        assert!(!section.question.is_empty() && !section.answers.is_empty(), "{index}");
        assert!(section.answers.iter().all(|answer| answer.len() > 3 && !answer.contains(['{', '}', '$'])), "{index}");
    }
    let step = &story.next_step;
    assert!(![&story.headline, &step.who, &step.what, &step.ask_next].iter().any(|text| text.is_empty()));
    for form in forms(story) {
        assert!(!form.contains(ACCOUNT) && !form.contains(PHONE) && !form.contains("siti@"), "{form}");
    }
}

#[test]
fn every_state_and_cause_answers_all_five_questions_and_shows_no_full_number() {
    let payments = every::payments();
    for state in PaymentState::ALL {
        assert!(payments.iter().any(|payment| payment.state == state), "{state:?} is not told of");
    }
    every::stories().iter().for_each(|told| assert_whole_and_discreet(&told.story));
}

#[test]
fn what_stands_on_paper_is_not_said_to_be_with_a_bank_or_stated_by_people() {
    let payment = every::on_sheet().payment();
    for audience in Audience::ALL {
        let story = Story::tell(&payment, &TellOptions::new(Language::En, audience));
        let text = story.to_text();
        assert!(story.headline.contains("waits on the QRIS sheet"), "{text}");
        for words in ["the bank works", "The bank took", "still working", "keeps asking", "word of two people"] {
            assert!(!text.contains(words), "{words}: {text}");
        }
        assert_eq!(story.next_step.actor, upah_core::cause::Actor::Employer);
    }
    let asked = InquiryAnswer::NotFound(evidence(Grade::People, ""));
    let stated = every::on_sheet().inquired(1, asked).then(0, resolved(1, Claim::Settled)).payment();
    let text = counsellor(&stated).to_text();
    assert!(!text.contains("bertanya kepada bank.") && !text.contains("bank belum menemukan"), "{text}");
    let settled = every::on_sheet().then(60, booked(1, Side::Debit, 700_000)).payment();
    assert!(counsellor(&settled).to_text().contains("rekening koran"), "as any other wage once it is proved");
}

#[test]
fn money_that_may_have_left_is_never_said_to_be_with_the_employer() {
    for payment in every::payments() {
        let may_have_left = payment.attempts.iter().any(|attempt| attempt.state.is_live());
        let story = worker(&payment);
        let place = section(&story, 1);
        let with_employer = place.contains("keluar dari rekening") || place.contains("kembali ke rekening");
        assert!(!(may_have_left && with_employer), "{:?} {:?}: {place}", payment.state, payment.cause);
        let claims_arrival = place.contains("Uang sudah masuk menurut");
        let paid = payment.attempts.iter().any(|attempt| attempt.settled_at.is_some());
        assert!(paid || !claims_arrival, "{:?}: {place}", payment.state);
    }
}

#[test]
fn an_unanswered_payment_may_have_arrived_and_is_never_sent_twice() {
    let story = worker(&Stream::of(siti()).attempted(1, 0).answered(1, unknown(Doubt::NoAnswer)).payment());
    let place = section(&story, 1);
    assert!(place.contains("Bank belum menjawab") && place.contains("tidak dikirim dua kali"), "{place}");
    assert!(place.contains("mungkin sudah masuk ke rekening BCA ••••7890"), "{place}");
    assert!(section(&story, 3).starts_with("Belum tentu gagal."));
}

#[test]
fn while_only_her_account_is_asked_about_no_bank_is_said_to_work_on_her_order() {
    let under_way = Inspection::Unavailable { cause: Cause::InProgress, retry_after_seconds: None };
    let payment = Stream::of(siti()).then(0, every::inspected(under_way, NameMatch::NotSupported)).payment();
    assert_eq!((payment.state, payment.reason()), (PaymentState::Ready, Some(Cause::InProgress)));
    let story = worker(&payment);
    assert_eq!(story.cause, None);
    let unasked = worker(&Stream::of(siti()).payment());
    assert_eq!(section(&story, 3), section(&unasked, 3));
}

#[test]
fn what_people_said_is_not_said_to_be_the_banks_word() {
    let payment = Stream::of(siti()).attempted(1, 0).answered(1, settled(Grade::People)).payment();
    assert!(section(&worker(&payment), 1).contains("menurut dua orang, bukan menurut bank"));
    let (first, second) = ("Sari".parse().unwrap(), "Budi".parse().unwrap());
    let options = TellOptions { stated_by: Some([&first, &second]), ..TellOptions::default() };
    let story = Story::tell(&payment, &options);
    assert!(section(&story, 1).contains("menurut Sari dan Budi, bukan menurut bank"));
    assert!(!story.to_text().contains("Tidak ada yang gagal"));
    let by_the_bank = Stream::of(siti()).attempted(1, 0).answered(1, settled(Grade::TlsResponse)).payment();
    assert!(!Story::tell(&by_the_bank, &options).to_text().contains("Sari"));
}

#[test]
fn of_a_paid_wage_nothing_failed_and_nobody_has_a_deadline() {
    let story = worker(&Stream::of(siti()).attempted(1, 0).answered(1, settled(Grade::TlsResponse)).payment());
    assert!(section(&story, 3).starts_with("Tidak ada yang gagal."));
    assert_eq!(story.next_step.by, None);
    assert_eq!(story.cause, None);
}

#[test]
fn the_deadline_is_counted_in_jakarta_days_from_when_the_state_began() {
    let refused_at = |minutes| {
        let stream = Stream::of(siti())
            .attempted(1, 0)
            .then(minutes, Fact::Answered { number: 1, outcome: refused(Cause::InvalidAccount) });
        worker(&stream.then(0, Fact::Parked { cause: Cause::InvalidAccount }).payment()).next_step
    };
    assert_eq!(refused_at(0).by.as_deref(), Some("28 November 2026"));
    // 23:59 in Jakarta is still the 25th, one minute later is not.
    assert_eq!(refused_at(14 * 60 + 54).by.as_deref(), Some("28 November 2026"));
    assert_eq!(refused_at(14 * 60 + 55).by.as_deref(), Some("29 November 2026"));
}

#[test]
fn a_refused_payment_that_goes_elsewhere_asks_nobody_to_hurry_and_has_a_day_for_news() {
    let rerouted = Fact::Rerouted { cause: Cause::InvalidAccount, destination: 1 };
    let stream = Stream::of(siti()).attempted(1, 0).answered(1, refused(Cause::InvalidAccount)).then(0, rerouted);
    let story = worker(&stream.payment());
    assert_eq!(story.next_step.actor, upah_core::cause::Actor::Upah);
    assert!(section(&story, 3).contains("Paling lambat 26 November 2026 harus ada kabar."));
    assert!(section(&story, 1).contains("dompet DANA ••••7890"));
    let empty = Fact::Rerouted { cause: Cause::InsufficientFunds, destination: 0 };
    let stream = Stream::of(siti()).attempted(1, 0).answered(1, refused(Cause::InsufficientFunds)).then(0, empty);
    assert_eq!(worker(&stream.payment()).next_step.by.as_deref(), Some("26 November 2026"));
}

#[test]
fn an_excess_is_named_and_a_late_arrival_is_none() {
    let twice = paid_twice().payment();
    let story = worker(&twice);
    assert!(section(&story, 1).contains("Kelebihannya Rp700.000."));
    assert!(story.next_step.what.contains("jangan dipakai dulu") && story.next_step.what.contains("Hubungi kantor"));
    assert!(counsellor(&twice).next_step.law.unwrap().contains("UU 3/2011 pasal 85"));
    let late = worker(&every::late_success().payment());
    assert!(!late.to_text().contains("Kelebihan") && late.next_step.what.contains("tidak perlu berbuat apa-apa"));
    // Two attempts that were paid are told as an excess also where the state alone would say paid.
    let mut counted_once = twice;
    (counted_once.state, counted_once.cause, counted_once.excess) = (PaymentState::Settled, None, rupiah(0));
    assert!(worker(&counted_once).headline.contains("lebih dari sekali"));
}

#[test]
fn a_return_of_another_amount_is_a_difference_to_be_found() {
    assert!(!worker(&returned(Some(700_000)).payment()).to_text().contains("selisih"));
    assert!(worker(&returned(Some(650_000)).payment()).to_text().contains("Uang yang kembali: Rp650.000."));
    assert!(worker(&returned(Some(650_000)).payment()).to_text().contains("selisih"));
    assert!(worker(&returned(None).payment()).to_text().contains("belum menyebut berapa"));
}

#[test]
fn what_happened_is_told_in_its_order() {
    let story = worker(&returned(Some(700_000)).payment());
    let told = story.sections[1].answers.iter().filter(|answer| answer.contains("WIB:"));
    let order: Vec<_> = told.map(|answer| answer.rsplit(": ").next().unwrap()).collect();
    assert_eq!(
        order,
        ["perintah kirim dibuat lewat jalur “bank”.", "uang tercatat masuk.", "sistem upah bertanya kepada bank."]
    );
}

#[test]
fn an_attempt_of_an_earlier_instruction_is_not_told_with_the_new_destination() {
    let moved = PayRowFields { destinations: vec!["bank:008:5555666677".parse().unwrap()], ..siti() };
    let stream = returned(Some(700_000)).then(60, Fact::Instructed(Box::new(instruction(moved, &[]))));
    let place = section(&worker(&stream.payment()), 1);
    assert!(place.contains("Tujuan perintah itu: tujuan yang tercatat waktu itu."), "{place}");
    assert!(place.contains("Tujuan yang tercatat: rekening Bank Mandiri ••••6677."), "{place}");
}

#[test]
fn everything_from_a_sandbox_begins_with_uji_coba() {
    for told in every::stories() {
        assert_eq!(told.story.to_text().starts_with("UJI COBA"), told.sandbox);
        let html = told.story.to_html_fragment();
        let first = html.split("<p class=\"notice\">").nth(1).map(|rest| rest.starts_with("UJI COBA"));
        assert_eq!(first, told.sandbox.then_some(true));
    }
}

#[test]
fn a_fee_is_the_employers_and_its_size_only_what_was_told() {
    let payment = Stream::of(siti()).payment();
    assert_eq!(
        section(&worker(&payment), 2),
        "Biaya transfer ditanggung pemberi kerja. Besar biayanya belum diketahui."
    );
    let fee = Fee { amount: rupiah(2_500), employer_pays: true };
    let told = Story::tell(&payment, &TellOptions { fee: Some(&fee), ..TellOptions::default() });
    assert_eq!(section(&told, 2), "Biaya transfer ditanggung pemberi kerja. Biaya sekali kirim: Rp2.500.");
    let odd = Story::tell(&payment, &TellOptions { fee: Some(&every::FEE), ..TellOptions::default() });
    assert!(section(&odd, 2).contains("mencatat penanggung lain"));
}

#[test]
fn no_story_calls_its_own_slip_genuine() {
    let payment = Stream::of(siti()).payment();
    assert!(section(&worker(&payment), 4).contains("BELUM BISA DICEK"));
    let log = Some(LogFacts { size: 99, day: None, witnesses_named: 0 });
    let story = Story::tell(&payment, &TellOptions { log, ..TellOptions::default() });
    assert!(section(&story, 4).contains("sampai catatan nomor 99") && section(&story, 4).contains("Belum ada saksi"));
    assert!(section(&story, 4).contains("Slip tidak bisa membuktikan dirinya sendiri."));
}

#[test]
fn witnesses_who_are_named_and_not_checked_are_neither_denied_nor_believed() {
    let payment = Stream::of(siti()).payment();
    let told = |witnesses_named| {
        let log = Some(LogFacts { size: 99, day: None, witnesses_named });
        section(&Story::tell(&payment, &TellOptions { log, ..TellOptions::default() }), 4)
    };
    assert!(told(1).contains("Ada satu saksi yang disebut, tetapi belum diperiksa di sini."), "{}", told(1));
    assert!(told(2).contains("Banyaknya saksi yang disebut, tetapi belum diperiksa di sini: 2."), "{}", told(2));
    for named in [1, 2] {
        assert!(!told(named).contains("Belum ada saksi") && !told(named).contains("Saksi melihat"), "{}", told(named));
    }
}

#[test]
fn names_are_escaped_and_nothing_personal_is_in_debug() {
    let name = "<script>alert('x')</script> & Siti";
    let story = worker(&Stream::of(fields(name, 600_000)).payment());
    let html = story.to_html_fragment();
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;") && html.contains("&amp; Siti"), "{html}");
    let debug = format!("{story:?} {:?} {:?}", story.sections[0], story.next_step);
    assert!(!debug.contains("Siti") && !debug.contains("600"), "{debug}");
}

#[test]
fn what_a_provider_writes_neither_steers_the_terminal_nor_tells_the_account() {
    let evidence = Evidence {
        grade: Grade::TlsResponse,
        code: "\u{1b}[31m200\u{202e}1800\n- palsu".into(),
        provider_id: Some(format!("{ACCOUNT}-62{PHONE}-{}", "x".repeat(500))),
        raw: "{}".into(),
    };
    let payment = Stream::of(siti()).attempted(1, 0).answered(1, SubmitOutcome::Settled(evidence)).payment();
    let text = counsellor(&payment).to_text();
    assert!(text.contains("Kode jawaban bank: [31m2001800- palsu."), "{text}");
    assert!(!text.contains(ACCOUNT) && !text.contains(PHONE) && !text.contains(&"x".repeat(65)), "{text}");
}

#[test]
fn a_worker_sees_no_codes_and_the_others_do() {
    let stream = Stream::of(siti()).attempted(1, 0).answered(1, refused(Cause::InvalidAccount));
    let payment = stream.then(0, Fact::Parked { cause: Cause::InvalidAccount }).payment();
    let told = |audience| Story::tell(&payment, &TellOptions::new(Language::Id, audience)).to_text();
    let [worker, counsellor, employer] = Audience::ALL.map(told);
    assert!(!worker.contains("4041811") && !worker.contains("invalid_account"));
    assert!(counsellor.contains("4041811") && !counsellor.contains("invalid_account"));
    assert!(employer.contains("4041811") && employer.contains("invalid_account"));
    assert!([worker, counsellor, employer].iter().all(|text| text.contains(REFERENCE)));
}

#[test]
fn a_story_for_a_worker_fits_into_one_chat_message() {
    for payment in every::payments() {
        let length = worker(&payment).to_text().chars().count();
        assert!(length <= 4_096, "{length}");
    }
}

fn some_cause() -> impl Strategy<Value = Cause> {
    prop::sample::select(Cause::ALL)
}

fn some_evidence() -> impl Strategy<Value = Evidence> {
    let grade = prop::sample::select(vec![Grade::Statement, Grade::SignedCallback, Grade::TlsResponse, Grade::People]);
    (grade, "[0-9]{0,7}").prop_map(|(grade, code)| evidence(grade, &code))
}

fn some_outcome() -> impl Strategy<Value = SubmitOutcome> {
    prop_oneof![
        some_cause().prop_map(|cause| SubmitOutcome::NotSent { cause, retry_after_seconds: None }),
        some_cause().prop_map(refused),
        some_evidence().prop_map(SubmitOutcome::Accepted),
        some_evidence().prop_map(SubmitOutcome::Settled),
        some_evidence().prop_map(|evidence| SubmitOutcome::Contradicted { field: "amount".into(), evidence }),
        Just(unknown(Doubt::NoAnswer)),
        Just(unknown(Doubt::Duplicate)),
    ]
}

fn some_answer() -> impl Strategy<Value = InquiryAnswer> {
    prop_oneof![
        some_evidence().prop_map(InquiryAnswer::Success),
        some_evidence().prop_map(InquiryAnswer::InProgress),
        some_evidence().prop_map(|evidence| InquiryAnswer::Refunded { amount: Some(rupiah(1)), evidence }),
        some_evidence().prop_map(InquiryAnswer::NotFound),
        some_evidence().prop_map(|evidence| InquiryAnswer::Contradicted { field: "amount".into(), evidence }),
        some_cause().prop_map(|cause| InquiryAnswer::Unavailable { cause, retry_after_seconds: None }),
    ]
}

/// A fact of any kind; `number` 0 stands for a new attempt's.
fn some_fact() -> impl Strategy<Value = Fact> {
    let number = 1..4u16;
    prop_oneof![
        3 => (0..3u8).prop_map(|destination| attempted(0, destination)),
        5 => (number.clone(), some_outcome()).prop_map(|(number, outcome)| Fact::Answered { number, outcome }),
        5 => (number.clone(), some_answer()).prop_map(|(number, answer)| Fact::Inquired { number, answer }),
        1 => number.clone().prop_map(|number| Fact::Resending { number }),
        1 => (number, some_cause()).prop_map(|(number, cause)| Fact::Abandoned { number, cause }),
        2 => (some_cause(), 0..3u8).prop_map(|(cause, destination)| Fact::Rerouted { cause, destination }),
        1 => some_cause().prop_map(|cause| Fact::Parked { cause }),
        1 => (1..4u16, any::<bool>(), prop::sample::select(vec![600_000u64, 700_000])).prop_map(|(number, out, amount)| {
            booked(number, if out { Side::Debit } else { Side::Credit }, amount)
        }),
        1 => (1..4u16, any::<bool>()).prop_map(|(number, paid)| {
            resolved(number, if paid { Claim::Settled } else { Claim::Refused })
        }),
        1 => Just(Fact::Instructed(Box::new(instruction(siti(), &[])))),
        1 => Just(Fact::Confirmed { by: "Sari".parse().unwrap() }),
        1 => Just(Fact::Cancelled { by: "Sari".parse().unwrap(), because: "salah".into() }),
        1 => Just(every::inspected(Inspection::Found { name: "S".into(), session: None }, NameMatch::Close)),
    ]
}

/// As many of the facts as make a stream: those about attempts that do not exist are left out.
fn some_stream() -> impl Strategy<Value = Stream> {
    (any::<bool>(), prop::collection::vec(some_fact(), 0..14)).prop_map(|(approved, facts)| {
        let mut stream = if approved { Stream::of(siti()) } else { Stream::of(siti()).unapproved() };
        let mut attempts = 0;
        for mut fact in facts {
            match &mut fact {
                Fact::Attempted(made) => {
                    attempts += 1;
                    made.number = attempts;
                }
                Fact::Answered { number, .. }
                | Fact::Inquired { number, .. }
                | Fact::Resending { number }
                | Fact::Abandoned { number, .. }
                | Fact::Booked { number, .. }
                | Fact::Resolved { number, .. }
                    if *number > attempts =>
                {
                    continue;
                }
                _ => {}
            }
            stream = stream.then(7, fact);
        }
        stream
    })
}

proptest! {
    // A case tells eighteen stories in three forms each.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_happened_the_story_is_whole_discreet_and_claims_no_more_than_is_proved(stream in some_stream()) {
        let payment = stream.payment();
        every::told(&payment, |_, story| assert_whole_and_discreet(&story));
        let (_, broken) = crate::voice::heard::so_far();
        prop_assert!(broken.is_empty(), "{broken:?}");
        let place = section(&worker(&payment), 1);
        if payment.attempts.iter().any(|attempt| attempt.state.is_live()) {
            prop_assert!(!place.contains("keluar dari rekening") && !place.contains("kembali ke rekening"), "{place}");
        }
        if !payment.attempts.iter().any(|attempt| attempt.settled_at.is_some()) {
            prop_assert!(!place.contains("Uang sudah masuk menurut"), "{place}");
        }
    }
}
