//! The model holds itself to the contract.
#![allow(clippy::unwrap_used)]
use upah_conformance::{Plan, store};

#[test]
fn the_model_is_a_store() {
    let report = store::prove(&store::Memory, &Plan::default().cases(40));
    report.assert_passed();
    assert_eq!(report.not_exercised(), Vec::<&str>::new());
}
