//! What a policy counts: no witness twice, no quorum too early, no line misread.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use upah_tlog::policy::{POLICY_NAMES_MAX, PolicyRule};
use upah_tlog::{
    Checkpoint, Hash, KeyError, NoteError, Policy, PolicyError, Quorum, SignedNote, SigningKey, WitnessSigner,
};

const ORIGIN: &str = "upah.example/test";

fn log_key(n: u8) -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[n; 32]).unwrap()
}

fn witness(n: usize) -> WitnessSigner {
    WitnessSigner::from_seed(&format!("saksi.example/{n}"), &[100 + n as u8; 32]).unwrap()
}

/// `witness w0 …` to `witness w<count-1> …`, after a log line.
fn witnesses(count: usize) -> String {
    let lines = (0..count).map(|n| format!("witness w{n} {}\n", witness(n).verifying_key()));
    format!("log {}\n{}", log_key(1).verifying_key(), lines.collect::<String>())
}

fn policy(count: usize, rest: &str) -> Policy {
    Policy::parse(&format!("{}{rest}", witnesses(count))).unwrap()
}

/// A head that these witnesses cosigned at these times.
fn cosigned(by: &[(usize, u64)]) -> SignedNote {
    let head = Checkpoint::new(ORIGIN, 5, Hash([7; 32])).unwrap();
    let lines: String = by.iter().map(|(n, time)| format!("{}\n", witness(*n).cosign(&head, *time).unwrap())).collect();
    SignedNote::parse(&format!("{}{lines}", head.sign(&log_key(1)).unwrap())).unwrap()
}

/// Two manpower offices, of which any; and a cooperative.
const OFFICE: &str = "group kantor any w0 w1\ngroup saksi all kantor w2\nquorum saksi\n";

#[test]
fn two_offices_and_a_cooperative() {
    let policy = policy(3, OFFICE);
    let said = |by: &[(usize, u64)]| policy.check(&cosigned(by)).unwrap().quorum;
    assert_eq!(said(&[]), Quorum::Missing { witnesses: 2, of: "saksi" });
    assert_eq!(said(&[(2, 50)]), Quorum::Missing { witnesses: 1, of: "kantor" });
    assert_eq!(said(&[(0, 50)]), Quorum::Missing { witnesses: 1, of: "saksi" });
    assert_eq!(said(&[(0, 50), (1, 40)]), Quorum::Missing { witnesses: 1, of: "saksi" });
    // Complete when the cooperative came, whatever the second office said later.
    assert_eq!(said(&[(0, 50), (1, 90), (2, 60)]), Quorum::Met { by: "w2", time: 60 });
    assert_eq!(said(&[(0, 50), (2, 20)]), Quorum::Met { by: "w0", time: 50 });
    let note = cosigned(&[(2, 20), (0, 50)]);
    assert_eq!(policy.check(&note).unwrap().by, [("w0", 50), ("w2", 20)]);
    let changed = SignedNote::parse(&note.to_string().replace("\n5\n", "\n6\n")).unwrap();
    assert_eq!(policy.check(&changed), Err(NoteError::WrongSignature { name: witness(0).name().into() }));
}

#[test]
fn one_witness_or_none() {
    let one = policy(2, "quorum w1\n");
    assert_eq!(one.check(&cosigned(&[(1, 9)])).unwrap().quorum, Quorum::Met { by: "w1", time: 9 });
    assert_eq!(one.check(&cosigned(&[(0, 9)])).unwrap().quorum, Quorum::Missing { witnesses: 1, of: "w1" });
    for none in [policy(2, "quorum none\n"), Policy::of_logs(vec![log_key(1).verifying_key().clone()])] {
        assert_eq!(none.check(&cosigned(&[])).unwrap().quorum, Quorum::NotAsked);
        assert_eq!(none.logs(), [log_key(1).verifying_key().clone()]);
    }
}

