//! `upah witness`: keeps the last head of others' books, and cosigns what continues it.
use crate::args::{WitnessAction, WitnessArgs};
use crate::failure::{Exit, Failure};
use crate::http::{interrupted, serve};
use crate::witness::Desk;
use crate::{keys, output, policy};
use serde_json::json;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(crate) async fn run(action: WitnessAction) -> Result<Exit, Failure> {
    match action {
        WitnessAction::Serve { who, logs, state, listen, json } => answer(&who, &logs, &state, &listen, json).await,
        WitnessAction::Key { who, json } => {
            let signer = keys::witness_signer(&who.key, &who.name)?;
            let vkey = signer.verifying_key().to_string();
            if json {
                output::object(&json!({"vkey": vkey}))
            } else {
                output::line(&vkey)
            }
            Ok(Exit::Done)
        }
    }
}

async fn answer(who: &WitnessArgs, logs: &Path, state: &Path, listen: &str, as_json: bool) -> Result<Exit, Failure> {
    let bad = |why: String| Failure::usage("listen", why);
    let addr: SocketAddr =
        listen.parse().map_err(|_| bad(format!("--listen {listen:?} is not an address such as 127.0.0.1:8903")))?;
    let logs = policy::read(logs)?.logs().to_vec();
    let signer = keys::witness_signer(&who.key, &who.name)?;
    let vkey = signer.verifying_key().to_string();
    let origins: Vec<String> = logs.iter().map(|key| key.name().to_owned()).collect();
    let desk = Arc::new(Desk::open(signer, logs, state)?);
    let listener = TcpListener::bind(addr).await.map_err(|why| bad(format!("--listen {addr}: {why}")))?;
    let addr = listener.local_addr().map_err(|why| bad(format!("--listen {addr}: {why}")))?;
    let url = format!("http://{addr}");
    eprintln!("Witnessing on {url} for: {}", origins.join(", "));
    eprintln!("For policies: witness NAME {vkey} {url}");
    eprintln!("Encryption is your reverse proxy's. Stop with Ctrl-C.");
    if as_json {
        output::object(&json!({"url": url, "vkey": vkey}))
    } else {
        output::line(&url)
    }
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(serve(listener, desk, stopped));
    interrupted().await;
    eprintln!("Stopping: what is in hand is let finish.");
    let _ = stop.send(true);
    let _ = serving.await;
    Ok(Exit::Done)
}
