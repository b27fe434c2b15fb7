//! `upah listen`: hears what providers say unasked, until it is interrupted. It asks and records, and sends nothing.
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::http::{interrupted, serve};
use crate::listener::Desk;
use crate::output;
use serde_json::json;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use upah_core::RailId;

/// How often what was recorded meanwhile is signed, and the counts are told.
const SIGNING_SECONDS: u64 = 60;

pub(crate) async fn run(addr: &str, args: &StoreArgs) -> Result<Exit, Failure> {
    let bad = |why: String| Failure::usage("listen", why);
    if args.rails.is_none() {
        return Err(bad(
            "name the configuration with --rails: it says who may call, and what their signatures are".into()
        ));
    }
    let addr: SocketAddr =
        addr.parse().map_err(|_| bad(format!("--addr {addr:?} is not an address such as 127.0.0.1:8902")))?;
    let context = Context::open(args, Purpose::Listen).await?;
    let routes = routes(&context)?;
    let listener = TcpListener::bind(addr).await.map_err(|why| bad(format!("--addr {addr}: {why}")))?;
    let addr = listener.local_addr().map_err(|why| bad(format!("--addr {addr}: {why}")))?;
    eprintln!("Listening on http://{addr} for:");
    for (rail, paths) in context.gateway.callback_paths() {
        paths.iter().for_each(|path| eprintln!("  {rail}: {path}"));
    }
    eprintln!(
        "Encryption is your reverse proxy's, which must leave path, headers and body as they are. Stop with Ctrl-C."
    );

    let desk = Arc::new(Desk::new(context, routes));
    let (stop, stopped) = watch::channel(false);
    let serving = tokio::spawn(serve(listener, Arc::clone(&desk), stopped));
    keep_house_until_interrupted(&desk).await;
    eprintln!("Stopping: what is in hand is let finish.");
    let _ = stop.send(true);
    let _ = serving.await;
    sign(&desk).await;
    let [acknowledged, turned_away, later] = desk.counts.read();
    eprintln!("{acknowledged} callbacks were acknowledged, {turned_away} turned away, {later} told to come again.");
    if args.json {
        let log = super::pay::log_json(&desk.context).await?;
        let counts = json!({"acknowledged": acknowledged, "turned_away": turned_away, "come_again": later, "log": log});
        output::object(&counts);
    }
    Ok(Exit::Done)
}

/// Which rail hears which path.
fn routes(context: &Context) -> Result<HashMap<String, RailId>, Failure> {
    let mut routes = HashMap::new();
    for (rail, paths) in context.gateway.callback_paths() {
        for path in paths {
            if let Some(other) = routes.insert(path.clone(), rail.clone()) {
                let why =
                    format!("rails {other} and {rail} are both called on {path}: give one of them another path_prefix");
                return Err(Failure::usage("bad_configuration", why));
            }
        }
    }
    if routes.is_empty() {
        let why = "no rail has [rail.callback] in the configuration: nobody may call";
        return Err(Failure::usage("bad_configuration", why));
    }
    Ok(routes)
}

/// Until SIGINT or SIGTERM: signs what was recorded, and says how many called.
async fn keep_house_until_interrupted(desk: &Desk) {
    let mut interrupted = pin!(interrupted());
    let mut told = [0; 3];
    let period = Duration::from_secs(SIGNING_SECONDS);
    loop {
        tokio::select! {
            () = interrupted.as_mut() => return,
            () = tokio::time::sleep(period) => {}
        }
        let counts = desk.counts.read();
        if counts[0] != told[0] {
            sign(desk).await;
        }
        if counts != told {
            let [acknowledged, turned_away, later] = counts;
            eprintln!("So far {acknowledged} acknowledged, {turned_away} turned away, {later} told to come again.");
            told = counts;
        }
    }
}

/// A checkpoint over what is durable. What cannot be signed now is signed by the next `resume`.
async fn sign(desk: &Desk) {
    if let Err(why) = desk.context.gateway.book().sign().await {
        eprintln!("What was recorded is durable and not signed yet: {why}");
    }
}
