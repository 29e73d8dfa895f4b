//! The numbers that the CIS AWS Foundations Benchmark gives to a control, version by version.
//! Of the versions here, AWS's page has 3.0 and 5.0. Each number is also that of two public mappings:
//! Prowler's has all five versions, Powerpipe's has all but 7.0. They were compared on 2026-12-01.
//!
//! Source: <https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html>
//! Source: <https://github.com/prowler-cloud/prowler/tree/master/prowler/compliance/aws>
//! Source: <https://github.com/turbot/steampipe-mod-aws-compliance>

/// The versions, in the order of [`Benchmark`]'s numbers.
pub const VERSIONS: [&str; 5] = ["3.0", "4.0.1", "5.0", "6.0", "7.0"];

/// The control's number in each of [`VERSIONS`]; empty if a version has no such control.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Benchmark(pub(super) [&'static str; 5]);

impl Benchmark {
    /// A check that the benchmark does not have.
    pub const NONE: Self = Self([""; 5]);

    /// Each version that has the control, with the control's number there.
    pub fn controls(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        VERSIONS
            .into_iter()
            .zip(self.0)
            .filter(|(_, number)| !number.is_empty())
    }
}
