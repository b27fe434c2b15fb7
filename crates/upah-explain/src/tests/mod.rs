//! What must hold of every story, whatever the payment, the language and the listener.

mod channels;
#[path = "../../tests/common/mod.rs"]
mod common;
mod compare;
mod computed;
mod drafts;
mod every;
mod jargon;
mod language;
mod money;
mod rights;
mod truth;
mod whole;
