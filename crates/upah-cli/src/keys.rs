//! Finding the log's key: as configured, or made on the first payment beside the store.
use crate::config::Config;
use crate::failure::{Exit, Failure};
use std::path::{Path, PathBuf};
use upah::{Environment, LogKey, SystemEnvironment, durable};
use upah_tlog::{VerifyingKey, WitnessSigner};

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

/// The key to work with: configured, or `<store>.log.key`. `create` makes a missing one and says so. With it the one that
/// will follow: configured, or `<store>.log.next.key` where that file is.
///
/// `pinned` is the verification key that the store knows already; a store with a pin and without a
/// key file ends here, before anything is sent.
pub(crate) fn log_key(
    config: Option<(&Config, &Path)>,
    store: &Path,
    pinned: Option<&VerifyingKey>,
    create: bool,
) -> Result<Option<LogKey>, Failure> {
    let head = beside(store, ".head");
    if let Some((config, path)) = config
        && let Some(log) = &config.log
    {
        let key = LogKey::from_text(&log.origin, &log.key.read(path, "the log key")?, head)?;
        return Ok(Some(match &log.next {
            Some(next) => key.followed_by(&next.read(path, "the log's next key")?)?,
            None => key,
        }));
    }
    let path = default_key_path(store);
    let origin = pinned.map_or_else(|| default_origin(store), |vkey| vkey.name().to_owned());
    if path.exists() {
        let key = LogKey::load(&origin, &path, head)?;
        let next = beside(store, ".log.next.key");
        return Ok(Some(if next.exists() { key.followed_by(&read_key(&next)?)? } else { key }));
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
    let key = LogKey::create(&origin, &path, head, &fresh_seed()?)?;
    eprintln!("A new log key was made: {} (keep it, and keep it secret).", path.display());
    eprintln!("Its verification key, for everybody who wants to check a slip: {}", key.verifying_key());
    Ok(Some(key))
}

/// The key of a witness in this file, made when it is missing.
pub(crate) fn witness_signer(path: &Path, name: &str) -> Result<WitnessSigner, Failure> {
    let unusable = |why: &dyn std::fmt::Display| unusable(path, why);
    let signer = |seed: &[u8; 32]| {
        WitnessSigner::from_seed(name, seed).map_err(|why| Failure::usage("name", format!("--name {name:?}: {why}")))
    };
    if path.exists() {
        return signer(&durable::parse_seed(&read_key(path)?).map_err(|why| unusable(&why))?);
    }
    let seed = fresh_seed()?;
    // Before the file: a name that cannot be used leaves nothing behind.
    let signer = signer(&seed)?;
    durable::create_seed(path, &seed)?;
    eprintln!("A new witness key was made: {} (keep it, and keep it secret).", path.display());
    Ok(signer)
}

fn read_key(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|why| unusable(path, &why))
}

fn unusable(path: &Path, why: &dyn std::fmt::Display) -> Failure {
    Failure::usage("key", format!("the key {}: {why}", path.display()))
}

fn fresh_seed() -> Result<[u8; 32], Failure> {
    let mut seed = [0u8; 32];
    SystemEnvironment.fill_random(&mut seed).map_err(upah::Error::from)?;
    Ok(seed)
}

/// A name for the log of a store that nobody has named: host-neutral, without spaces.
fn default_origin(store: &Path) -> String {
    let stem = store.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect();
    format!("upah.local/{}", if name.is_empty() { "log" } else { &name })
}
