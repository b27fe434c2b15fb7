//! The testers' side door: what was credited, what the client did wrong, and levers to pull.
//!
//! Unsigned and without a token, which is one more reason to listen on loopback only.

use std::collections::BTreeMap;
use std::io;

use hyper::Method;
use serde_json::{Value, json};

use crate::reply::{Incoming, Reply};
use crate::world::World;

pub(crate) const PREFIX: &str = "/_sandbox/";

pub(crate) fn answer(world: &World, request: &Incoming) -> Reply {
    let name = request.path().strip_prefix(PREFIX).unwrap_or_default();
    let done = match (&request.method, name) {
        (&Method::GET, "credits") => world.ledger(crate::ledger::Ledger::credits).map(|credits| json!(credits)),
        (&Method::GET, "violations") => Ok(json!(world.watch.violations())),
        (&Method::GET, "calls") => Ok(json!(world.watch.calls().collect::<BTreeMap<_, _>>())),
        (&Method::GET, "balance") => balance(world),
        (&Method::POST, "balance") => set_balance(world, request),
        (&Method::GET | &Method::POST, "advance") => {
            world.ledger(crate::ledger::Ledger::advance).map(|returned| json!({"returned": returned}))
        }
        (&Method::POST, "return") => give_back(world, request),
        (&Method::POST, "settle") => settle(world, request),
        (&Method::GET, "callbacks") => Ok(json!(world.telephone.answers())),
        (&Method::POST, "holders") => set_holders(world, request),
        (&Method::POST, "faults") => set_faults(world, request),
        _ => return Reply::json(404, &json!({"error": "no such lever"})),
    };
    match done {
        Ok(value) => Reply::json(200, &value),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
            Reply::json(400, &json!({"error": error.to_string()}))
        }
        Err(error) => Reply::json(500, &json!({"error": error.to_string()})),
    }
}

fn balance(world: &World) -> io::Result<Value> {
    let amount = world.ledger(crate::ledger::Ledger::available)?;
    Ok(json!({"amount": amount}))
}

fn set_balance(world: &World, request: &Incoming) -> io::Result<Value> {
    let amount = body(request)?.get("amount").and_then(Value::as_u64).ok_or_else(|| wanted(r#"{"amount":RUPIAH}"#))?;
    world.ledger(|ledger| ledger.set_available(amount))?;
    balance(world)
}

fn give_back(world: &World, request: &Incoming) -> io::Result<Value> {
    let body = body(request)?;
    let reference = body.get("reference").and_then(Value::as_str).ok_or_else(|| wanted(r#"{"reference":"…"}"#))?;
    let returned = world.give_back(reference)?;
    Ok(json!({"returned": returned}))
}

fn settle(world: &World, request: &Incoming) -> io::Result<Value> {
    let body = body(request)?;
    let reference = body.get("reference").and_then(Value::as_str).ok_or_else(|| wanted(r#"{"reference":"…"}"#))?;
    Ok(json!({"settled": world.settle(reference)?}))
}

fn set_holders(world: &World, request: &Incoming) -> io::Result<Value> {
    let body = body(request)?;
    let holders = body.as_object().ok_or_else(|| wanted(r#"{"ACCOUNT":"NAME",…}"#))?;
    for (account, name) in holders {
        let name = name.as_str().ok_or_else(|| wanted(r#"{"ACCOUNT":"NAME",…}"#))?;
        world.set_holder(account, name);
    }
    Ok(json!({"holders": holders.len()}))
}

/// The body is `{"faults":"name=rate,…","seed":N}`.
fn set_faults(world: &World, request: &Incoming) -> io::Result<Value> {
    let body = body(request)?;
    let text =
        body.get("faults").and_then(Value::as_str).ok_or_else(|| wanted(r#"{"faults":"name=rate,…","seed":N}"#))?;
    let seed = body.get("seed").and_then(Value::as_u64).unwrap_or(0);
    let plan: crate::FaultPlan =
        text.parse().map_err(|error: crate::FaultError| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    world.set_plan(plan.seeded(seed));
    Ok(json!({"faults": text, "seed": seed}))
}

fn body(request: &Incoming) -> io::Result<Value> {
    serde_json::from_slice(&request.body).map_err(|_| wanted("JSON"))
}

fn wanted(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("wanted {what}"))
}
