//! Finding the log's key: as configured, or made on the first payment beside the store.
use crate::config::Config;
use crate::failure::{Exit, Failure};
use std::path::{Path, PathBuf};
use upah::{Environment, LogKey, SystemEnvironment};

/// Where the key and the head of a store lie when nothing is configured.
pub(crate) fn default_key_path(store: &Path) -> PathBuf {
    beside(store, ".log.key")
}

/// `<store><suffix>`.
pub(crate) fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// The key to work with: configured, or `<store>.log.key`. `create` makes a missing one and says so.
///
/// `pinned` is the verification key that the store knows already; a store with a pin and without a
/// key file ends here, before anything is sent.
pub(crate) fn log_key(
    config: Option<(&Config, &Path)>,
    store: &Path,
    pinned: Option<&str>,
    create: bool,
) -> Result<Option<LogKey>, Failure> {
    let head = beside(store, ".head");
    if let Some((config, path)) = config
        && let Some(log) = &config.log
    {
        let text = log.key.read(path, "the log key")?;
        return Ok(Some(LogKey::from_text(&log.origin, &text, head)?));
    }
    let path = default_key_path(store);
    let origin = pinned.and_then(|vkey| vkey.split('+').next()).map_or_else(|| default_origin(store), str::to_owned);
    if path.exists() {
        return Ok(Some(LogKey::load(&origin, &path, head)?));
    }
    if let Some(vkey) = pinned {
        if !create {
            return Ok(None);
        }
        return Err(Failure::new(
            Exit::Other,
            "log_key",
            format!(
                "this store's log is signed by {vkey}, and its key {} is missing; nothing was sent",
                path.display()
            ),
        ));
    }
    if !create {
        return Ok(None);
    }
    let mut seed = [0u8; 32];
    SystemEnvironment.fill_random(&mut seed).map_err(upah::Error::from)?;
    let key = LogKey::create(&origin, &path, head, &seed)?;
    eprintln!("A new log key was made: {} (keep it, and keep it secret).", path.display());
    eprintln!("Its verification key, for everybody who wants to check a slip: {}", key.verifying_key());
    Ok(Some(key))
}

/// A name for the log of a store that nobody has named: host-neutral, without spaces.
fn default_origin(store: &Path) -> String {
    let stem = store.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    format!("upah.local/{}", if name.is_empty() { "log" } else { &name })
}
