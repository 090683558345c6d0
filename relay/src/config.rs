//! The settings: defaults, overridden by a TOML file, the environment and the command line, in this order.
//!
//! Every default works, so no file is needed.

use std::{
    net::{AddrParseError, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::PathBuf,
    str::FromStr,
    time::Duration,
};

use clap::{Parser, Subcommand};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
};
use ipnet::IpNet;
use libp2p::Multiaddr;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use spinney::keys::Id;

use crate::{invite::Invite, store::Allotment, token::Token};

const GIB: u64 = 1 << 30;

/// The relay's settings.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The folder for the key, the database and the blocks.
    pub data: PathBuf,
    /// The address for HTTP and libp2p. Loopback by default, because a proxy does TLS.
    pub listen: SocketAddr,
    /// Multiaddrs under which browsers reach the relay: `/dns4/relay.example/tcp/443/wss`.
    pub external: Vec<Multiaddr>,
    /// Addresses or networks (`10.0.0.0/8`) of proxies, which may name their clients in `X-Forwarded-For`.
    pub trusted_proxies: Vec<Proxy>,
    /// The UDP address for STUN, which tells browsers their public address; pages ask port 3478 of the relay's host.
    pub stun: Stun,
    /// A folder to serve as the page, on the same port.
    pub page: Option<PathBuf>,
    /// Whether blocks and records are served over HTTP to IPFS tools.
    pub gateway: Gateway,
    /// Whether who has a token pins over HTTP, by the IPFS Pinning Service API. On by default, because it answers nobody
    /// until the operator makes a token.
    pub pinning: bool,
    /// Whose blocks, records and mailboxes are stored; see [`Config::admission`] for the default. Every client may read,
    /// watch and connect.
    pub admission: Option<Admission>,
    /// Ids (`k51…`) that are admitted, also without an invitation.
    pub admitted: Vec<Name>,
    /// Bits of work that a stranger's request costs if the mailbox is empty; each bit doubles the work.
    pub work: u32,
    /// Bytes that one identity may store. A block, a record and a mail each count 512 bytes more than they have.
    pub quota: u64,
    /// Bytes that an identity may store on its first day if everybody is admitted, and as many more with each day.
    pub newcomer: u64,
    /// Bytes that may be on the disk, counted in the same way; what several identities hold counts once.
    pub capacity: u64,
    /// Seconds that a block stays after it was pushed or unpinned.
    pub grace: u64,
    /// Seconds from one garbage collection to the next.
    pub collect: u64,
    /// Whether devices that asked for it are told by Web Push that mail waits for them.
    pub web_push: bool,
    /// Whom push services may ask about this relay: `mailto:…` or `https://…`. Without a setting it is the public name
    /// in [`Config::external`].
    pub web_push_contact: Option<Contact>,
    /// For tests, which play a push service on this machine: the file of its certificate, in DER. With it pushes may go
    /// to any address.
    #[cfg(feature = "testing")]
    pub push_service: Option<PathBuf>,
    /// A file for copies of everything that handlers read and write. Needs the feature `tap`.
    #[cfg(feature = "tap")]
    pub tap: Option<PathBuf>,
}

/// The address or network of proxies, written `10.0.0.1`, `10.0.0.0/8` or `::1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxy(pub(crate) IpNet);

impl FromStr for Proxy {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, AddrParseError> {
        let address = || text.parse::<IpAddr>().map(IpNet::from);
        text.parse().map_or_else(|_| address(), Ok).map(|network: IpNet| Self(network.trunc()))
    }
}

impl Serialize for Proxy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|_| D::Error::custom(format!("{text:?} is no address and no network like 10.0.0.0/8")))
    }
}

/// Whom push services may ask about a relay, written `mailto:…` or `https://…`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Contact(pub(crate) String);

impl<'de> Deserialize<'de> for Contact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let is_contact =
            ["mailto:", "https://"].iter().any(|start| text.len() > start.len() && text.starts_with(start));
        match is_contact && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            true => Ok(Self(text)),
            false => Err(D::Error::custom(format!("{text:?} is no address like mailto:me@relay.example"))),
        }
    }
}

/// The address for STUN, written as address and port, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stun {
    /// This address.
    At(SocketAddr),
    /// STUN is off.
    Off,
}

impl Serialize for Stun {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::At(address) => serializer.collect_str(address),
            Self::Off => serializer.serialize_str("off"),
        }
    }
}

impl<'de> Deserialize<'de> for Stun {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "off" { Ok(Self::Off) } else { text.parse().map(Self::At).map_err(D::Error::custom) }
    }
}

/// Whether the relay serves `/ipfs`, `/ipns` and `/routing`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gateway {
    /// Yes, unless it serves a page: content of strangers must not share the page's origin.
    Apart,
    /// Yes, also beside a page: for trials on one machine.
    On,
    /// No.
    Off,
}

/// Whose blocks, records and mailboxes are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Admission {
    /// Those of every identity.
    Open,
    /// Those of identities whom the operator invited: `spinney-relay invite`.
    Invited,
    /// Those of identities in [`Config::admitted`].
    List,
}

/// An identity, written `k51…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name(pub Id);

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: "spinney-relay".into(),
            listen: (Ipv4Addr::LOCALHOST, 4747).into(),
            external: Vec::new(),
            trusted_proxies: vec![
                Proxy(IpNet::new_assert(Ipv4Addr::new(127, 0, 0, 0).into(), 8)),
                Proxy(IpNet::new_assert(Ipv6Addr::LOCALHOST.into(), 128)),
            ],
            stun: Stun::At((Ipv4Addr::UNSPECIFIED, 3478).into()),
            page: None,
            gateway: Gateway::Apart,
            pinning: true,
            admission: None,
            admitted: Vec::new(),
            work: 20,
            quota: 10 * GIB,
            newcomer: GIB,
            capacity: 100 * GIB,
            grace: 24 * 60 * 60,
            collect: 10 * 60,
            web_push: true,
            web_push_contact: None,
            #[cfg(feature = "testing")]
            push_service: None,
            #[cfg(feature = "tap")]
            tap: None,
        }
    }
}

