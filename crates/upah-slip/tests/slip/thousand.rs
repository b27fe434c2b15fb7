//! Random slips: what is genuine is ASLI for the office, what was changed or forged is not.
use crate::book::{Book, Told, key};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use upah_slip::{Outcome, Trust, verify};

/// The largest slip that a worker is given of an ordinary payment.
const BYTES_MAX: usize = 60_000;

prop_compose! {
    fn told()(
        sandbox: bool, settled: bool, attempts in 1u16..4, amount in 75_000u64..1_000_000_000,
        // Spaces alone are no note.
        note in proptest::option::of("[A-Za-z0-9<>&\"'é][A-Za-z0-9<>&\"'\u{a0}é]{0,59}"),
    ) -> Told {
        Told { sandbox, attempts, note, settled, amount }
    }
}

/// Cuts up to three signs anywhere and puts others there; half the time in the machine part, where figures are.
fn edited(html: &str, at: Index, in_machine: bool, cut: usize, put: &str) -> String {
    let signs: Vec<char> = html.chars().collect();
    let (from, to) = if in_machine {
        let (page, machine, _) = crate::tamper::parts(html);
        (page.chars().count(), page.chars().count() + machine.chars().count())
    } else {
        (0, signs.len())
    };
    let at = from + at.index(to - from);
    let end = (at + cut).min(signs.len());
    signs[..at].iter().copied().chain(put.chars()).chain(signs[end..].iter().copied()).collect()
}

/// So many random slips, each genuine, changed, and forged whole by a stranger.
fn judge(cases: u32) {
    let office = Trust::log_keys(vec![key(1).verifying_key().clone()]);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let strategy = (told(), any::<Index>(), any::<bool>(), 0usize..4, "[ -~]{0,4}");
    let run = |(told, at, in_machine, cut, put): (Told, Index, bool, usize, String)| {
        let genuine = Book::of(&told).slip();
        let verdict = verify(&genuine, &office);
        prop_assert_eq!(verdict.verdict, Outcome::Asli, "{:?}", verdict.reasons);
        prop_assert!(genuine.len() < BYTES_MAX, "{} bytes", genuine.len());
        let changed = edited(&genuine, at, in_machine, cut, &put);
        prop_assert!(changed == genuine || verify(&changed, &office).verdict != Outcome::Asli);
        let forged = Book::signed_by(key(9), &told).slip();
        prop_assert_ne!(verify(&forged, &office).verdict, Outcome::Asli);
        let renamed = forged.replace(&key(9).verifying_key().to_string(), &key(1).verifying_key().to_string());
        prop_assert_ne!(verify(&renamed, &office).verdict, Outcome::Asli);
        Ok(())
    };
    TestRunner::new(config).run(&strategy, run).unwrap();
}

#[test]
fn random_slips_are_asli_and_changed_or_forged_ones_never() {
    judge(20);
}

#[test]
#[ignore = "a minute or two: a thousand of each"]
fn a_thousand_slips_are_asli_and_a_thousand_changed_and_a_thousand_forged_ones_never() {
    judge(1_000);
}
