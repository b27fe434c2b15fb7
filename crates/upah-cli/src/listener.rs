//! HTTP for callbacks: requests are read whole, within limits, and given to the gateway as they came. What they mean is
//! not decided here.
use crate::context::Context;
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use upah::CALLBACK_BYTES_MAX;
use upah_core::RailId;
use upah_core::callback::{Delivery, Reply};

/// So many connections are open at once; others are closed unheard, and their callers come again.
const CONNECTIONS_MAX: usize = 256;
/// How long a caller may take over its headers, and over its body.
const READING_SECONDS: u64 = 10;
/// How long what is in hand may take once we are asked to stop.
const STOP_SECONDS: u64 = 15;
/// The longest line and headers of a request, in bytes. A signature and a token have a few hundred each.
const HEAD_BYTES_MAX: usize = 16 * 1_024;

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

    async fn answer(&self, request: Request<Incoming>) -> Reply {
        let empty = |status| Reply { status, headers: Vec::new(), body: String::new() };
        let (head, body) = request.into_parts();
        let Some(rail) = self.routes.get(head.uri.path()) else { return empty(404) };
        let whole = Limited::new(body, CALLBACK_BYTES_MAX).collect();
        let Ok(Ok(body)) = tokio::time::timeout(Duration::from_secs(READING_SECONDS), whole).await else {
            return empty(413);
        };
        let body = body.to_bytes();
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

fn response(reply: Reply) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// Serves until it is told to stop; what is in hand then is let finish.
pub(crate) async fn serve(listener: TcpListener, desk: Arc<Desk>, mut stopped: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                    connections.spawn(connection(stream, Arc::clone(&desk), stopped.clone(), place));
                },
                // Out of descriptors: wait for some to close.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    // Whoever takes longer is cut off: a callback that was not acknowledged comes again.
    let _ = tokio::time::timeout(Duration::from_secs(STOP_SECONDS), finished).await;
    connections.shutdown().await;
}

async fn connection(
    stream: TcpStream,
    desk: Arc<Desk>,
    mut stopped: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
) {
    let service = service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move {
            let reply = desk.answer(request).await;
            desk.counts.note(reply.status);
            Ok::<_, Infallible>(response(reply))
        }
    });
    let mut http = http1::Builder::new();
    // One request a connection: nobody holds a place without having something to say.
    http.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(READING_SECONDS)).keep_alive(false);
    http.max_buf_size(HEAD_BYTES_MAX);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // An error is a caller that went away, or one that spoke no HTTP.
        _ = connection.as_mut() => {}
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
