//! Killed at any point, under every fault at once: the store and the bank's ledger always agree in the
//! end, and nobody is paid twice.
use crate::payroll;
use crate::world::{Payment, RAILS, SIGNED, World, finish};
use std::time::Duration;
use upah_sandbox::{Credit, FaultPlan};

const FAULTS: &str = "reset_before_booking=0.05,reset_after_booking=0.06,hang_before_booking=0.01,\
    hang_after_booking=0.02,error_500=0.03,error_500_after_booking=0.04,page_502=0.02,\
    page_502_after_booking=0.03,timeout_504=0.03,timeout_504_after_booking=0.03,too_many_429=0.04,\
    token_expired=0.02,in_progress_then_success=0.05,in_progress_then_failure=0.03,\
    not_found_for_a_while=0.1,late_return=0.05,late_return_ms=3600000,garbage_body=0.03,\
    wrong_amount_echoed=0.02,html_403_page=0.02,html_403_page_after_booking=0.02,foreign_refusal=0.02,\
    slow=0.05,slow_ms=80,latency_ms=4,\
    error_500@ask=0.05,reset_before_booking@ask=0.03,html_403_page@ask=0.02,too_many_429@ask=0.03,\
    error_500@lookup=0.03,reset_before_booking@lookup=0.02,token_expired@lookup=0.02,error_500@token=0.05";

/// SplitMix64: a round is its seed.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit
    }
}

/// Pays `count` workers while the process is killed `kills` times.
fn round(seed: u64, count: usize, kills: usize) {
    let mut dice = Dice(seed);
    let world = World::faulty(FAULTS, seed);
    world.write("pay.csv", &payroll::november_with_wrong_accounts(count));
    pay_while_killed(&world, &mut dice, kills, seed);

    let output = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert!(matches!(output.code, Some(0 | 3)), "seed {seed}: {output:?}");
    let payments = settled_after_returns(&world);
    assert_eq!(payments.len(), count, "seed {seed}");
    for payment in &payments {
        agrees(seed, &world, payment, false);
    }
    world.assert_nobody_twice();
    world.assert_book_fits();

    // The store is gone, with and without its head: the references are the same.
    world.delete_store();
    if dice.below(2) == 0 {
        std::fs::remove_file(world.path("upah.db.head")).unwrap();
    }
    world.sandbox.set_faults(FAULTS.parse::<FaultPlan>().unwrap().seeded(seed + 1));
    pay_while_killed(&world, &mut dice, 1, seed);
    let output = world.upah(&format!("pay pay.csv {SIGNED}"));
    assert!(matches!(output.code, Some(0 | 3)), "seed {seed}: {output:?}");
    for payment in settled_after_returns(&world) {
        agrees(seed, &world, &payment, true);
    }
    world.assert_nobody_twice_from_a_forgetful_store();
    world.assert_book_fits();
}

/// Every payment at rest, and every late return noticed. A question that got no answer in time is asked
/// again by the next `resume`.
fn settled_after_returns(world: &World) -> Vec<Payment> {
    world.settle();
    world.sandbox.set_faults(FaultPlan::none());
    world.sandbox.advance().unwrap();
    for _ in 0..5 {
        let payments = world.settle();
        let credits = world.credits();
        let is_back = |payment: &Payment| credits.get(&payroll::account(payment.n())).is_some_and(|c| c[0].returned);
        if !payments.iter().any(|payment| payment.state == "settled" && is_back(payment)) {
            return payments;
        }
    }
    world.payments()
}

fn pay_while_killed(world: &World, dice: &mut Dice, kills: usize, seed: u64) {
    for kill in 0..kills {
        // What was never admitted cannot be resumed.
        let resumes = kill > 0 && dice.below(2) == 0 && world.path("upah.db").exists();
        let arguments = if resumes { format!("resume {RAILS}") } else { format!("pay pay.csv {SIGNED}") };
        let mut child = world.start(&arguments);
        std::thread::sleep(Duration::from_millis(5 + dice.below(395)));
        child.kill().unwrap();
        let output = finish(child);
        assert!(matches!(output.code, None | Some(0 | 3)), "seed {seed}, kill {kill}: {output:?}");
    }
}

/// What the store says of a payment is what the bank's ledger says.
fn agrees(seed: u64, world: &World, payment: &Payment, forgetful: bool) {
    let credits = world.credits();
    let credit: Option<&Credit> = credits.get(&payroll::account(payment.n())).and_then(|credits| credits.first());
    let why = || format!("seed {seed}: {payment:?}, the bank says {credit:?}");
    match (payment.standing().as_str(), credit) {
        ("settled", Some(credit)) => assert!(!credit.returned, "{}", why()),
        ("returned:returned", Some(credit)) => assert!(credit.returned, "{}", why()),
        ("needs_action:transfer_failed", None) => {}
        ("needs_action:evidence_conflict", Some(_)) => {}
        _ => panic!("{}", why()),
    }
    if let Some(credit) = credit {
        assert_eq!(credit.amount, payment.amount, "{}", why());
        // A store without memory may learn of money under a reference that it never used: for people.
        let is_news = forgetful && payment.reference.is_none() && payment.state == "needs_action";
        assert!(is_news || Some(&credit.reference) == payment.reference.as_ref(), "{}", why());
    }
}

#[test]
fn killed_at_random_points_under_faults_everybody_is_paid_once_first_seed() {
    round(11, 60, 8);
}

#[test]
fn killed_at_random_points_under_faults_everybody_is_paid_once_second_seed() {
    round(12, 60, 8);
}

/// Many rounds; `UPAH_KILL_ROUNDS` says how many, `UPAH_KILL_SEED` where they begin.
#[test]
#[ignore = "takes minutes; run it before a release"]
fn killed_at_random_points_in_many_rounds() {
    let number = |name: &str, fallback: u64| std::env::var(name).map_or(fallback, |text| text.parse().unwrap());
    let first = number("UPAH_KILL_SEED", 1_000);
    for seed in first..first + number("UPAH_KILL_ROUNDS", 8) {
        round(seed, 60, 12);
    }
}
