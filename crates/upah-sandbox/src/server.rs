//! The listener: one task a connection, on hyper itself, so that a fault can cut the line.

use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming as Body;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::callbacks::{CallbackAnswer, CallbackConfig, PayoutCallbacks, Speaker};
use crate::config::SandboxConfig;
use crate::faults::FaultPlan;
use crate::ledger::Credit;
use crate::reply::{Answer, Incoming, Reply};
use crate::watch::Violation;
use crate::world::World;
use crate::{admin, flip, iris, oy, snap, xendit};

const BODY_BYTES_MAX: usize = 1 << 20;
/// A client that hangs in a fault is not waited for longer.
const STOP_GRACE: Duration = Duration::from_millis(250);

/// A running sandbox. Dropping it stops it at once; `stop` lets answers under way finish.
#[derive(Debug)]
pub struct Sandbox {
    world: Arc<World>,
    addr: SocketAddr,
    stopping: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Sandbox {
    /// Binds, reads the book and serves on the current tokio runtime.
    ///
    /// # Errors
    /// `InvalidInput` when the address is not loopback or the public key is none; else what binding
    /// the port or reading the book says.
    pub async fn start(config: SandboxConfig) -> io::Result<Self> {
        if !config.listen.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "a sandbox listens on loopback only"));
        }
        let listen = config.listen;
        let world = Arc::new(World::new(config)?);
        let listener = TcpListener::bind(listen).await?;
        let addr = listener.local_addr()?;
        let (stopping, stopped) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&world), stopped));
        Ok(Self { world, addr, stopping, accepting })
    }

    /// `http://127.0.0.1:PORT`; the path prefix comes after it.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Every credit, in the order of booking, returned ones included.
    ///
    /// # Errors
    /// When the book's file cannot be read.
    pub fn credits(&self) -> io::Result<Vec<Credit>> {
        self.world.ledger(crate::ledger::Ledger::credits)
    }

    /// Every breach of the protocol by the client so far (the first 100 000).
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        self.world.watch.violations()
    }

    /// Calls by service code (two digits), those that were refused or met a fault included.
    #[must_use]
    pub fn calls(&self) -> std::collections::BTreeMap<String, u64> {
        self.world.watch.calls().collect()
    }

    /// From now on this goes wrong, and nothing else.
    pub fn set_faults(&self, plan: FaultPlan) {
        self.world.set_plan(plan);
    }

    /// From now on this account or phone has this holder.
    pub fn set_holder(&self, account: &str, name: &str) {
        self.world.set_holder(account, name);
    }

    /// What the source account holds, whole rupiah.
    ///
    /// # Errors
    /// When the book's file cannot be read.
    pub fn balance(&self) -> io::Result<u64> {
        self.world.ledger(crate::ledger::Ledger::available)
    }

    /// The source account now holds this.
    ///
    /// # Errors
    /// When the book's file cannot be written.
    pub fn set_balance(&self, rupiah: u64) -> io::Result<()> {
        self.world.ledger(|ledger| ledger.set_available(rupiah))
    }

    /// Gives a booked payment back, without notice to a client that is not called. Says whether there was one.
    ///
    /// # Errors
    /// When the book's file cannot be written.
    pub fn return_payment(&self, reference: &str) -> io::Result<bool> {
        self.world.give_back(reference)
    }

    /// Ends a payment in progress now, well or badly as it was to end. Says whether there was one.
    ///
    /// # Errors
    /// When the book's file cannot be written.
    pub fn settle(&self, reference: &str) -> io::Result<bool> {
        self.world.settle(reference)
    }

    /// The idempotency keys that Iris remembers are older than a day now, and forgotten.
    pub fn forget_keys(&self) {
        self.world.forget_keys();
    }

    /// From now on the bank tells this client how payments ended. Must be called on a tokio runtime.
    pub fn call_back(&self, config: CallbackConfig) {
        self.world.telephone.connect(Speaker::Bank(config), Arc::downgrade(&self.world));
    }

    /// From now on this provider tells this client how payouts ended. Must be called on a tokio runtime.
    pub fn call_back_about_payouts(&self, config: PayoutCallbacks) {
        self.world.telephone.connect(Speaker::Payouts(config), Arc::downgrade(&self.world));
    }

    /// What was answered to callbacks so far, in the order of the answers.
    #[must_use]
    pub fn callback_answers(&self) -> Vec<CallbackAnswer> {
        self.world.telephone.answers()
    }

    /// Lets every late return happen now; says how many.
    ///
    /// # Errors
    /// When the book's file cannot be written.
    pub fn advance(&self) -> io::Result<usize> {
        self.world.ledger(crate::ledger::Ledger::advance)
    }

    /// Stops accepting, gives answers under way a moment, then closes every connection.
    pub async fn stop(mut self) {
        // Nobody listens any more when the task is gone: then there is nothing to stop.
        let _ = self.stopping.send(true);
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, world: Arc<World>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(serve(stream, Arc::clone(&world), stopped.clone()));
                }
                // Out of descriptors: wait for some to close.
                Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(STOP_GRACE, finished).await;
    connections.shutdown().await;
}

