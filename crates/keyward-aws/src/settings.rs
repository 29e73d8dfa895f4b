//! Connection settings: endpoints, region and partition, time, proxies, time limits.

use std::time::Duration;

use keyward_account::stacks::partition_of;
use keyward_core::Timestamp;
use keyward_core::chain::Endpoints;
use keyward_core::id::Region;

/// The caller's wishes for reaching AWS.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Endpoint overrides, FIPS, dual-stack, CA bundle.
    pub endpoints: Endpoints,
    /// The region for STS. None: the main region of the partition.
    pub region: Option<Region>,
    /// The partition (`aws-cn`, …) as a role ARN or an MFA serial names it. A region of another
    /// partition gives way to it, because such a region could not serve the ARN.
    pub partition_hint: Option<String>,
    /// The local clock.
    pub now: fn() -> Timestamp,
    /// Whether `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` count. A proxy is never used for an
    /// `http://` endpoint on the loopback interface.
    pub proxy_from_env: bool,
}

impl Settings {
    /// The region that requests are signed for.
    pub(crate) fn effective_region(&self) -> &str {
        let hint = self.partition_hint.as_deref();
        match &self.region {
            Some(region) if hint.is_none_or(|hint| hint == partition_of(region.as_str())) => {
                region.as_str()
            }
            _ => main_region(hint.unwrap_or("aws")),
        }
    }
}

/// The time limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For one attempt, from connecting to the last byte of the answer.
    pub attempt: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            attempt: Duration::from_secs(15),
        }
    }
}

/// The domain below which a partition's services are.
///
/// Source: <https://docs.aws.amazon.com/general/latest/gr/rande.html>
pub(crate) fn domain_of(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}

/// The region where a partition's global services are signed for.
fn main_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-e" => "eu-isoe-west-1",
        "aws-iso-f" => "us-isof-south-1",
        "aws-eusc" => "eusc-de-east-1",
        _ => "us-east-1",
    }
}

#[cfg(test)]
mod tests;