impl Config {
    /// Whose blocks, records and mailboxes are stored.
    ///
    /// Without a setting it is [`Admission::Invited`]. A relay that only this machine reaches, because it listens on
    /// loopback and has no external address, is for trials: it is open.
    pub fn admission(&self) -> Admission {
        self.admission.unwrap_or(if self.is_local() { Admission::Open } else { Admission::Invited })
    }

    /// Whether the relay is for this machine alone, for development and tests: it listens on loopback and has no
    /// external address. Then a request of this machine without a header of a proxy is its own, and has no limits by
    /// network.
    pub fn is_local(&self) -> bool {
        self.listen.ip().is_loopback() && self.external.is_empty()
    }

    /// Whether the relay serves `/ipfs`, `/ipns` and `/routing`.
    pub fn serves_gateway(&self) -> bool {
        match self.gateway {
            Gateway::Apart => self.page.is_none(),
            Gateway::On => true,
            Gateway::Off => false,
        }
    }

    /// The limits of the store.
    pub fn allotment(&self) -> Allotment {
        Allotment {
            quota: self.quota,
            newcomer: (self.admission() == Admission::Open).then_some(self.newcomer),
            capacity: self.capacity,
            grace: Duration::from_secs(self.grace),
        }
    }
}

/// Lets browsers meet, and keeps what they share available while tabs are closed.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Flags {
    /// What to do instead of running a relay.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings, in TOML; every one may be left out.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Address and port for HTTP and libp2p.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Folder for the key, the database and the blocks.
    #[arg(long, value_name = "FOLDER", global = true)]
    data: Option<PathBuf>,
    /// Folder to serve as the page.
    #[arg(long, value_name = "FOLDER")]
    page: Option<PathBuf>,
    /// Send no Web Pushes to devices that are closed.
    #[arg(long)]
    no_web_push: bool,
}

/// What the program does instead of running a relay.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Invites identities, lists them, or ends their invitations.
    Invite(Invite),
    /// Makes tokens for the pinning service, lists them, or ends them.
    Token(Token),
}

impl Flags {
    /// Merges defaults, file, environment (`SPINNEY_RELAY_…`) and flags; each overrides the one before.
    pub fn config(self) -> Result<Config, ConfigError> {
        let mut settings = Figment::from(Serialized::defaults(Config::default()));
        if let Some(file) = self.config {
            settings = settings.merge(Toml::file_exact(file));
        }
        settings = settings.merge(Env::prefixed("SPINNEY_RELAY_"));
        if let Some(listen) = self.listen {
            settings = settings.merge(("listen", listen));
        }
        if let Some(data) = self.data {
            settings = settings.merge(("data", data));
        }
        if let Some(page) = self.page {
            settings = settings.merge(("page", page));
        }
        if self.no_web_push {
            settings = settings.merge(("web_push", false));
        }
        settings.extract().map_err(|error| ConfigError(Box::new(error)))
    }
}

/// A setting is unknown, malformed, or its file cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("a setting cannot be used: {0}")]
pub struct ConfigError(#[source] Box<figment::Error>);

#[cfg(test)]
mod tests {
    use super::*;

    fn from_toml(text: &str) -> Result<Config, Box<figment::Error>> {
        Figment::from(Serialized::defaults(Config::default()))
            .merge(Toml::string(text))
            .extract()
            .map_err(Box::new)
    }

    #[test]
    fn no_setting_is_needed_and_each_can_be_set() {
        assert_eq!(from_toml("").unwrap().admission(), Admission::Open);
        let id = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8";
        let config = from_toml(&format!(
            "listen = '[::1]:9'\nadmission = 'list'\nadmitted = ['{id}']\nquota = 5\nexternal = ['/dns4/a.example/tcp/443/wss']"
        ))
        .unwrap();
        assert_eq!(
            (config.admission(), &config.admitted[..]),
            (Admission::List, &[Name(id.parse().unwrap())][..])
        );
        assert_eq!((config.quota, config.external.len()), (5, 1));
    }

    #[test]
    fn a_relay_that_others_may_reach_is_for_those_who_were_invited() {
        for (text, admission) in [
            ("listen = '127.0.0.1:4747'", Admission::Open),
            ("listen = '[::1]:4747'", Admission::Open),
            ("listen = '0.0.0.0:4747'", Admission::Invited),
            ("external = ['/dns4/a.example/tcp/443/wss']", Admission::Invited),
            ("admission = 'open'\nexternal = ['/dns4/a.example/tcp/443/wss']", Admission::Open),
            ("admission = 'invited'", Admission::Invited),
        ] {
            assert_eq!(from_toml(text).unwrap().admission(), admission, "{text}");
        }
    }

    #[test]
    fn the_example_shows_every_setting_with_its_default() {
        let example = from_toml(include_str!("../spinney-relay.example.toml")).unwrap();
        assert_eq!(format!("{example:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn a_misspelt_or_impossible_setting_is_named() {
        for text in [
            "qouta = 5",
            "admission = 'friends'",
            "gateway = 'yes'",
            "admitted = ['k51nobody']",
            "listen = 'here'",
            "stun = 'on'",
            "trusted_proxies = ['everywhere']",
            "web_push_contact = 'me@relay.example'",
        ] {
            let error = from_toml(text).unwrap_err().to_string();
            assert!(error.contains(text.split(' ').next().unwrap()), "{error}");
        }
    }
}
