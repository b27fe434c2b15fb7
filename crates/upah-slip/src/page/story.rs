//! The story of the payment, as `upah-explain` tells it to the worker.
use crate::check::Facts;
use upah_core::{Payment, Rupiah};

pub(super) fn told(payment: &Payment, _facts: &Facts) -> [String; 2] {
    let name = payment.state.name();
    [format!("<p>{name}</p>"), format!("<p>{name}</p>")]
}

pub(super) fn in_words(_amount: Rupiah) -> Option<String> {
    None
}
