//! A payroll system that pays its people with Upah: typed rows in, a story out.
//!
//! `cargo run -p upah --example embed` pays two invented people through a sandbox over real HTTP.
use std::sync::Arc;
use std::time::Duration;
use upah::core::policy::{Pattern, RailPolicy};
use upah::core::row::{PayRow, PayRowFields, Statement};
use upah::explain::{Audience, Language};
use upah::snap::profile::Profile;
use upah::snap::{SnapRail, SnapRailConfig};
use upah::sqlite::{OpenOptions, Sqlite};
use upah::{Confirm, Gateway, LogKey, Mode, Signatures, SystemEnvironment};
use upah_sandbox::{Credentials, Sandbox, SandboxConfig, TestKeys};

type Failure = Box<dyn std::error::Error>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let dir = tempfile::tempdir()?;
    let keys = TestKeys::generate()?;
    let bank = Sandbox::start(SandboxConfig::new(Credentials::for_tests(keys.public_pem()))).await?;
    let (rail, policy) = rail(&bank, keys.private_pem())?;

    let store = Arc::new(Sqlite::open(dir.path().join("wages.db"), OpenOptions { create: true })?);
    let key = LogKey::from_seed("payroll.example/wages", &[7; 32], dir.path().join("wages.head"))?; // yours is secret
    let upah = Gateway::open(store, Mode::Sandbox).rail(rail, policy, None).log_key(key).build().await?;

    let siti = row(1, "W-1", "Siti Contoh", "bank:014:1234567890", 600_000)?;
    let budi = row(2, "W-2", "Budi Contoh", "ewallet:dana:081234567890", 700_000)?;
    let signatures =
        Signatures { created_by: "rini".parse()?, approved_by: Some("sari".parse()?), confirm: Confirm::None };
    let run = upah
        .seal(&"kampung-contoh".parse()?, vec![siti, budi], &signatures)
        .await?
        .and_then(|run| run.run)
        .ok_or("no run")?;
    upah.drive(std::slice::from_ref(&run), false, None).await?; // safe to drop, and to repeat

    println!("{}", upah.story(&format!("{run}-1"), Language::Id, Audience::Worker).await?.to_text());
    bank.stop().await;
    Ok(())
}

fn row(row: u64, worker: &str, name: &str, destination: &str, amount: u64) -> Result<PayRow, Failure> {
    let amount = upah::core::Rupiah::new(amount)?;
    Ok(PayRow::new(PayRowFields {
        row,
        employer: None,
        worker_id: worker.parse()?,
        name: name.parse()?,
        destinations: vec![destination.parse()?],
        period: "2026-11".parse()?,
        amount,
        component: "wage".parse()?,
        due_date: None,
        sex: None,
        language: None,
        relationship: None,
        note: None,
        statement: Statement::whole("base".parse()?, amount),
    })?)
}

fn rail(bank: &Sandbox, private_key_pem: &str) -> Result<(Arc<SnapRail>, RailPolicy), Failure> {
    let test = Credentials::for_tests("");
    let config = SnapRailConfig {
        profile: Profile::standard(),
        id: "bank".parse()?,
        base_url: bank.base_url(),
        path_prefix: "/v1.0".into(),
        token_path: None,
        partner_id: test.partner_id,
        client_id: test.client_id,
        channel_id: test.channel_id,
        source_account: "888801000157508".into(),
        source_bank_code: Some("008".into()),
        codes: [].into(),
        clearing: upah::snap::ClearingAbove::default(),
        bulk: None,
        additional_info: [].into(),
        client_secret: Some(test.client_secret),
        private_key_pem: private_key_pem.into(),
        timeout: Duration::from_secs(5),
        max_concurrency: 32,
        origin: None,
    };
    let rail = SnapRail::new(config, Arc::new(SystemEnvironment))?;
    let policy = RailPolicy::new("bank".parse()?, rail.fingerprint(), vec![Pattern::new("*")]);
    Ok((Arc::new(rail), policy))
}
