//! Kirim's callbacks: a proof over time and body, and adapters that are wrong about one thing of it.
use crate::bank::KEY;
use crate::kirim::{Bug, Kirim};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use upah_conformance::rail::{Callback, Told};
use upah_core::Timestamp;
use upah_core::callback::{Callbacks, Delivery, Hint, News, Notice, Reading, Reply};
use upah_core::obligation::Pepper;
use upah_core::reference::Reference;

const PATH: &str = "/from-kirim";
const WINDOW_SECONDS: u32 = 300;

/// What an adapter must not keep between two callbacks.
#[derive(Default)]
pub(crate) struct Memory {
    proofs: Mutex<BTreeSet<String>>,
}

impl Memory {
    /// Whether it is new.
    fn keep(&self, proof: &str) -> bool {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner).insert(proof.to_owned())
    }
}

/// A callback as Kirim makes it.
pub(crate) fn callback(told: Told<'_>, status: &str, bug: Bug) -> Callback {
    let body = format!(r#"{{"ref":"{}","status":"{status}","amount":{}}}"#, told.reference, told.amount.value());
    let time = told.at_unix_millis.to_string();
    let proof = proof(if bug == Bug::LeavesTheTimeUnsigned { "" } else { &time }, &body);
    Callback {
        method: "POST".into(),
        target: PATH.into(),
        headers: vec![
            ("content-type".into(), "application/json".into()),
            ("date".into(), time.clone()),
            ("kirim-time".into(), time),
            ("Kirim-Proof".into(), proof),
        ],
        body,
        covers_body: true,
        may_be_spaced: bug != Bug::PrintsACallbackAgain,
        window_seconds: Some(WINDOW_SECONDS),
    }
}

/// A keyed hash; the bodies hold no white space within their texts.
fn proof(time: &str, body: &str) -> String {
    let mut key = [0; 32];
    key[..KEY.len()].copy_from_slice(KEY.as_bytes());
    let hash = Pepper(key).hash("kirim", &[time, &body.split_ascii_whitespace().collect::<String>()]);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Kirim {
    /// Why it is turned away, if it is.
    fn fault(&self, delivery: &Delivery<'_>, body: &str, now: Timestamp) -> Option<&'static str> {
        let Some(given) = delivery.header("kirim-proof") else {
            return (self.bug != Bug::TrustsAnUnsignedCallback).then_some("unsigned");
        };
        if self.bug == Bug::LooksForAProofAndNotAtIt {
            return None;
        }
        let Some(time) = delivery.header("kirim-time") else {
            return (self.bug != Bug::HearsAnyProofWithoutATime).then_some("no time");
        };
        let is_seen = !self.memory.keep(given);
        if self.bug == Bug::TrustsAProofItHasSeen && is_seen {
            return None;
        }
        let is_spaced = body.contains(|c: char| c.is_ascii_whitespace());
        let signed = if self.bug == Bug::LeavesTheTimeUnsigned { "" } else { time };
        if proof(signed, body) != given || (self.bug == Bug::CountsTheWhiteSpace && is_spaced) {
            return Some("another proof");
        }
        let time = match self.bug {
            Bug::TakesTheTimeFromOutsideTheProof => delivery.header("date").unwrap_or_default(),
            _ => time,
        };
        let at = Timestamp::from_millis(time.parse().unwrap_or(0));
        let apart = at.millis_since(now).max(now.millis_since(at));
        if apart > u64::from(WINDOW_SECONDS) * 1_000 && self.bug != Bug::HearsAReplay {
            return Some("too old");
        }
        (self.bug == Bug::HearsACallbackOnce && is_seen).then_some("known")
    }
}

impl Callbacks for Kirim {
    fn paths(&self) -> Vec<String> {
        vec![PATH.into()]
    }

    fn read(&self, delivery: &Delivery<'_>, now: Timestamp) -> Reading {
        let reply = |status, body: &str| Reply { status, headers: Vec::new(), body: body.into() };
        let Ok(body) = std::str::from_utf8(delivery.body) else { return Reading::TurnedAway(reply(401, "no")) };
        if self.bug == Bug::PanicsAtABrokenCallback {
            let _: Value = serde_json::from_str(body).unwrap();
        }
        if let Some(why) = self.fault(delivery, body, now) {
            return Reading::TurnedAway(reply(401, if self.bug == Bug::TellsWhyItTurnsAway { why } else { "no" }));
        }
        let told: Value = serde_json::from_str(body).unwrap_or_default();
        if self.bug == Bug::ChecksTheAmountOfACallback && told["amount"].as_u64().unwrap_or(0) % 2 == 1 {
            return Reading::TurnedAway(reply(401, "no"));
        }
        let reference = told["ref"].as_str().unwrap_or_default();
        let reference = if self.bug == Bug::HintsAtAnotherPayment { &reference[..20] } else { reference };
        let is_return = told["status"] == "RETURNED" && self.bug != Bug::ReadsAReturnAsAnEnd;
        let news = if is_return { News::Returned } else { News::Ended };
        let hint = Hint { reference: Reference::from_stored(reference), news };
        let words = if self.bug == Bug::AnswersWithTheKey { KEY } else { "thanks" };
        Reading::Genuine(Notice { hints: vec![hint], reply: reply(200, words) })
    }
}
