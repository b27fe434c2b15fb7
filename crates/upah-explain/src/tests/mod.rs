//! What must hold of every story, whatever the payment, the language and the listener.

#[path = "../../tests/common/mod.rs"]
mod common;
mod compare;
mod computed;
mod every;
mod language;
mod rights;
mod truth;
