//! The model holds itself to the contract.
#![allow(clippy::unwrap_used)]
use upah_conformance::{Finding, Plan, store};

#[test]
fn the_model_is_a_store() {
    let report = store::prove(&store::Memory, &Plan::default().cases(40));
    report.assert_passed();
    assert_eq!(report.not_exercised(), Vec::<&str>::new());
    let row = |one: &Finding| format!("| `{}` | {} |\n", one.property, one.protects);
    let rows: String = report.findings.iter().map(row).collect();
    let listed = format!("| property | what it protects |\n|---|---|\n{rows}");
    assert_eq!(include_str!("../src/store/properties.md"), listed, "the list of the documentation");
}
