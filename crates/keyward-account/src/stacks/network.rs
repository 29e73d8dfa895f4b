//! The division of a VPC's range: public subnets from its beginning, private ones from its middle.
//! A range of 16 bits gives subnets of 22 bits, 1,019 usable addresses each, because AWS keeps
//! five.
//!
//! Source: <https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>

use std::fmt;
use std::net::Ipv4Addr;

use crate::blueprint::Cidr;

/// The number of bits by which a subnet's prefix is longer than the VPC's, if there is room.
const SUBNET_BITS: u8 = 6;

/// The longest prefix of a subnet.
const LONGEST_PREFIX: u8 = 28;

/// The most subnets of one kind: half of those that `SUBNET_BITS` give, with the other half of
/// each half left for the owner.
pub const MAX_SUBNETS: u8 = 16;

/// The subnets of a VPC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    base: u32,
    bits: u8,
    prefix: u8,
}

/// The range of a subnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SubnetRange {
    address: Ipv4Addr,
    prefix: u8,
}

/// The range has no room for public and private subnets in that many zones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{cidr}` is too small for subnets in {zones} zone{} (it has room for {room})",
    if *zones == 1 { "" } else { "s" }
)]
pub struct TooSmall {
    /// The range.
    pub cidr: Cidr,
    /// The number of zones that have room.
    pub room: u8,
    /// The requested number.
    pub zones: u8,
}

impl Layout {
    /// Divides a range for a number of zones.
    ///
    /// # Errors
    /// The range is too small.
    pub fn new(cidr: Cidr, zones: u8) -> Result<Self, TooSmall> {
        let bits = SUBNET_BITS.min(LONGEST_PREFIX.saturating_sub(cidr.prefix()));
        let room = match bits {
            0 => 0,
            bits => MAX_SUBNETS.min(1 << (bits - 1)),
        };
        if zones > room {
            return Err(TooSmall { cidr, room, zones });
        }
        Ok(Self {
            base: u32::from(cidr.address()),
            bits,
            prefix: cidr.prefix() + bits,
        })
    }

    /// The public subnet of a zone, counted from 0.
    pub(super) fn public(self, zone: u8) -> SubnetRange {
        self.subnet(u32::from(zone))
    }

    /// The private subnet of a zone, counted from 0.
    pub(super) fn private(self, zone: u8) -> SubnetRange {
        self.subnet((1 << (self.bits - 1)) + u32::from(zone))
    }

    fn subnet(self, number: u32) -> SubnetRange {
        let size = 32 - u32::from(self.prefix);
        SubnetRange {
            address: Ipv4Addr::from(self.base + (number << size)),
            prefix: self.prefix,
        }
    }
}

impl fmt::Display for SubnetRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}
