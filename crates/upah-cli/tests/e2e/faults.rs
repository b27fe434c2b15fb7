//! Each fault of the bank on its own: where the payment ends, why, and what the bank's ledger says.
use crate::payroll;
use crate::world::World;
use upah_sandbox::{Fault, FaultPlan, Scope, When};

/// A fault account's number, where its payments end, and how many credits each of them leaves.
type Case = (&'static str, &'static str, usize);

/// Pays one worker at the paying bank, one at another bank and one wallet with this fault.
fn ends(&(number, standing, credits): &Case) {
    let world = World::new();
    let own = format!("bank:008:97000{number}001");
    let other = format!("bank:014:97000{number}002");
    let wallet = format!("ewallet:dana:62897000{number}3");
    let output = world.pay(&payroll::to(&[&own, &other, &wallet]));
    assert!(matches!(output.code, Some(0 | 3)), "{number}: {output:?}");
    let payments = world.settle();
    for payment in &payments {
        assert_eq!(payment.standing(), standing, "fault account {number}: {payment:?}");
    }
    assert_eq!(world.sandbox.credits().unwrap().len(), credits * payments.len(), "{number}");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

fn all(cases: &[Case]) {
    // Most of the time is waiting.
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || ends(case));
        }
    });
}

#[test]
fn an_answer_that_is_lost_is_asked_about_and_paid_once() {
    all(&[("01", "settled", 1), ("02", "settled", 1), ("03", "settled", 1), ("04", "settled", 1)]);
}

#[test]
fn an_error_of_the_bank_proves_nothing_and_is_asked_about() {
    all(&[("05", "settled", 1), ("06", "settled", 1), ("09", "settled", 1), ("10", "settled", 1)]);
}

#[test]
fn a_page_of_a_proxy_proves_nothing_and_is_asked_about() {
    all(&[("07", "settled", 1), ("08", "settled", 1), ("19", "settled", 1), ("20", "settled", 1)]);
}

#[test]
fn what_was_turned_away_at_the_door_goes_again() {
    all(&[("11", "settled", 1), ("12", "settled", 1)]);
}

#[test]
fn what_is_in_progress_is_waited_for_and_a_failure_goes_to_people() {
    all(&[("13", "settled", 1), ("14", "needs_action:transfer_failed", 0)]);
}

#[test]
fn an_answer_that_is_not_ours_is_no_answer_and_a_wrong_amount_goes_to_people() {
    all(&[
        ("17", "settled", 1),
        ("18", "needs_action:evidence_conflict", 1),
        ("21", "settled", 1),
        ("15", "settled", 1),
    ]);
}

#[test]
fn a_payment_that_was_booked_lost_and_denied_is_never_paid_under_another_reference() {
    let mut plan = FaultPlan::none();
    for n in 0..3 {
        let account = payroll::account(n);
        plan = plan
            .with(When::account(&account).nth(1), Fault::ResetAfterBooking)
            .with(When::account(&account), Fault::NotFoundForAWhile);
    }
    let world = World::with(plan);
    let output = world.pay(&payroll::november(3));
    assert!(matches!(output.code, Some(0 | 3)), "{output:?}");
    for payment in world.settle() {
        assert_eq!(payment.state, "settled", "{payment:?}");
    }
    assert!(world.submissions() > 3, "silence was trusted, so the same bytes went again");
    world.assert_nobody_twice();
}

#[test]
fn a_bank_that_answers_no_question_leaves_the_payment_unknown_and_unpaid_again() {
    let plan = FaultPlan::none()
        .rate(Scope::Submit, Fault::ResetAfterBooking, upah_sandbox::ALWAYS_PPM)
        .unwrap()
        .rate(Scope::Ask, Fault::Error500, upah_sandbox::ALWAYS_PPM)
        .unwrap();
    let world = World::with(plan);
    let output = world.pay(&payroll::november(4));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!(output.count("unknown"), 4, "{output:?}");
    let output = world.resume();
    assert_eq!((output.code, output.count("unknown")), (Some(3), 4), "{output:?}");
    assert_eq!(world.submissions(), 4, "an unanswered question licenses nothing");

    world.sandbox.set_faults(FaultPlan::none());
    let output = world.resume();
    assert_eq!((output.code, output.count("settled")), (Some(0), 4), "{output:?}");
    world.assert_nobody_twice();
}

