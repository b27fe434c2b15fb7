//! A wage beside the one of last month: every line once, and to the rupiah.

use std::collections::BTreeSet;

use proptest::prelude::*;
use upah_core::rate::Rate;
use upah_core::row::{CommissionRate, Computation, Direction, Input, Line, PayRowFields, Statement};
use upah_core::{Payment, Rupiah};

use super::common::*;
use super::every;
use crate::{Audience, Earlier, Language, Story, TellOptions, Turn, steps};

fn some_line() -> impl Strategy<Value = Line> {
    let direction = prop::sample::select(vec![Direction::Earning, Direction::Earning, Direction::Deduction]);
    let kind = prop::sample::select(vec!["base", "commission", "bonus", "savings"]);
    let computed = prop::option::of((0..=10_000u32, 0..5_000_000u64));
    (direction, kind, 0..900_000u64, computed).prop_map(|(direction, kind, amount, computed)| {
        let kind = kind.parse().unwrap();
        let Some((basis_points, margin)) = computed else { return Line::stated(direction, kind, rupiah(amount)) };
        let rate = Input::by_employer(Rate::new(basis_points).unwrap());
        let computation =
            Computation::CommissionRate(CommissionRate { rate, margin: Input::by_employer(rupiah(margin)) });
        Line::computed(direction, kind, computation.amount(), computation).unwrap()
    })
}

fn some_statement() -> impl Strategy<Value = Statement> {
    prop::collection::vec(some_line(), 1..8).prop_map(|mut lines| {
        let sum = |direction| {
            let lines = lines.iter().filter(|line| line.direction == direction);
            lines.map(|line| line.amount.value()).sum::<u64>()
        };
        let (earned, deducted) = (sum(Direction::Earning), sum(Direction::Deduction));
        if earned < deducted {
            lines.push(Line::stated(Direction::Earning, "base".parse().unwrap(), rupiah(deducted - earned)));
        }
        Statement::new(lines, rupiah(earned.saturating_sub(deducted))).unwrap()
    })
}

fn names(statement: &Statement) -> impl Iterator<Item = (Direction, String)> {
    statement.lines().iter().map(|line| (line.direction, line.kind.to_string()))
}

proptest! {
    #[test]
    fn the_steps_add_up_to_the_difference_and_every_kind_of_line_has_one(
        earlier in some_statement(), later in some_statement()
    ) {
        let steps = steps(&earlier, &later);
        let sum: i64 = steps.iter().map(|step| step.change).sum();
        let net = |statement: &Statement| i64::try_from(statement.net().value()).unwrap();
        prop_assert_eq!(sum, net(&later) - net(&earlier));
        let told: Vec<_> = steps.iter().map(|step| (step.direction, step.kind.to_string())).collect();
        let kinds: BTreeSet<_> = names(&earlier).chain(names(&later)).collect();
        prop_assert_eq!(told.len(), kinds.len());
        prop_assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), kinds);
        for step in &steps {
            let inputs: i64 = step.inputs.iter().map(|input| input.change).sum();
            prop_assert!(step.inputs.is_empty() || inputs == step.change);
            let is_more = step.to.unwrap_or_default().value() > step.from.unwrap_or_default().value();
            let more = (step.change > 0) == (step.direction == Direction::Earning);
            prop_assert!(step.change == 0 || is_more == more);
        }
    }
}

fn beside(earlier: PayRowFields, later: PayRowFields, language: Language) -> Story {
    let earlier: Payment = Stream::of(earlier).payment();
    let options =
        TellOptions { earlier: Some(Earlier::Kept(&earlier)), ..TellOptions::new(language, Audience::Worker) };
    Story::tell(&Stream::of(later).payment(), &options)
}

#[test]
fn she_reads_what_rate_and_margin_did_to_her_commission() {
    let october = every::commissioned("2026-10", 600_000, 400_000, "commission-rate/1 rate=10% margin=4000000");
    let november = every::commissioned("2026-11", 600_000, 600_000, "commission-rate/1 rate=12% margin=5000000");
    let story = beside(october, november, Language::Id);
    let compare = story.compare.unwrap();
    assert_eq!(compare.told.question, "Apa bedanya dengan upah Oktober 2026?");
    assert_eq!(
        compare.told.answers,
        [
            "Upah waktu itu: Rp1.000.000.",
            "Upah ini: Rp1.200.000.",
            "Upah ini lebih besar Rp200.000.",
            "Upah pokok tetap.",
            "Komisi naik: upah bertambah Rp200.000.",
            "Tarif dulu 10%.",
            "Tarif sekarang 12%.",
            "Karena tarif berubah, upah bertambah Rp80.000.",
            "Laba dulu Rp4.000.000.",
            "Laba sekarang Rp5.000.000.",
            "Karena laba berubah, upah bertambah Rp120.000.",
            "Semua perubahan itu berjumlah tepat selisihnya.",
        ]
    );
}

#[test]
fn a_line_that_came_and_a_deduction_that_went_are_told_by_what_they_did_to_her_wage() {
    let loan = Line::stated(Direction::Deduction, "loan".parse().unwrap(), rupiah(100_000));
    let base = |amount| Line::stated(Direction::Earning, "base".parse().unwrap(), rupiah(amount));
    let statement = Statement::new(vec![base(600_000), loan], rupiah(500_000)).unwrap();
    let october = PayRowFields { statement, period: "2026-10".parse().unwrap(), ..fields("Siti Contoh", 500_000) };
    let story = beside(october, siti(), Language::En);
    let json = serde_json::to_value(&story).unwrap();
    let compare = story.compare.unwrap();
    let turns: Vec<_> = compare.steps.iter().map(|step| (step.kind.as_str(), step.turn, step.change)).collect();
    assert_eq!(
        turns,
        [
            ("base", Turn::Same, 0),
            ("commission", Turn::Added, 150_000),
            ("savings", Turn::Added, -50_000),
            ("loan", Turn::Removed, 100_000)
        ]
    );
    let text = compare.told.answers.join(" ");
    for sentence in [
        "Base pay stayed.",
        "Commission is new: the wage is Rp150.000 more.",
        "Deduction, savings is new: the wage is Rp50.000 less.",
        "Deduction, loan instalment is no longer there: the wage is Rp100.000 more.",
    ] {
        assert!(text.contains(sentence), "{sentence}: {text}");
    }
    let told = &json["compare"];
    assert_eq!(
        (&told["from"], &told["to"], &told["difference"]),
        (&"2026-10".into(), &"2026-11".into(), &200_000.into())
    );
    let base = &told["steps"][0];
    assert_eq!(
        (&base["kind"], &base["turn"], &base["from"], &base["change"]),
        (&"base".into(), &"same".into(), &600_000.into(), &0.into())
    );
}

#[test]
fn the_largest_wages_are_compared_without_overflow() {
    let whole = |amount: Rupiah| Statement::whole("wage".parse().unwrap(), amount);
    let change = |one, other| steps(&whole(one), &whole(other))[0].change;
    assert_eq!(change(Rupiah::MAX, Rupiah::ZERO), -9_999_999_999_999);
    assert_eq!(change(Rupiah::ZERO, Rupiah::MAX), 9_999_999_999_999);
}
