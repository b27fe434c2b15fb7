//! `upah slip`: the slip of a payment, or of every payment of a run.
use crate::args::StoreArgs;
use crate::context::{Context, Purpose};
use crate::failure::{Exit, Failure};
use crate::output;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use upah_core::run::RunId;
use upah_core::store::Page;

pub(crate) async fn run(what: &str, out: &Path, args: &StoreArgs) -> Result<Exit, Failure> {
    let context = Context::open(args, Purpose::Read).await?;
    let written = match what.parse::<RunId>() {
        Ok(run) => {
            context.gateway.run(&run).await?;
            write_runs(&context, &[run], out).await?
        }
        Err(_) => {
            let html = context.gateway.slip(what).await?;
            write(out, &html)?;
            1
        }
    };
    eprintln!("{written} slips are in {}.", out.display());
    if args.json {
        output::object(&json!({"slips": written, "out": out, "sandbox": context.gateway.is_sandbox()}));
    }
    Ok(Exit::Done)
}

/// Writes the slips of every payment of these runs into a folder; returns how many.
pub(crate) async fn write_runs(context: &Context, runs: &[RunId], dir: &Path) -> Result<u64, Failure> {
    fs::create_dir_all(dir).map_err(|why| unwritable(dir, &why))?;
    let mut written = 0;
    for run in runs {
        let mut after = None;
        loop {
            let page = Page { run: Some(run.clone()), states: Vec::new(), after, limit: 200 };
            let upah::PaymentsPage { payments, next, .. } = context.gateway.page(page).await?;
            for payment in &payments {
                let id = payment.id.to_string();
                let html = context.gateway.slip(&id).await?;
                write(&dir.join(format!("{id}.html")), &html)?;
                written += 1;
            }
            match next {
                Some(cursor) => after = Some(cursor),
                None => break,
            }
        }
    }
    if let Some(run) = runs.first() {
        eprintln!("The slips are in {}; ask why with `upah explain {run}-1`.", dir.display());
    }
    Ok(written)
}

/// What holds people's names is readable by the owner of the file alone.
pub(super) fn write(path: &Path, html: &str) -> Result<(), Failure> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(|why| unwritable(path, &why))?;
    file.write_all(html.as_bytes()).map_err(|why| unwritable(path, &why))
}

fn unwritable(path: &Path, why: &std::io::Error) -> Failure {
    Failure::new(Exit::Other, "unwritable", format!("{} cannot be written: {why}", path.display()))
}
