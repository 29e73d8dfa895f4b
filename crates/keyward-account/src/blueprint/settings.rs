//! Settings of a blueprint that hold for a whole account: what every user may do about their own
//! credentials, the network, and AWS Config.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use keyward_core::id::Region;

use super::{AccountName, At, Position};

/// The changes that users may make to their own credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SelfService {
    /// Nothing that the blueprint grants.
    Off,
    /// Enrol a device and, with MFA, change keys and devices.
    On(Guard),
}

/// Whether requests without MFA are denied to users.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Everything except enrolling a device.
    On,
    /// None.
    Off,
}

/// The access of private subnets to the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nat {
    /// A NAT gateway in each zone.
    PerZone,
    /// One NAT gateway for all.
    One,
    /// Not at all.
    None,
}

/// A network.
#[derive(Debug, Clone, PartialEq)]
pub struct VpcSpec {
    /// The place in the blueprint that describes it.
    pub at: Position,
    /// The region.
    pub region: Region,
    /// Its addresses.
    pub cidr: Cidr,
    /// In how many zones it has subnets, 1 to 16. The number of a region's zones depends on the
    /// account, so only a plan can compare the two.
    ///
    /// Source: <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html>
    pub zones: At<u8>,
    /// The NAT gateways.
    pub nat: At<Nat>,
    /// The accounts that have it; empty means all that hold roles.
    pub accounts: Vec<At<AccountName>>,
}

/// AWS Config.
#[derive(Debug, Clone, PartialEq)]
pub struct ConfigSpec {
    /// The place in the blueprint that describes it.
    pub at: Position,
    /// The region.
    pub region: Region,
    /// The bucket to make; `None` lets AWS choose the name.
    pub bucket: Option<BucketName>,
    /// The accounts that have it; empty means all that hold roles.
    pub accounts: Vec<At<AccountName>>,
}

/// A range of IPv4 addresses that a VPC may have: a network address and a prefix of 16 to 28
/// bits.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    address: Ipv4Addr,
    prefix: u8,
}

/// A text that is not a range for a VPC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCidr {
    /// Not `A.B.C.D/N`.
    #[error("`{0}` is not a range of addresses (such as 10.0.0.0/16)")]
    Shape(String),
    /// Too large or too small.
    #[error("`{0}` has a prefix that no VPC may have (16 to 28)")]
    Prefix(String),
    /// Addresses that no host may have.
    #[error("`{given}` is for {purpose}, so that no VPC may have it")]
    Reserved {
        /// What was given.
        given: String,
        /// What the addresses are for.
        purpose: &'static str,
    },
    /// Bits set after the prefix.
    #[error("`{given}` is not the first address of its range; write `{network}`")]
    HostBits {
        /// The refused text.
        given: String,
        /// The range that it is in.
        network: Cidr,
    },
}

impl Cidr {
    /// The first address.
    #[must_use]
    pub fn address(self) -> Ipv4Addr {
        self.address
    }

    /// The number of fixed bits.
    #[must_use]
    pub fn prefix(self) -> u8 {
        self.prefix
    }
}

impl FromStr for Cidr {
    type Err = InvalidCidr;

    fn from_str(text: &str) -> Result<Self, InvalidCidr> {
        let given = || text.chars().take(40).collect::<String>();
        let parts = text
            .split_once('/')
            .and_then(|(address, prefix)| Some((address.parse().ok()?, prefix.parse().ok()?)));
        let (address, prefix): (Ipv4Addr, u8) = parts.ok_or_else(|| InvalidCidr::Shape(given()))?;
        if !(16..=28).contains(&prefix) {
            return Err(InvalidCidr::Prefix(given()));
        }
        let mask = u32::MAX << (32 - u32::from(prefix));
        let network = Self {
            address: Ipv4Addr::from(u32::from(address) & mask),
            prefix,
        };
        if let Some(purpose) = reserved_for(network.address) {
            let given = given();
            return Err(InvalidCidr::Reserved { given, purpose });
        }
        if network.address == address {
            Ok(network)
        } else {
            let given = given();
            Err(InvalidCidr::HostBits { given, network })
        }
    }
}

/// What addresses are for that no host may have. A range of a VPC is never larger than one of these.
///
/// Source: <https://www.rfc-editor.org/rfc/rfc6890>, <https://www.rfc-editor.org/rfc/rfc1112>
fn reserved_for(address: Ipv4Addr) -> Option<&'static str> {
    match address.octets() {
        [0, ..] => Some("hosts without an address"),
        [127, ..] => Some("a host's own traffic"),
        [169, 254, ..] => Some("a single link"),
        [224..=239, ..] => Some("multicast"),
        [240..=255, ..] => Some("future use"),
        _ => None,
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// The name of an S3 bucket.
///
/// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BucketName(String);

/// A text that is not a name of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBucketName {
    /// Other characters or another length.
    #[error(
        "`{0}` is not a bucket name (3 to 63 small letters, digits, hyphens and single dots, with a letter or digit at both ends)"
    )]
    Shape(String),
    /// A beginning that S3 keeps for itself.
    #[error("`{given}` is not a bucket name: no bucket's name may begin with `{prefix}`")]
    Prefix {
        /// The refused text.
        given: String,
        /// The forbidden beginning.
        prefix: &'static str,
    },
    /// An end that S3 keeps for other kinds of name.
    #[error("`{given}` is not a bucket name: S3 reserves names that end in `{suffix}`")]
    Suffix {
        /// The refused text.
        given: String,
        /// The forbidden end.
        suffix: &'static str,
    },
}

/// Prefixes that S3 refuses in names of buckets.
const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];

/// Suffixes that S3 refuses there. `-an` is for buckets in the namespace of an account and region,
/// where keyward makes none.
const RESERVED_SUFFIXES: [&str; 6] = [
    "-s3alias",
    "--ol-s3",
    ".mrap",
    "--x-s3",
    "--table-s3",
    "-an",
];

impl BucketName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BucketName {
    type Err = InvalidBucketName;

    fn from_str(text: &str) -> Result<Self, InvalidBucketName> {
        let small = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let edge = |b: Option<&u8>| b.is_some_and(|b| small(*b));
        let bytes = text.as_bytes();
        let fits = (3..=63).contains(&bytes.len())
            && bytes.iter().all(|b| small(*b) || b"-.".contains(b))
            && edge(bytes.first())
            && edge(bytes.last())
            && !text.contains("..")
            && text.parse::<Ipv4Addr>().is_err();
        let given = || text.chars().take(80).collect::<String>();
        if !fits {
            return Err(InvalidBucketName::Shape(given()));
        }
        let mut prefixes = RESERVED_PREFIXES.into_iter();
        if let Some(prefix) = prefixes.find(|prefix| text.starts_with(prefix)) {
            let given = given();
            return Err(InvalidBucketName::Prefix { given, prefix });
        }
        let mut suffixes = RESERVED_SUFFIXES.into_iter();
        if let Some(suffix) = suffixes.find(|suffix| text.ends_with(suffix)) {
            let given = given();
            return Err(InvalidBucketName::Suffix { given, suffix });
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests;
