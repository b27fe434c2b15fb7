//! Two people state what became of a wage that the bank does not decide (safety rule 16).
use crate::payroll;
use crate::world::{Output, RAILS, SIGNED, World};
use upah_sandbox::{Fault, FaultPlan, Scope};

/// Two people of the office who neither made nor approved the run.
const PEOPLE: &str = "--by Ratna --and-by Joko";

/// A bank that loses every answer (having booked it or not) and answers no question.
fn deaf(fault: Fault) -> World {
    let world = World::with(
        FaultPlan::none()
            .rate(Scope::Submit, fault, upah_sandbox::ALWAYS_PPM)
            .unwrap()
            .rate(Scope::Ask, Fault::Error500, upah_sandbox::ALWAYS_PPM)
            .unwrap(),
    );
    let output = world.pay(&payroll::november(1));
    assert_eq!(output.count("unknown"), 1, "{output:?}");
    world.write("letter.txt", "Surat bank\n");
    world
}

fn resolve(world: &World, claim: &str, people: &str) -> Output {
    let id = world.payments().remove(0).id;
    world.upah(&format!("resolve {id} --as {claim} --evidence letter.txt {people} --because dicek {RAILS}"))
}

fn standing(world: &World) -> String {
    world.payments().remove(0).standing()
}

fn story(world: &World) -> String {
    let id = world.payments().remove(0).id;
    world.upah(&format!("explain {id} --for counsellor --lang en --rails upah.toml")).out
}

#[test]
fn a_bank_that_cannot_be_asked_leaves_it_as_it_is() {
    let world = deaf(Fault::ResetAfterBooking);
    for claim in ["settled", "refused"] {
        let output = resolve(&world, claim, PEOPLE);
        output.assert_says(3, &["could not be asked", "not recorded"]);
        assert_eq!(
            (output.json["ending"].as_str(), output.json["state"].as_str()),
            (Some("unanswered"), Some("unknown"))
        );
    }
    assert_eq!(standing(&world), "unknown:no_answer");
    world.assert_book_fits();
}

#[test]
fn settled_by_people_reads_so_until_the_bank_proves_it() {
    let world = deaf(Fault::ResetBeforeBooking);
    let reference = world.payments().remove(0).reference.unwrap();
    world.sandbox.set_faults(FaultPlan::none());
    let output = resolve(&world, "settled", PEOPLE);
    output.assert_says(0, &["as the two of you state", "the bank has not said so"]);
    assert_eq!(standing(&world), "settled");
    let told = story(&world);
    assert!(told.contains("according to Ratna and Joko, not according to the bank"), "{told}");
    assert!(told.contains("Their reason: “dicek”"), "{told}");
    assert!(!told.contains("Surat"), "the file itself is not on the log: {told}");
    let id = world.payments().remove(0).id;
    assert_eq!(world.upah(&format!("slip {id} --out slip.html {RAILS}")).code, Some(0));
    assert!(world.read("slip.html").contains("Ratna"));
    assert_eq!(world.upah("verify slip.html --json").json["intact"], true);
    world.assert_book_fits();
    // Nobody can say it again, and nobody can take it back.
    resolve(&world, "refused", PEOPLE).assert_says(2, &["settled"]);

    let line = format!("date,reference,amount,direction\n2026-11-26,{reference},{},debit\n", payroll::amount(0));
    world.write("statement.csv", &line);
    let output = world.upah(&format!("reconcile statement.csv {RAILS}"));
    assert_eq!((output.code, output.count("settled")), (Some(0), 1), "{output:?}");
    let told = story(&world);
    assert!(told.contains("according to the bank's account statement"), "{told}");
    assert!(!told.contains("not according to the bank"), "{told}");
    world.assert_book_fits();
}

