//! `upah sandbox`: providers to test against, until interrupted.
use crate::failure::{Exit, Failure};
use crate::output;
use std::path::PathBuf;
use upah_sandbox::{CallbackConfig, Credentials, PayoutCallbacks, PayoutProvider, Sandbox, SandboxConfig, TestKeys};

/// What the providers of payouts prove themselves with: published, and worth nothing.
const PAYOUT_SECRET: &str = "upah-sandbox-callback";

pub(crate) async fn run(
    listen: &str,
    faults: Option<&str>,
    seed: u64,
    ledger: Option<PathBuf>,
    key: Option<PathBuf>,
    (callbacks, payout_callbacks): (Option<(String, PathBuf)>, Vec<String>),
) -> Result<Exit, Failure> {
    let bad = |what: &str, why: String| Failure::usage("sandbox", format!("{what}: {why}"));
    let keys = match &key {
        Some(path) => TestKeys::at(path).map_err(|why| bad("--key", why.to_string()))?,
        None => {
            let path = PathBuf::from("upah-sandbox.key.pem");
            eprintln!("The client's private key is {}.", path.display());
            TestKeys::at(&path).map_err(|why| bad("the key file", why.to_string()))?
        }
    };
    let credentials = Credentials::for_tests(keys.public_pem());
    eprintln!(
        "client_id {}, partner_id {}, channel_id {}, client_secret {} (a test's secret, worth nothing)",
        credentials.client_id, credentials.partner_id, credentials.channel_id, credentials.client_secret
    );
    let mut config = SandboxConfig::new(credentials);
    if let Some(xendit) = &config.xendit {
        eprintln!("Xendit: business_id {}, secret_key {} (likewise)", xendit.business_id, xendit.secret_key);
    }
    config.listen =
        listen.parse().map_err(|_| bad("--listen", format!("{listen:?} is not an address such as 127.0.0.1:8901")))?;
    config.ledger = ledger;
    if let Some(text) = faults {
        config.faults = text.parse().map_err(|why| bad("--faults", format!("{why}")))?;
    }
    config.faults = config.faults.seeded(seed);
    let callbacks = callbacks.map(|(url, key)| called_back(&url, key)).transpose()?;
    let payouts: Vec<PayoutCallbacks> =
        payout_callbacks.iter().map(|text| payouts_told(text)).collect::<Result<_, _>>()?;
    let sandbox = Sandbox::start(config).await.map_err(|why| bad(listen, why.to_string()))?;
    if let Some(callbacks) = callbacks {
        sandbox.call_back(callbacks);
    }
    for callbacks in payouts {
        eprintln!(
            "{:?} tells {} how payouts end; its token or merchant key is {PAYOUT_SECRET} (likewise).",
            callbacks.provider, callbacks.url
        );
        sandbox.call_back_about_payouts(callbacks);
    }
    output::line(&sandbox.base_url());
    eprintln!("UJI COBA. Credits: {}/_sandbox/credits. Stop with Ctrl-C.", sandbox.base_url());
    let _ = tokio::signal::ctrl_c().await;
    sandbox.stop().await;
    Ok(Exit::Done)
}

/// Whom the bank calls. Its public key is written beside its private one, for `[rail.callback]`.
fn called_back(url: &str, key: PathBuf) -> Result<CallbackConfig, Failure> {
    let bad = |why: std::io::Error| Failure::usage("sandbox", format!("--callback-key {}: {why}", key.display()));
    let keys = TestKeys::at(&key).map_err(bad)?;
    let mut public = key.as_os_str().to_owned();
    public.push(".pub");
    std::fs::write(&public, keys.public_pem()).map_err(bad)?;
    eprintln!("The bank tells {url} how payments end; its public key is {}.", PathBuf::from(public).display());
    Ok(CallbackConfig::new(url, keys))
}

/// Whom a provider of payouts calls: `PROVIDER=URL`.
fn payouts_told(text: &str) -> Result<PayoutCallbacks, Failure> {
    let provider = match text.split_once('=') {
        Some(("xendit", url)) => Some((PayoutProvider::Xendit, url)),
        Some(("flip", url)) => Some((PayoutProvider::Flip, url)),
        Some(("oy", url)) => Some((PayoutProvider::Oy, url)),
        Some(("iris", url)) => Some((PayoutProvider::Iris, url)),
        _ => None,
    };
    let (provider, url) = provider.ok_or_else(|| {
        Failure::usage(
            "sandbox",
            format!("--payout-callbacks {text:?}: write xendit=URL, flip=URL, oy=URL or iris=URL"),
        )
    })?;
    Ok(PayoutCallbacks { provider, url: url.to_owned(), secret: PAYOUT_SECRET.to_owned() })
}
