//! Ten things that happen to wages, each told to the worker. The people are invented.
//!
//! `cargo run -p upah-explain --example ten_stories` tells them in Bahasa Indonesia; `-- en` in English, `-- jv`, `su`
//! or `mad` in drafts of Javanese, Sundanese and Madurese.

#[path = "../tests/common/mod.rs"]
mod common;

use upah_core::PaymentState;
use upah_core::run::PaymentId;
use upah_explain::{Audience, ErasedStory, Language, Story, TellOptions};

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let language: Language = std::env::args().nth(1).as_deref().unwrap_or("id").parse()?;
    let options = TellOptions::new(language, Audience::Worker);
    for tale in common::ten::all() {
        println!("===== {} =====\n", tale.name);
        match &tale.payment {
            Some(payment) => println!("{}", Story::tell(payment, &options).to_text()),
            None => {
                // Of an erased payment there is nothing but its number, its last state and its place in the book.
                let payment: PaymentId = "k7m2qx4dnp-17".parse()?;
                println!("{}", ErasedStory::tell(&payment, PaymentState::Settled, 1_204, &options).to_text());
            }
        }
    }
    Ok(())
}
