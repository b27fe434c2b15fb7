//! Where the store lies, parsed once; and the rule that wages never travel in clear text between machines.
use core::fmt;
use core::net::IpAddr;
use core::str::FromStr;
use core::time::Duration;
use std::path::PathBuf;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// `postgres://user@host:port/database`, as libpq writes it.
///
/// * The password may stand in it (`user:password@`), or is given by [`Address::with_password`]. It is
///   printed by nothing here.
/// * A host that begins with `/` (as `%2Fvar%2Frun%2Fpostgresql`) is the folder of a unix socket.
/// * `sslmode`: to another machine the connection is always encrypted, and certificate and host name are
///   always verified, whatever it says; `disable` is refused there. On this machine (unix socket,
///   `localhost`, a loopback address) it is plain unless `require`, `verify-ca` or `verify-full` ask for more.
/// * `sslrootcert=FILE`: trust the certificates of this PEM file instead of the operating system's.
/// * Every other parameter is that of `tokio_postgres::Config`.
#[derive(Clone)]
pub struct Address {
    pub(crate) config: Config,
    pub(crate) tls: Option<Tls>,
}

/// How an encrypted connection is verified.
#[derive(Clone)]
pub(crate) struct Tls {
    /// A PEM file; the operating system's roots when there is none.
    pub(crate) roots: Option<PathBuf>,
}

/// Why an address is not one. The address itself is never repeated: a password may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Not of the form.
    #[error("the address of the database is not of the form postgres://user@host:port/database")]
    Form,
    /// A parameter's value is none of the known ones.
    #[error("the address of the database has an sslmode that is none of disable, prefer, require, verify-full")]
    SslMode,
    /// `sslmode=disable` to another machine.
    #[error(
        "the address of the database says sslmode=disable, and the database is on another machine: wages travel encrypted"
    )]
    PlainText,
}

/// How long a dead peer may look alive: 30 s of silence, then three questions 10 s apart.
const SILENCE: Duration = Duration::from_secs(30);
const PROBE: Duration = Duration::from_secs(10);
const UNANSWERED: Duration = Duration::from_secs(60);
const CONNECT: Duration = Duration::from_secs(10);

impl Address {
    /// The same with this password, so that it need not stand in the text.
    pub fn with_password(mut self, password: impl AsRef<[u8]>) -> Self {
        self.config.password(password);
        self
    }

    /// The name of the database.
    pub fn database(&self) -> &str {
        self.config.get_dbname().unwrap_or_default()
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err(AddressError::Form);
        }
        let (place, parameters) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut roots, mut others) = (None, None, Vec::new());
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => roots = Some(PathBuf::from(value.replace("%2F", "/"))),
                Some(_) => others.push(parameter),
                None => return Err(AddressError::Form),
            }
        }
        let mut config: Config = format!("{place}?{}", others.join("&")).parse().map_err(|_| AddressError::Form)?;
        if config.get_user().is_none_or(str::is_empty) || config.get_dbname().is_none_or(str::is_empty) {
            return Err(AddressError::Form);
        }
        if config.get_hosts().is_empty() {
            return Err(AddressError::Form);
        }
        let tls = wants_tls(mode, is_here(&config))?.then_some(Tls { roots });
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        set_defaults(&mut config);
        Ok(Self { config, tls })
    }
}

fn wants_tls(mode: Option<&str>, is_here: bool) -> Result<bool, AddressError> {
    match mode {
        Some("disable") if !is_here => Err(AddressError::PlainText),
        None | Some("disable" | "allow" | "prefer") => Ok(!is_here),
        Some("require" | "verify-ca" | "verify-full") => Ok(true),
        Some(_) => Err(AddressError::SslMode),
    }
}

/// Whether every host is this machine.
fn is_here(config: &Config) -> bool {
    let named = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            let bare = name.trim_start_matches('[').trim_end_matches(']');
            name == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    named && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

fn set_defaults(config: &mut Config) {
    if config.get_application_name().is_none() {
        config.application_name("upah");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(UNANSWERED);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_idle(SILENCE).keepalives_interval(PROBE).keepalives_retries(3);
    }
    // Of several hosts, the one that may be written.
    if config.get_hosts().len() > 1 && config.get_target_session_attrs() == TargetSessionAttrs::Any {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "postgres://{}@", self.config.get_user().unwrap_or_default())?;
        for (index, host) in self.config.get_hosts().iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            match host {
                Host::Tcp(name) => write!(f, "{comma}{name}")?,
                #[cfg(unix)]
                Host::Unix(folder) => write!(f, "{comma}{}", folder.display())?,
            }
            let ports = self.config.get_ports();
            if let Some(port) = ports.get(index).or(ports.first()) {
                write!(f, ":{port}")?;
            }
        }
        write!(f, "/{}", self.database())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self}, encrypted: {})", self.tls.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Address, AddressError> {
        text.parse()
    }

    #[test]
    fn to_another_machine_the_connection_is_encrypted_or_there_is_none() {
        for mode in ["", "?sslmode=prefer", "?sslmode=allow", "?sslmode=require", "?sslmode=verify-full"] {
            for host in ["db.example", "10.0.0.5", "127.0.0.1,db.example"] {
                let address = parse(&format!("postgres://upah@{host}/wages{mode}")).unwrap();
                assert!(address.tls.is_some(), "{address:?}");
                assert_eq!(address.config.get_ssl_mode(), SslMode::Require);
            }
        }
        for refused in ["db.example/wages?sslmode=disable", "localhost/wages?hostaddr=10.0.0.5&sslmode=disable"] {
            assert_eq!(parse(&format!("postgres://upah@{refused}")).unwrap_err(), AddressError::PlainText);
        }
    }

    #[test]
    fn on_this_machine_it_is_plain_unless_asked_for() {
        for host in ["localhost", "127.0.0.1", "%2Fvar%2Frun%2Fpostgresql", "[::1]"] {
            assert!(parse(&format!("postgres://upah@{host}/wages")).unwrap().tls.is_none(), "{host}");
            let address = parse(&format!("postgres://upah@{host}/wages?sslmode=verify-full&sslrootcert=%2Fca.pem"));
            assert_eq!(address.unwrap().tls.unwrap().roots.unwrap(), PathBuf::from("/ca.pem"));
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused_without_being_repeated() {
        let wrong = [
            "wages.db",
            "host=localhost user=upah password=s3cret",
            "postgres://localhost/wages",
            "postgres://upah:s3cret@localhost",
            "postgres://upah:s3cret@/wages",
            "postgres://upah:s3cret@localhost:port/wages",
            "postgres://upah:s3cret@localhost/wages?colour=red",
            "postgres://upah:s3cret@localhost/wages?colour",
        ];
        for text in wrong {
            let refused = parse(text).unwrap_err();
            assert_eq!(refused, AddressError::Form, "{text}");
            assert!(!format!("{refused} {refused:?}").contains("s3cret"));
        }
        assert_eq!(parse("postgres://u@h/d?sslmode=maybe").unwrap_err(), AddressError::SslMode);
    }

    #[test]
    fn a_password_is_never_printed() {
        let inside = parse("postgres://upah:s3cret@localhost:5433/wages").unwrap();
        let beside = parse("postgres://upah@localhost:5433/wages").unwrap().with_password("s3cret");
        for address in [inside, beside] {
            assert_eq!(address.config.get_password(), Some(&b"s3cret"[..]));
            assert_eq!(address.to_string(), "postgres://upah@localhost:5433/wages");
            assert!(!format!("{address:?}").contains("s3cret"));
        }
    }
}
