//! Callbacks over HTTP: given to the gateway as they came, and counted by how they were answered.
use crate::context::Context;
use crate::http::{Answers, empty, whole};
use hyper::Request;
use hyper::body::Incoming;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use upah::CALLBACK_BYTES_MAX;
use upah_core::RailId;
use upah_core::callback::{Delivery, Reply};

/// Who hears which path, and what was answered so far.
pub(crate) struct Desk {
    pub(crate) context: Context,
    pub(crate) routes: HashMap<String, RailId>,
    pub(crate) counts: Counts,
    trouble: Mutex<String>,
}

/// How callbacks were answered.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    /// With the rail's own acknowledgement.
    pub(crate) acknowledged: AtomicU64,
    /// Not proved to be the provider's, or nobody's.
    pub(crate) turned_away: AtomicU64,
    /// Told to come again.
    pub(crate) later: AtomicU64,
}

impl Counts {
    /// Acknowledged, turned away, told to come again.
    pub(crate) fn read(&self) -> [u64; 3] {
        [&self.acknowledged, &self.turned_away, &self.later].map(|count| count.load(Ordering::Relaxed))
    }

    fn note(&self, status: u16) {
        let count = match status {
            200..=299 => &self.acknowledged,
            500..=599 => &self.later,
            _ => &self.turned_away,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

impl Desk {
    pub(crate) fn new(context: Context, routes: HashMap<String, RailId>) -> Self {
        Self { context, routes, counts: Counts::default(), trouble: Mutex::default() }
    }

    /// Says what went wrong, once for as long as it is the same.
    fn tell_trouble(&self, rail: &RailId, error: &upah::Error) {
        let sentence = format!("A callback of {rail} could not be acted on, and its caller shall come again: {error}");
        let mut last = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if *last != sentence {
            eprintln!("{sentence}");
            *last = sentence;
        }
    }

    async fn reply(&self, request: Request<Incoming>) -> Reply {
        let (head, body) = request.into_parts();
        let Some(rail) = self.routes.get(head.uri.path()) else { return empty(404) };
        let Some(body) = whole(body, CALLBACK_BYTES_MAX).await else { return empty(413) };
        // A value that is no text is nothing that any signature covers.
        let headers: Vec<(&str, &str)> =
            head.headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
        let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
        let delivery = Delivery { method: head.method.as_str(), target, headers: &headers, body: &body };
        self.context.gateway.callback(rail, &delivery).await.unwrap_or_else(|error| {
            self.tell_trouble(rail, &error);
            empty(503)
        })
    }
}

impl Answers for Desk {
    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let reply = self.reply(request).await;
        self.counts.note(reply.status);
        reply
    }
}
