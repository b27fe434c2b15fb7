//! A server in a few lines, for the happy-path fake of a provider that has none yet.
use super::message::read_request;
use super::{Answer, Seen};
use std::io;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

type Handler = Arc<dyn Fn(&Seen) -> Answer + Send + Sync>;

/// Answers every request on a free port of loopback by one function. Dropping it stops it.
#[derive(Debug)]
pub struct FakeServer {
    url: String,
    accepting: JoinHandle<()>,
}

impl FakeServer {
    /// Serves on the current tokio runtime.
    ///
    /// # Errors
    /// What binding the port says.
    pub async fn answering(handler: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let handler: Handler = Arc::new(handler);
        let accepting = tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                tokio::select! {
                    accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                        connections.spawn(serve(stream, Arc::clone(&handler)));
                    },
                    Some(_) = connections.join_next() => {}
                }
            }
        });
        Ok(Self { url, accepting })
    }

    /// `http://127.0.0.1:port`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn serve(mut client: TcpStream, handler: Handler) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut unread = Vec::new();
    while let Some(request) = read_request(&mut client, &mut unread).await? {
        let seen = Seen { raw: request.raw.into(), body_at: request.body_at, struck: false };
        client.write_all(&handler(&seen).bytes()).await?;
    }
    Ok(())
}
