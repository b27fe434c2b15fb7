//! A command's world: the store it names, the rails it configures, and the gateway over both.
use crate::args::StoreArgs;
use crate::config::{Config, RailConfig};
use crate::failure::Failure;
use crate::keys;
use crate::sandbox::InProcess;
use crate::store::{Company, Place};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use upah::{Builder, Gateway, Mode, PinnedKeys};
use upah_core::EmployerId;
use upah_core::policy::RailPolicy;
use upah_core::rail::Rail;
use upah_core::setting::Setting;

/// What a command wants to do with the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Only look; works beside a running writer.
    Read,
    /// Only look, and a store that does not exist yet is an empty one.
    Check,
    /// Write, but send nothing.
    Write,
    /// Send: rails and log key are needed.
    Pay,
    /// Ask and record, and send nothing: the same is needed, and a store that exists.
    Listen,
}

impl Purpose {
    /// Whether providers are called.
    fn calls(self) -> bool {
        matches!(self, Self::Pay | Self::Listen)
    }
}

/// A gateway with what was needed to open it.
pub(crate) struct Context {
    pub(crate) gateway: Gateway,
    pub(crate) employer: Option<EmployerId>,
    /// Stands in for a store that does not exist yet; removed with the command.
    _empty: Option<tempfile::TempDir>,
    /// Lives as long as the command; its port closes with it.
    pub(crate) sandbox: Option<InProcess>,
}

impl Context {
    /// Opens the world of a command.
    pub(crate) async fn open(args: &StoreArgs, purpose: Purpose) -> Result<Self, Failure> {
        let config = args.rails.as_deref().map(Config::read).transpose()?;
        let configured = config.as_ref().zip(args.rails.as_deref());
        // Before anything is made on disk: what cannot be sent with leaves nothing behind.
        let rails = if purpose.calls() { configured_rails(configured)? } else { Vec::new() };
        let place = Place::of(args)?;
        if matches!(place, Place::Database(..)) && config.as_ref().is_some_and(|config| config.log.is_none()) {
            let why = "a store in PostgreSQL needs [log] with origin and key in the configuration; nothing was sent";
            return Err(Failure::usage("log_key", why));
        }
        let (empty, store) = match place.open(purpose, Company::of(config.is_some() || purpose != Purpose::Pay)).await?
        {
            Some(store) => (None, store),
            None => crate::store::empty().map(|(folder, store)| (Some(folder), store))?,
        };
        let stamp = store.setting(Setting::Mode).await.map_err(upah::Error::from)?;
        let mode = match (&config, stamp.as_deref()) {
            (Some(_), _) => Mode::Live,
            (None, Some("live")) if !purpose.calls() => Mode::Live,
            (None, _) => Mode::Sandbox,
        };
        // Before the key: a store of the other mode has another one, and that is not what is wrong.
        if mode == Mode::Sandbox && stamp.as_deref() == Some("live") {
            return Err(upah::Error::WrongMode { stamped: "with real rails", asked: "in the sandbox" }.into());
        }
        if mode == Mode::Live && stamp.as_deref() == Some("sandbox") {
            return Err(upah::Error::WrongMode { stamped: "in the sandbox", asked: "with real rails" }.into());
        }
        let pinned = PinnedKeys::read(&*store).await?;
        let mut builder = Gateway::open(store, mode).head(keys::beside(place.beside(), ".head"));
        if let Some(config) = &config {
            let calendar = config.calendar().map_err(|why| Failure::usage("bad_configuration", why))?;
            builder = builder.lease(Duration::from_secs(u64::from(config.lease_seconds)));
            builder = builder.routing(config.route, calendar).late_fine(config.rights);
            for account in &config.account {
                builder = builder.account(account.id.clone(), account.limits());
            }
        }
        let key = keys::log_key(configured, place.beside(), pinned.current(), purpose.calls())?;
        let mut sandbox = None;
        if purpose.calls() {
            (builder, sandbox) = with_rails(builder, rails, args, place.beside()).await?;
        }
        if let Some(key) = key {
            builder = builder.log_key(key);
        }
        Ok(Self { gateway: builder.build().await?, employer: employer(args, config.as_ref())?, _empty: empty, sandbox })
    }

    /// The employer of rows that name none.
    pub(crate) fn default_employer(&self) -> Result<EmployerId, Failure> {
        match &self.employer {
            Some(employer) => Ok(employer.clone()),
            None => "default".parse().map_err(|_| Failure::usage("employer", "name the employer with --employer")),
        }
    }

    /// Lets the in-process sandbox end its answers.
    pub(crate) async fn close(self) {
        if let Some(sandbox) = self.sandbox {
            sandbox.stop().await;
        }
    }
}

/// A rail, what decisions know of it, and its pace.
type Lane = (Arc<dyn Rail>, RailPolicy, Option<u32>);

/// The configured rails with their secrets; none without a configuration.
fn configured_rails(configured: Option<(&Config, &Path)>) -> Result<Vec<Lane>, Failure> {
    let Some((config, path)) = configured else { return Ok(Vec::new()) };
    let lane = |rail: &RailConfig| {
        let (adapter, policy) = rail.open(path)?;
        Ok((adapter, policy, rail.requests_per_second))
    };
    config.rail.iter().map(lane).collect()
}

/// The configured rails, or the sandbox in this process when there are none.
async fn with_rails(
    builder: Builder,
    rails: Vec<Lane>,
    args: &StoreArgs,
    store: &Path,
) -> Result<(Builder, Option<InProcess>), Failure> {
    if rails.is_empty() {
        let sandbox = InProcess::start(store, args.faults.as_deref()).await?;
        let (rail, policy) = sandbox.rail()?;
        let (sheet, on_paper) = InProcess::sheet()?;
        return Ok((builder.rail(rail, policy, None).rail(sheet, on_paper, None), Some(sandbox)));
    }
    let builder = rails.into_iter().fold(builder, |builder, (rail, policy, pace)| builder.rail(rail, policy, pace));
    Ok((builder, None))
}

fn employer(args: &StoreArgs, config: Option<&Config>) -> Result<Option<EmployerId>, Failure> {
    match &args.employer {
        Some(text) => {
            text.parse().map(Some).map_err(|why| Failure::usage("employer", format!("--employer {text:?}: {why}")))
        }
        None => Ok(config.and_then(|config| config.employer.clone())),
    }
}