#[test]
fn blanks_comments_tabs_and_addresses_are_read() {
    let text = format!(
        "# kantor\n\n \t# sisipan\n\tlog  {}\thttps://a/\n witness a+b {} https://saksi.example/x \nquorum a+b",
        log_key(1).verifying_key(),
        witness(0).verifying_key()
    );
    let policy = Policy::parse(&text).unwrap();
    let [only] = policy.witnesses() else { panic!("{policy:?}") };
    assert_eq!((only.name.as_str(), only.url.as_deref()), ("a+b", Some("https://saksi.example/x")));
    assert_eq!(&only.key, witness(0).verifying_key());
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let log = log_key(1).verifying_key().to_string();
    let key = witness(0).verifying_key().to_string();
    let renamed = WitnessSigner::from_seed("other.example", &[100; 32]).unwrap().verifying_key().to_string();
    let name = |name: &str| name.to_owned();
    let after_two = |line: &str| format!("{}{line}\nquorum none\n", witnesses(2));
    for (text, line, rule) in [
        (String::new(), 1, PolicyRule::NoQuorum),
        (format!("log {log}\n"), 2, PolicyRule::NoQuorum),
        (format!("\nlogs {log}\n"), 2, PolicyRule::Keyword { word: name("logs") }),
        (format!("{log}\n"), 1, PolicyRule::Keyword { word: log.clone() }),
        (name("log\n"), 1, PolicyRule::Form { form: "log <vkey> [<url>]" }),
        (name("quorum none\r\n"), 1, PolicyRule::ControlCharacter),
        (name("quorum none\nquorum none\n"), 2, PolicyRule::SecondQuorum),
        (name("quorum a\n"), 1, PolicyRule::UnknownName { name: name("a") }),
        (name("quorum\n"), 1, PolicyRule::Form { form: "quorum <name|none>" }),
        (format!("log {key}\n"), 1, KeyError::UnknownType { kind: 4, wanted: 1 }.into()),
        (format!("witness a {log}\n"), 1, KeyError::UnknownType { kind: 1, wanted: 4 }.into()),
        (format!("witness {key}\n"), 1, PolicyRule::Form { form: "witness <name> <vkey> [<url>]" }),
        (after_two(&format!("log {log}")), 4, PolicyRule::SameKey),
        (after_two(&format!("witness again {renamed}")), 4, PolicyRule::SameKey),
        (
            after_two(&format!("witness w1 {}", witness(9).verifying_key())),
            4,
            PolicyRule::NameTaken { name: name("w1") },
        ),
        (
            after_two(&format!("witness none {}", witness(9).verifying_key())),
            4,
            PolicyRule::NameTaken { name: name("none") },
        ),
        (after_two("group w0 any w1"), 4, PolicyRule::NameTaken { name: name("w0") }),
        (after_two("group g"), 4, PolicyRule::Form { form: "group <name> <k|any|all> <name>..." }),
        (after_two("group g any"), 4, PolicyRule::Threshold { members: 0 }),
        (after_two("group g all"), 4, PolicyRule::Threshold { members: 0 }),
        (after_two("group g 0 w0 w1"), 4, PolicyRule::Threshold { members: 2 }),
        (after_two("group g 3 w0 w1"), 4, PolicyRule::Threshold { members: 2 }),
        (after_two("group g 01 w0 w1"), 4, PolicyRule::Threshold { members: 2 }),
        (after_two("group g w0 w1"), 4, PolicyRule::Threshold { members: 1 }),
        (after_two("group g any none"), 4, PolicyRule::UnknownName { name: name("none") }),
        (after_two("group g any g"), 4, PolicyRule::UnknownName { name: name("g") }),
        (after_two("group g any later\ngroup later any w0"), 4, PolicyRule::UnknownName { name: name("later") }),
        (after_two("group g 2 w0 w0"), 4, PolicyRule::MemberTwice { name: name("w0") }),
        (after_two("group g any w0\ngroup h any w0"), 5, PolicyRule::MemberTwice { name: name("w0") }),
        (format!("{}quorum none\n", witnesses(POLICY_NAMES_MAX + 1)), POLICY_NAMES_MAX + 2, PolicyRule::TooLong),
    ] {
        assert_eq!(Policy::parse(&text), Err(PolicyError { line, rule }), "{text}");
    }
    let said = Policy::parse("quorum none\nquorum none\n").unwrap_err().to_string();
    assert_eq!(said, "line 2 of the policy: the quorum is defined on an earlier line");
}

