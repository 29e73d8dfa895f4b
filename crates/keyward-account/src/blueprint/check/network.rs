//! Whether the range of `[vpc]` has room for its zones. That the region has so many is checked when
//! a plan is made: accounts see different zones of one region, and AWS adds some.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>

use crate::blueprint::Blueprint;
use crate::blueprint::problem::Report;
use crate::stacks::Layout;

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    let Some(vpc) = &blueprint.vpc else {
        return;
    };
    if let Err(small) = Layout::new(vpc.cidr, vpc.zones.value) {
        let fix = "write a larger range or fewer `zones`";
        report.error_at(vpc.at, small.to_string(), fix);
    }
}
