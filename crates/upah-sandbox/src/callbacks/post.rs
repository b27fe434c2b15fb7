//! One POST over a connection of its own, to this machine alone.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const ANSWER_BYTES_MAX: usize = 1 << 16;
const ANSWER_SECONDS_MAX: u64 = 30;

/// Where the client listens.
pub(super) struct Address {
    socket: SocketAddr,
    /// Before every path; empty or with a leading slash.
    pub(super) prefix: String,
}

impl Address {
    pub(super) fn of(url: &str) -> io::Result<Self> {
        let wanted = || io::Error::new(io::ErrorKind::InvalidInput, "callbacks go to http://127.0.0.1:PORT alone");
        let rest = url.strip_prefix("http://").ok_or_else(wanted)?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let socket: SocketAddr = host.parse().map_err(|_| wanted())?;
        if !socket.ip().is_loopback() {
            return Err(wanted());
        }
        let path = path.trim_end_matches('/');
        let prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Self { socket, prefix })
    }
}

/// Status and body of the answer.
pub(super) async fn post(
    to: &Address,
    target: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> io::Result<(u16, Vec<u8>)> {
    let limit = Duration::from_secs(ANSWER_SECONDS_MAX);
    tokio::time::timeout(limit, exchange(to, target, headers, body)).await.map_err(|_| io::ErrorKind::TimedOut)?
}

async fn exchange(
    to: &Address,
    target: &str,
    headers: &[(&'static str, String)],
    body: String,
) -> io::Result<(u16, Vec<u8>)> {
    let stream = TcpStream::connect(to.socket).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let mut request = Request::post(target).header("host", to.socket.to_string());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(body))).map_err(io::Error::other)?;
    let answer = async {
        let answer = sender.send_request(request).await.map_err(io::Error::other)?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(io::Error::other)?;
        Ok((status, body.to_bytes().to_vec()))
    };
    let answer = answer.await;
    connection.abort();
    answer
}
