//! Where a command's store lies, and how it is opened.
use crate::args::StoreArgs;
use crate::context::Purpose;
use crate::failure::{Exit, Failure};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use upah_core::store::Store;
use upah_postgres::{Address, Postgres};
use upah_sqlite::{OpenOptions, Sqlite};

/// Whether several processes may write one database at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Company {
    /// They pay over the same providers.
    Shared,
    /// The sandbox in this process keeps a ledger of its own, which no other process would know.
    Alone,
}

impl Company {
    /// Alone with the sandbox in this process.
    pub(crate) const fn of(is_shared: bool) -> Self {
        if is_shared { Self::Shared } else { Self::Alone }
    }
}

/// Where a store lies.
pub(crate) enum Place {
    /// In one SQLite file.
    File(PathBuf),
    /// In the schema `upah` of a PostgreSQL database. What else belongs to the store lies in files whose
    /// names begin with this path.
    Database(Box<Address>, PathBuf),
}

impl Place {
    /// As `--store` says.
    pub(crate) fn of(args: &StoreArgs) -> Result<Self, Failure> {
        let fallback = if args.rails.is_some() { "sqlite:upah.db" } else { "sqlite:upah-sandbox.db" };
        let url = args.store.as_deref().unwrap_or(fallback);
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            return Self::database(url, args.rails.as_deref());
        }
        match url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path)) {
            Some(path) if !path.is_empty() => Ok(Self::File(PathBuf::from(path))),
            _ => Err(Failure::usage(
                "store",
                format!("--store {url:?} is not understood; write it as sqlite:PATH or postgres://user@host/database"),
            )),
        }
    }

    /// The password may stand in `PGPASSWORD`, so that no list of processes shows it. Head and key lie beside
    /// the configuration, or in the present folder when there is none.
    fn database(url: &str, config: Option<&Path>) -> Result<Self, Failure> {
        let address: Address = url.parse().map_err(|why| Failure::usage("store", format!("--store: {why}")))?;
        let address = match std::env::var_os("PGPASSWORD") {
            Some(password) => address.with_password(password.as_encoded_bytes()),
            None => address,
        };
        let folder = config.and_then(Path::parent).unwrap_or(Path::new(""));
        let beside = folder.join(format!("{}.postgres", address.database()));
        Ok(Self::Database(Box::new(address), beside))
    }

    /// The path whose name the store's other files begin with: head, key, the sandbox's ledger.
    pub(crate) fn beside(&self) -> &Path {
        match self {
            Self::File(path) | Self::Database(_, path) => path,
        }
    }

    /// Whether there is a store, or something that keeps us from knowing: opening it will tell.
    pub(crate) async fn exists(&self) -> bool {
        match self {
            Self::File(path) => path.exists(),
            Self::Database(address, _) => {
                !matches!(Postgres::open_read_only(address).await, Err(upah_postgres::OpenError::Missing { .. }))
            }
        }
    }

    /// Opens it; `None` when a command that only checks finds none.
    pub(crate) async fn open(&self, purpose: Purpose, company: Company) -> Result<Option<Arc<dyn Store>>, Failure> {
        let create = purpose == Purpose::Pay;
        let reads = matches!(purpose, Purpose::Read | Purpose::Check);
        match self {
            Self::File(path) => {
                if purpose == Purpose::Check && !path.exists() {
                    return Ok(None);
                }
                let opened =
                    if reads { Sqlite::open_read_only(path) } else { Sqlite::open(path, OpenOptions { create }) };
                Ok(Some(Arc::new(opened.map_err(|why| cannot(&why))?)))
            }
            Self::Database(address, _) => {
                let options = upah_postgres::OpenOptions { create };
                let opened = match (reads, company) {
                    (true, _) => Postgres::open_read_only(address).await,
                    (false, Company::Shared) => Postgres::open(address, options).await,
                    (false, Company::Alone) => Postgres::open_alone(address, options).await,
                };
                match opened {
                    Ok(store) => Ok(Some(Arc::new(store))),
                    Err(upah_postgres::OpenError::Missing { .. }) if purpose == Purpose::Check => Ok(None),
                    Err(why) => Err(cannot(&why)),
                }
            }
        }
    }
}

/// A store without anything in it, for a file that is to be checked against nothing.
pub(crate) fn empty() -> Result<(tempfile::TempDir, Arc<dyn Store>), Failure> {
    let folder = tempfile::tempdir()
        .map_err(|why| Failure::new(Exit::Other, "store", format!("no temporary folder can be made: {why}")))?;
    let store =
        Sqlite::open(folder.path().join("empty.db"), OpenOptions { create: true }).map_err(|why| cannot(&why))?;
    Ok((folder, Arc::new(store)))
}

fn cannot(why: &impl ToString) -> Failure {
    Failure::new(Exit::Other, "store", why.to_string())
}