#[test]
fn a_late_return_is_found_by_resume_and_waits_for_people() {
    let world = World::faulty("late_return=1,late_return_ms=3600000", 1);
    let output = world.pay(&payroll::november(3));
    assert_eq!((output.code, output.count("settled")), (Some(0), 3), "{output:?}");
    assert_eq!(world.sandbox.advance().unwrap(), 3);
    let output = world.resume();
    assert_eq!(output.code, Some(3), "{output:?}");
    for payment in world.payments() {
        assert_eq!(payment.standing(), "returned:returned", "{payment:?}");
    }
    let output = world.pay(&payroll::november(3));
    assert_eq!(output.code, Some(3), "{output:?}");
    assert_eq!(world.submissions(), 3, "a return is never by itself a new send");
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_shortfall_parks_everything_and_resume_pays_after_the_top_up() {
    let world = World::new();
    world.sandbox.set_balance(payroll::total(5) - 1).unwrap();
    let output = world.pay(&payroll::november(5));
    assert_eq!((output.code, output.count("ready")), (Some(3), 5), "{output:?}");
    assert!(output.err.contains("top it up"), "{output:?}");
    assert_eq!(world.submissions(), 0, "a run that cannot be paid whole is not begun");
    world.sandbox.set_balance(payroll::total(5)).unwrap();
    let output = world.resume();
    assert_eq!((output.code, output.count("settled")), (Some(0), 5), "{output:?}");
    assert_eq!(world.sandbox.balance().unwrap(), 0);
    world.assert_nobody_twice();
}

/// Each of the two rails alone has enough.
#[test]
fn a_shortfall_of_an_account_stops_every_rail_that_pays_from_it_before_the_first_wage() {
    let world = World::new();
    let bank = world.toml();
    let (head, rail) = bank.split_at(bank.find("[[rail]]").unwrap());
    let banks = rail.replace("\"bank:*\", \"ewallet:*\"", "\"bank:*\"");
    let wallets =
        rail.replace("\"bank:*\", \"ewallet:*\"", "\"ewallet:*\"").replace("id = \"bank\"", "id = \"wallets\"");
    let configure =
        |account: &str, of: &str| world.write("upah.toml", &format!("{head}{account}{banks}{of}{wallets}{of}"));
    configure("[[account]]\nid = \"giro\"\n", "account = \"giro\"\n");
    world.sandbox.set_balance(payroll::total(2) - 1).unwrap();
    let rows = payroll::to(&["bank:014:1000000001", "ewallet:dana:6281200000001"]);
    let output = world.pay(&rows);
    assert_eq!((output.code, output.count("ready")), (Some(3), 2), "{output:?}");
    assert_eq!(world.submissions(), 0, "half a village is paid");
    // Nobody said that they are one account.
    configure("", "");
    let output = world.resume();
    assert_eq!((output.code, output.count("settled")), (Some(3), 1), "{output:?}");
    world.sandbox.set_balance(payroll::total(2)).unwrap();
    configure("[[account]]\nid = \"giro\"\n", "account = \"giro\"\n");
    let output = world.resume();
    assert_eq!((output.code, output.count("settled")), (Some(0), 2), "{output:?}");
    world.assert_nobody_twice();
}

#[test]
fn a_wallet_that_is_full_this_month_is_not_tried_and_she_is_paid_at_her_bank() {
    let world = World::new();
    // What it may still take: 601.000 of her 600.000, 600.000 of 601.000, and of 602.000 with nowhere else to go.
    let output = world.pay(&payroll::to(&[
        "ewallet:dana:6289600006011",
        "ewallet:dana:62896000060012 bank:014:1000000002",
        "ewallet:dana:62896000060013",
    ]));
    assert_eq!(output.code, Some(3), "{output:?}");
    let standings: Vec<String> = world.payments().iter().map(|payment| payment.standing()).collect();
    assert_eq!(standings, ["settled", "settled", "needs_action:account_limit_reached"]);
    assert_eq!(world.submissions(), 2, "what a wallet cannot take is not sent to it");
    world.assert_nobody_twice();
}

#[test]
fn the_recipient_s_fault_takes_the_next_destination_and_suspicion_never_does() {
    let world = World::new();
    let output = world.pay(&payroll::to(&[
        "bank:014:9940411001 ewallet:dana:6281200000001",
        "bank:014:9940318002 bank:014:9940309003 bank:008:1000000002",
        "bank:014:9940303004 bank:008:1000000003",
        "bank:014:9940411005",
        "bank:014:9840411006 bank:008:1000000005",
        "bank:014:9940315007 bank:008:1000000006",
        "bank:014:1000000007",
    ]));
    assert_eq!(output.code, Some(3), "{output:?}");
    let payments = world.settle();
    let standings: Vec<String> = payments.iter().map(|payment| payment.standing()).collect();
    assert_eq!(
        standings,
        [
            "settled",
            "settled",
            "needs_action:suspected_fraud",
            "needs_action:invalid_account",
            "settled",
            "needs_action:not_permitted",
            "settled",
        ]
    );
    let mut accounts: Vec<String> = world.credits().into_keys().collect();
    accounts.sort();
    assert_eq!(accounts, ["1000000002", "1000000005", "1000000007", "6281200000001"]);
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn the_payer_s_fault_parks_the_rail_and_leaves_the_others_unsent() {
    for (refusal, said) in
        [("40319", "blocked"), ("40314", "top it up"), ("40320", "daily limit"), ("40301", "contract")]
    {
        let world = World::faulty(&format!("refuse_{refusal}=1"), 1);
        world.configure("max_concurrency = 8", "max_concurrency = 2");
        let output = world.pay(&payroll::november(30));
        assert_eq!((output.code, output.count("ready")), (Some(3), 30), "{refusal}: {:?}", world.payments());
        assert!(output.err.contains(said), "{refusal}: {output:?}");
        // Four are durable ahead of two calls (safety rule 9).
        assert!(world.submissions() <= 6, "{refusal}: {} were sent", world.submissions());
        world.sandbox.set_faults(FaultPlan::none());
        let output = world.resume();
        assert_eq!((output.code, output.count("settled")), (Some(0), 30), "{refusal}: {output:?}");
        world.assert_nobody_twice();
    }
}
