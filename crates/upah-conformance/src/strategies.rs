//! Strategies for every type of the domain, so that your own properties need not invent wages.
//!
//! What comes out is always valid: it went through the type's own parser or constructor. Names and
//! numbers are invented. Values shrink towards short texts, small amounts and the first alternative.
//!
//! ```
//! use proptest::prelude::*;
//! use upah_conformance::strategies::pay_row;
//!
//! proptest!(|(row in pay_row())| {
//!     prop_assert_eq!(row.statement.net(), row.amount);
//! });
//! ```
mod events;
mod people;
mod wages;

pub use events::*;
pub use people::*;
pub use wages::*;

use proptest::prelude::*;
use std::fmt::Debug;
use std::str::FromStr;

/// Texts of this form that the parser of the type accepts.
fn parsed<T: FromStr + Debug>(pattern: &'static str) -> impl Strategy<Value = T> {
    // proof: the pattern is one of this module's own, and each of them is exercised by the tests below.
    let texts = proptest::string::string_regex(pattern).expect("a pattern of this module");
    texts.prop_filter_map("the type's own parser refuses it", |text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use upah_core::Payment;
    use upah_core::canonical::{is_canonical, to_canonical};
    use upah_core::event::{Fact, PaymentEvent, RunEvent};

    proptest! {
        #[test]
        fn what_is_written_down_reads_back_as_it_was(event in payment_event(), run in run_event(), salt in salt()) {
            let (sealed, _) = event.seal(salt).unwrap();
            prop_assert!(is_canonical(&sealed.record));
            prop_assert_eq!(PaymentEvent::open(&sealed.record).unwrap(), event);
            let (sealed, _) = run.seal(salt).unwrap();
            prop_assert_eq!(RunEvent::open(&sealed.record).unwrap(), run);
        }

        #[test]
        fn every_destination_is_its_own_text(destination in destination(), period in period(), id in payment_id()) {
            prop_assert_eq!(destination.to_string().parse(), Ok(destination));
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn an_instruction_begins_a_payment(mut event in payment_event(), instruction in instruction()) {
            event.fact = Fact::Instructed(Box::new(instruction));
            event.n = 1;
            event.prev = upah_core::commitment::Commit::NONE;
            prop_assert!(Payment::replay(&[(0, event)], &|_| None).is_ok());
        }

        #[test]
        fn the_rest_is_made_without_complaint(
            (policy, obligation, form) in (rail_policy(), obligation(), reference_form()),
            (trace, settled, digest, key) in (trace(), settled_to(), digest(), obligation_key()),
            (actor, note, due) in (actor_name(), note(), due_date()),
        ) {
            let reference = upah_core::reference::Reference::derive(&obligation, 1, form);
            prop_assert!(!reference.as_str().is_empty() && policy.max_concurrency > 0);
            prop_assert!(to_canonical(&(digest, actor, note, due)).is_ok());
            let shown = format!("{trace:?}{settled:?}{key:?}");
            prop_assert!(!shown.is_empty());
        }
    }
}