async fn serve(stream: TcpStream, world: Arc<World>, mut stopped: watch::Receiver<bool>) {
    // Without it small answers wait for the client's acknowledgement.
    let _ = stream.set_nodelay(true);
    let cut = Arc::new(AtomicBool::new(false));
    let line = Line { stream: TokioIo::new(stream), cut: Arc::clone(&cut) };
    let service = service_fn(move |request| {
        let world = Arc::clone(&world);
        let cut = Arc::clone(&cut);
        async move { respond(&world, request, &cut).await }
    });
    let mut connection = pin!(http1::Builder::new().header_read_timeout(None).serve_connection(line, service));
    // An error here is a client that went away, or a line we cut.
    tokio::select! {
        _ = connection.as_mut() => {}
        _ = stopped.changed() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

/// An error makes hyper drop the connection without a word.
async fn respond(world: &World, request: Request<Body>, cut: &AtomicBool) -> Result<Response<Full<Bytes>>, io::Error> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_BYTES_MAX).collect().await else {
        let refusal = json!({"responseCode": "4000000", "responseMessage": "Bad Request"});
        return Ok(Reply::json(400, &refusal).into_response());
    };
    let incoming = Incoming {
        target: head.uri.path_and_query().map_or_else(String::new, ToString::to_string),
        method: head.method,
        headers: head.headers,
        body: body.to_bytes(),
    };
    let answer = if incoming.path().starts_with(admin::PREFIX) {
        Answer::Reply(admin::answer(world, &incoming))
    } else if let Some(client) = xendit::called(world, incoming.path()) {
        xendit::answer(world, client, &incoming).await
    } else if let Some(client) = flip::called(world, incoming.path()) {
        flip::answer(world, client, &incoming).await
    } else if let Some(client) = oy::called(world, incoming.path()) {
        oy::answer(world, client, &incoming).await
    } else if let Some(client) = iris::called(world, incoming.path()) {
        iris::answer(world, client, &incoming).await
    } else {
        snap::answer(world, &incoming).await
    };
    match answer {
        Answer::Reply(reply) => Ok(reply.into_response()),
        Answer::Hang => core::future::pending().await,
        Answer::Reset => {
            cut.store(true, Ordering::Relaxed);
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
}

/// A TCP stream that, once cut, ends with a reset instead of a polite close.
struct Line {
    stream: TokioIo<TcpStream>,
    cut: Arc<AtomicBool>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.cut.load(Ordering::Relaxed) {
            // A zero linger turns the close into RST; if it cannot be set, the close is an EOF.
            let _ = self.stream.inner().set_zero_linger();
        }
    }
}

impl Read for Line {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl Write for Line {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
}