#[test]
fn refused_by_people_is_paid_again_only_by_a_new_approved_instruction() {
    let world = deaf(Fault::ResetBeforeBooking);
    world.sandbox.set_faults(FaultPlan::none());
    let output = resolve(&world, "refused", PEOPLE);
    output.assert_says(3, &["not carried out", "a new file that is approved"]);
    assert_eq!(standing(&world), "needs_action:stated_refused");
    assert!(story(&world).contains("According to Ratna and Joko, that order was not carried out"));
    world.resume();
    let output = world.pay(&payroll::november(1));
    assert_eq!((output.code, standing(&world).as_str()), (Some(3), "needs_action:stated_refused"), "{output:?}");
    assert_eq!((world.submissions(), world.sandbox.credits().unwrap().len()), (1, 0), "nothing is sent by itself");

    let output = world.upah(&format!("pay pay.csv {SIGNED} --run second-try"));
    assert_eq!((output.code, standing(&world).as_str()), (Some(0), "settled"), "{output:?}");
    assert_eq!(world.sandbox.credits().unwrap().len(), 1);
    world.assert_nobody_twice();
    world.assert_book_fits();
}

#[test]
fn a_bank_that_says_paid_forbids_to_call_it_refused() {
    let world = deaf(Fault::ResetAfterBooking);
    world.sandbox.set_faults(FaultPlan::none());
    let output = resolve(&world, "refused", PEOPLE);
    output.assert_says(3, &["says otherwise", "settled"]);
    assert_eq!(output.json["ending"], "contradicted");
    assert_eq!(standing(&world), "settled", "the bank's answer is kept");
    assert!(!story(&world).contains("Ratna"), "their word is not");
    world.assert_nobody_twice();

    let world = deaf(Fault::ResetAfterBooking);
    world.sandbox.set_faults(FaultPlan::none());
    let output = resolve(&world, "settled", PEOPLE);
    output.assert_says(0, &["says so itself"]);
    assert!(!story(&world).contains("Ratna"), "the bank's word is enough");
    world.assert_book_fits();
}

#[test]
fn one_person_the_maker_and_the_checker_cannot_resolve_and_the_bank_is_not_even_asked() {
    let world = deaf(Fault::ResetBeforeBooking);
    world.sandbox.set_faults(FaultPlan::none());
    let asked = world.sandbox.calls();
    for (people, said) in [
        ("--by Ratna --and-by RATNA", "two people"),
        ("--by Ratna --and-by Rina", "made or approved"),
        ("--by budi --and-by Joko", "made or approved"),
    ] {
        resolve(&world, "refused", people).assert_says(2, &[said]);
    }
    let id = world.payments().remove(0).id;
    let command = |evidence: &str, because: &str| {
        let mut command = world.command(&format!("resolve {id} --as refused --evidence {evidence} {PEOPLE} {RAILS}"));
        crate::world::finish(command.arg("--because").arg(because).spawn().unwrap())
    };
    command("nowhere.pdf", "dicek").assert_says(2, &["nowhere.pdf"]);
    world.write("empty.pdf", "");
    command("empty.pdf", "dicek").assert_says(2, &["empty"]);
    command("letter.txt", "  ").assert_says(2, &["--because"]);
    assert_eq!(
        world.upah(&format!("resolve nobody-1 --as refused --evidence letter.txt {PEOPLE} --because x {RAILS}")).code,
        Some(2)
    );
    assert_eq!(world.sandbox.calls(), asked);
    assert_eq!(standing(&world), "unknown:no_answer");
}

#[test]
fn what_waits_names_the_commands_that_help() {
    let world = deaf(Fault::ResetBeforeBooking);
    let id = world.payments().remove(0).id;
    let output = world.upah("open --lang en --rails upah.toml");
    assert_eq!(output.code, Some(3), "{output:?}");
    assert!(output.out.contains("upah reconcile STATEMENT"), "{output:?}");
    assert!(output.out.contains(&format!("upah resolve {id} --as settled|refused")), "{output:?}");
    let output = world.upah(&format!("open {RAILS}"));
    assert_eq!(output.json["open"][0]["tools"].as_array().unwrap().len(), 2);
    world.sandbox.set_faults(FaultPlan::none());
    world.settle();
    assert_eq!(world.upah(&format!("open {RAILS}")).json["open"].as_array().unwrap().len(), 0);
}
