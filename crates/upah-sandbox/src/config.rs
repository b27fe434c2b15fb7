//! What a sandbox is started with.

use core::fmt;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use crate::faults::FaultPlan;

/// How the one client of a sandbox is known.
#[derive(Clone)]
pub struct Credentials {
    /// `X-CLIENT-KEY`.
    pub client_id: String,
    /// The secret of the symmetric signature; its UTF-8 bytes are the key.
    pub client_secret: String,
    /// `X-PARTNER-ID`.
    pub partner_id: String,
    /// `CHANNEL-ID`.
    pub channel_id: String,
    /// The client's public key for the token service: PEM, or base64 of its DER.
    pub public_key_pem: String,
}

impl Credentials {
    /// The documented test credentials (client and partner `UPAHTEST`, channel `95221`, secret
    /// `upah-sandbox-secret`) with this public key. Nothing real accepts them.
    #[must_use]
    pub fn for_tests(public_key_pem: &str) -> Self {
        Self {
            client_id: "UPAHTEST".to_owned(),
            client_secret: "upah-sandbox-secret".to_owned(),
            partner_id: "UPAHTEST".to_owned(),
            channel_id: "95221".to_owned(),
            public_key_pem: public_key_pem.to_owned(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("client_id", &self.client_id)
            .field("partner_id", &self.partner_id)
            .field("channel_id", &self.channel_id)
            .finish_non_exhaustive()
    }
}

/// How the one client of the payouts of Xendit is known.
#[derive(Clone)]
pub struct XenditClient {
    /// The user of HTTP Basic; the password is empty.
    pub secret_key: String,
    /// Repeated in every answer.
    pub business_id: String,
}

impl XenditClient {
    /// A key that nothing real accepts.
    #[must_use]
    pub fn for_tests() -> Self {
        Self {
            secret_key: "xnd_development_upah-sandbox".to_owned(),
            business_id: "5f27a14a9bf05c73dd040bc8".to_owned(),
        }
    }
}

impl fmt::Debug for XenditClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("XenditClient").field("business_id", &self.business_id).finish_non_exhaustive()
    }
}

/// How the one client of the disbursements of OY! is known.
#[derive(Clone)]
pub struct OyClient {
    /// `x-oy-username`.
    pub username: String,
    /// `x-api-key`.
    pub api_key: String,
}

impl OyClient {
    /// A key that nothing real accepts.
    #[must_use]
    pub fn for_tests() -> Self {
        Self { username: "upah-sandbox".to_owned(), api_key: "oy-upah-sandbox-key".to_owned() }
    }
}

impl fmt::Debug for OyClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OyClient").field("username", &self.username).finish_non_exhaustive()
    }
}

/// How the one client of the disbursements of Flip is known.
#[derive(Clone)]
pub struct FlipClient {
    /// The user of HTTP Basic; the password is empty.
    pub secret_key: String,
    /// Repeated in every answer.
    pub user_id: u64,
    /// Whether the first question about an account is answered with `PENDING`.
    pub looks_in_background: bool,
}

impl FlipClient {
    /// A key that nothing real accepts.
    #[must_use]
    pub fn for_tests() -> Self {
        Self { secret_key: "flip-upah-sandbox-key".to_owned(), user_id: 20, looks_in_background: true }
    }
}

impl fmt::Debug for FlipClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlipClient").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// How the one client of Midtrans Iris is known.
#[derive(Clone)]
pub struct IrisClient {
    /// The user of HTTP Basic by whom payouts are written down; the password is empty.
    pub creator_key: String,
    /// The user by whom they are released.
    pub approver_key: String,
    /// With this the notifications are signed.
    pub merchant_key: String,
}

impl IrisClient {
    /// Keys that nothing real accepts.
    #[must_use]
    pub fn for_tests() -> Self {
        Self {
            creator_key: "IRIS-upah-sandbox-creator".to_owned(),
            approver_key: "IRIS-upah-sandbox-approver".to_owned(),
            merchant_key: "IRIS-upah-sandbox-merchant".to_owned(),
        }
    }
}

impl fmt::Debug for IrisClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IrisClient").finish_non_exhaustive()
    }
}

/// Whose account it is. A name given with `Sandbox::set_holder` comes before either.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum NamePolicy {
    /// Every account exists; its holder's name is invented out of the number.
    #[default]
    Invented,
    /// Accounts and phones with their holders. Others do not exist: `404ss11`.
    Registered(HashMap<String, String>),
}

impl fmt::Debug for NamePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invented => f.write_str("Invented"),
            Self::Registered(holders) => write!(f, "Registered({} holders)", holders.len()),
        }
    }
}

/// What a sandbox is started with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SandboxConfig {
    /// A loopback address; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Before every service path, and signed with it.
    pub path_prefix: String,
    /// Who may call.
    pub credentials: Credentials,
    /// What the source account holds at first, whole rupiah.
    pub balance: u64,
    /// The only source account there is; `None` takes any.
    pub source_account: Option<String>,
    /// The bank itself: the `bank_code` of what goes by 17.
    pub bank_code: String,
    /// Where the book is kept; `None`: in memory.
    pub ledger: Option<PathBuf>,
    /// Whose accounts are whose.
    pub names: NamePolicy,
    /// Whether scenario accounts behave as their number says.
    pub scenarios: bool,
    /// What goes wrong.
    pub faults: FaultPlan,
    /// How long a token lives; the standard says 900.
    pub token_seconds: u32,
    /// Who may ask for payouts of Xendit, from the same account; `None`: nobody.
    pub xendit: Option<XenditClient>,
    /// Who may ask for disbursements of Flip, from the same account; `None`: nobody.
    pub flip: Option<FlipClient>,
    /// Who may ask for disbursements of OY!, from the same account; `None`: nobody.
    pub oy: Option<OyClient>,
    /// Who may ask for payouts of Iris, from the same account; `None`: nobody.
    pub iris: Option<IrisClient>,
}

impl SandboxConfig {
    /// A well-behaved bank on a free loopback port, in memory, with a very large balance.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            path_prefix: "/v1.0".to_owned(),
            credentials,
            balance: 1_000_000_000_000_000,
            source_account: None,
            bank_code: "008".to_owned(),
            ledger: None,
            names: NamePolicy::Invented,
            scenarios: true,
            faults: FaultPlan::none(),
            token_seconds: 900,
            xendit: Some(XenditClient::for_tests()),
            flip: Some(FlipClient::for_tests()),
            oy: Some(OyClient::for_tests()),
            iris: Some(IrisClient::for_tests()),
        }
    }
}
