//! HTTP that hears: one request a connection, read whole and within limits. What a request means is not decided here.
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use upah_core::callback::Reply;

/// So many connections are open at once; others are closed unheard, and their callers come again.
const CONNECTIONS_MAX: usize = 256;
/// How long a caller may take over its headers, and over its body.
const READING_SECONDS: u64 = 10;
/// How long what is in hand may take once we are asked to stop.
const STOP_SECONDS: u64 = 15;
/// The longest line and headers of a request, in bytes. A signature and a token have a few hundred each.
const HEAD_BYTES_MAX: usize = 16 * 1_024;

/// Whoever answers requests.
pub(crate) trait Answers: Send + Sync + 'static {
    /// The answer to one of them.
    fn answer(&self, request: Request<Incoming>) -> impl Future<Output = Reply> + Send;
}

/// The whole of a body; `None` when it is longer than `bytes_max` or takes too long.
pub(crate) async fn whole(body: Incoming, bytes_max: usize) -> Option<Bytes> {
    let whole = Limited::new(body, bytes_max).collect();
    let body = tokio::time::timeout(Duration::from_secs(READING_SECONDS), whole).await.ok()?.ok()?;
    Some(body.to_bytes())
}

/// A reply of this status and nothing else.
pub(crate) fn empty(status: u16) -> Reply {
    Reply { status, headers: Vec::new(), body: String::new() }
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

/// Returns when somebody asks this program to stop: SIGINT or SIGTERM.
pub(crate) async fn interrupted() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        eprintln!("The system lets nobody wait for signals.");
        return;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Serves until it is told to stop; what is in hand then is let finish.
pub(crate) async fn serve<A: Answers>(listener: TcpListener, desk: Arc<A>, mut stopped: watch::Receiver<bool>) {
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
    // Whoever takes longer is cut off: what was not answered comes again.
    let _ = tokio::time::timeout(Duration::from_secs(STOP_SECONDS), finished).await;
    connections.shutdown().await;
}

async fn connection<A: Answers>(
    stream: TcpStream,
    desk: Arc<A>,
    mut stopped: watch::Receiver<bool>,
    _place: OwnedSemaphorePermit,
) {
    let service = service_fn(move |request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(response(desk.answer(request).await)) }
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
