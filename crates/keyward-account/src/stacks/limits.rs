//! The free quotas of a region.

use super::Template;

/// The limits of a region. A number that keyward could not read is `None`, and keyward does not
/// check it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RegionLimits {
    /// Elastic IP addresses.
    pub addresses: Option<AddressUse>,
    /// Availability zones that an account can use.
    pub zones: Option<usize>,
}

/// Elastic IP addresses of a region.
///
/// Source: <https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-eips>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressUse {
    /// The number of allocated addresses.
    pub allocated: usize,
    /// The quota.
    pub quota: usize,
}

/// The region's limits that a deployment would exceed: more addresses or zones than there are.
#[must_use]
pub fn exceeded(
    limits: RegionLimits,
    from: Option<&Template>,
    to: &Template,
) -> Option<ExceededLimit> {
    let count = |template: &Template| template.count("AWS::EC2::EIP");
    if let Some(addresses) = limits.addresses {
        let more = count(to).saturating_sub(from.map_or(0, count));
        if more > 0 && addresses.allocated + more > addresses.quota {
            return Some(ExceededLimit::Addresses {
                more,
                allocated: addresses.allocated,
                quota: addresses.quota,
            });
        }
    }
    let zones = to.count("AWS::EC2::Subnet") / 2;
    match limits.zones {
        Some(there) if zones > there => Some(ExceededLimit::Zones { zones, there }),
        _ => None,
    }
}

/// A limit of a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExceededLimit {
    /// Elastic IP addresses, one for each NAT gateway.
    #[error(
        "{more} more Elastic IP addresses are needed, and {allocated} of {quota} are allocated: request a higher quota, release addresses, or write `nat = \"one\"` or `nat = \"none\"`"
    )]
    Addresses {
        /// The number of addresses needed in addition to the existing ones.
        more: usize,
        /// The number of existing addresses.
        allocated: usize,
        /// The quota of addresses.
        quota: usize,
    },
    /// Availability zones.
    #[error("`zones` is {zones}, and the region has {there}: write `zones = {there}` or less")]
    Zones {
        /// The number of zones in the blueprint.
        zones: usize,
        /// The number of zones in the region.
        there: usize,
    },
}
