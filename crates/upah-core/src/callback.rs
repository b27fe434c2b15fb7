//! The port for what a provider says unasked, with its contract in prose.
//!
//! # Contract
//! * **A callback is a hint** (safety rule 6). It says that asking about an attempt may be worth it, and the
//!   answer to that question is what is believed. A [`Hint`] has therefore no place for an amount, an account
//!   or a success: an adapter that settles by a callback's word cannot be written against this port.
//! * **Only what is verified is a hint.** [`Callbacks::read`] looks at the bytes as they came, before it
//!   parses any of them; signatures and tokens are compared in constant time; what is older or newer than the
//!   provider's window is turned away. Whoever is turned away learns nothing: not whether a reference or a
//!   client is known here, nor which part of the proof was wrong.
//! * **Reading is pure.** The time comes in as a value, nothing is remembered, nothing is sent. A repeated
//!   callback reads as the first one did; that it is a repetition is found out by whoever keeps the record.
//! * No secret and nothing personal stands in `Debug`, replies or traces.
//!
//! A lost callback loses no money and no certainty: the planner asks on its schedule, whether anybody calls or
//! not. So a hint is not stored. It is acknowledged when it was acted on, and before that the provider, whose
//! own queue is durable, is told to come again.
use crate::reference::Reference;
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// One HTTP request from outside, read whole and not parsed.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// The method, in upper case.
    pub method: &'a str,
    /// Everything after the host, query included, as the caller wrote it: signatures cover these bytes.
    pub target: &'a str,
    /// Names and values of the headers, in any order; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body's bytes as they came.
    pub body: &'a [u8],
}

impl fmt::Debug for Delivery<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("method", &self.method)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

impl<'a> Delivery<'a> {
    /// The value of a header that stands there once and is not empty. Of two values nobody can say which one
    /// was meant, so they are none.
    pub fn header(&self, name: &str) -> Option<&'a str> {
        let mut values = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        match (values.next(), values.next()) {
            (Some((_, value)), None) if !value.is_empty() => Some(value),
            _ => None,
        }
    }

    /// The target without its query.
    pub fn path(&self) -> &'a str {
        self.target.split('?').next().unwrap_or_default()
    }
}

/// What is answered, exactly as the provider wants it.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// Headers besides the body's length.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl fmt::Debug for Reply {
    // A body may hold a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// What a hint is about. It decides only whether a question would tell anything new, never what is believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum News {
    /// The attempt came to an end, well or badly.
    Ended,
    /// Money that had arrived came back.
    Returned,
}

/// That asking about this attempt may be worth it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hint {
    /// Our own reference, as the provider repeated it. Whether it is ours, the record tells.
    pub reference: Reference,
    /// What it is about.
    pub news: News,
}

/// A genuine callback: of what it speaks, and what to answer when that was acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The attempts it speaks of. Empty when it speaks of none of ours, or only of work under way.
    pub hints: Vec<Hint>,
    /// The acknowledgement, in the provider's form.
    pub reply: Reply,
}

/// What a delivery turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The provider's own word, and fresh.
    Genuine(Notice),
    /// Not proved to be the provider's. It changes nothing, costs no question, and is answered with this.
    TurnedAway(Reply),
}

/// The ability of a rail to be called by its provider.
pub trait Callbacks: Send + Sync {
    /// Every path on which this provider calls, each with its leading slash and without a query. Two rails of one
    /// listener have no path in common.
    fn paths(&self) -> Vec<String>;

    /// Verifies a delivery and reads of what it speaks. Pure: the same delivery at the same time reads alike.
    fn read(&self, delivery: &Delivery<'_>, now: Timestamp) -> Reading;
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: &[(&str, &str)] = &[("X-Signature", "a"), ("x-timestamp", ""), ("A", "1"), ("a", "1")];

    #[test]
    fn a_header_that_is_repeated_or_empty_is_none() {
        let delivery = Delivery { method: "POST", target: "/a/b?c=/d", headers: HEADERS, body: b"{}" };
        assert_eq!(delivery.header("x-signature"), Some("a"));
        assert_eq!((delivery.header("X-TIMESTAMP"), delivery.header("a"), delivery.header("b")), (None, None, None));
        assert_eq!(delivery.path(), "/a/b");
    }

    #[test]
    fn neither_a_body_nor_a_header_is_printed() {
        let delivery = Delivery { method: "POST", target: "/secret", headers: HEADERS, body: b"6281234567890" };
        let reply = Reply { status: 200, headers: Vec::new(), body: "a-token".into() };
        let shown = alloc::format!("{delivery:?} {:?}", Reading::Genuine(Notice { hints: Vec::new(), reply }));
        for secret in ["secret", "6281234567890", "a-token", "Signature"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