/// A tree of groups over `count` witnesses: thresholds by which the still free members are joined.
fn quorums() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
    (1..9_usize).prop_flat_map(|count| (Just(count), prop::collection::vec((1..5_usize, 1..5_usize), 1..5)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Against the definition: try every moment, count members recursively, take the first that suffices.
    #[test]
    fn a_quorum_is_met_exactly_when_enough_different_witnesses_have_cosigned_and_at_that_moment(
        (count, joins) in quorums(),
        by in prop::collection::vec((0..9_usize, 1..40_u64), 0..12),
    ) {
        let mut free: Vec<String> = (0..count).map(|n| format!("w{n}")).collect();
        let mut rules: Vec<(String, usize, Vec<String>)> = Vec::new();
        for (at, (width, threshold)) in joins.into_iter().enumerate() {
            let members: Vec<String> = free.drain(..width.min(free.len())).collect();
            let name = format!("g{at}");
            rules.push((name.clone(), threshold.min(members.len()), members));
            free.push(name);
        }
        let quorum = rules.last().unwrap().0.clone();
        let lines: String =
            rules.iter().map(|(name, k, members)| format!("group {name} {k} {}\n", members.join(" "))).collect();
        let policy = policy(count, &format!("{lines}quorum {quorum}\n"));

        let witnessed = |name: &str, until: u64| {
            by.iter().any(|(n, time)| *time <= until && name == format!("w{n}"))
        };
        fn holds(
            name: &str, rules: &[(String, usize, Vec<String>)], witnessed: &impl Fn(&str) -> bool,
        ) -> bool {
            match rules.iter().find(|rule| rule.0 == name) {
                None => witnessed(name),
                Some((_, k, members)) => members.iter().filter(|one| holds(one, rules, witnessed)).count() >= *k,
            }
        }
        let first = (0..40).find(|until| holds(&quorum, &rules, &|name: &str| witnessed(name, *until)));
        let note = cosigned(&by);
        match (policy.check(&note).unwrap().quorum, first) {
            (Quorum::Met { time, by: completed_by }, Some(first)) => {
                prop_assert_eq!(time, first);
                prop_assert!(!witnessed(completed_by, time - 1) && witnessed(completed_by, time));
            }
            (Quorum::Missing { witnesses, .. }, None) => prop_assert!(witnesses > 0),
            (said, first) => prop_assert!(false, "{:?} instead of {:?}", said, first),
        }
    }

    #[test]
    fn saying_it_twice_changes_nothing(by in prop::collection::vec((0..3_usize, 1..40_u64), 1..6)) {
        let policy = policy(3, "group g 2 w0 w1 w2\nquorum g\n");
        let (once, twice) = (cosigned(&by), cosigned(&[by.clone(), by.clone()].concat()));
        prop_assert_eq!(policy.check(&once).unwrap(), policy.check(&twice).unwrap());
        let different = by.iter().map(|(n, _)| n).collect::<std::collections::BTreeSet<_>>().len();
        let is_met = matches!(policy.check(&twice).unwrap().quorum, Quorum::Met { .. });
        prop_assert_eq!(is_met, different >= 2);
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(log|witness|group|quorum|none|any|all|#|[a-z+0-9 \t\n]{0,9}){0,20}") {
        let _ = Policy::parse(&text);
    }
}
