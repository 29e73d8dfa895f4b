//! Whether the range of `[vpc]` has room for its zones.

use crate::blueprint::Blueprint;
use crate::blueprint::problem::Report;
use crate::stacks::Layout;

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    let Some(vpc) = &blueprint.vpc else {
        return;
    };
    if let Err(small) = Layout::new(vpc.cidr, vpc.zones) {
        let fix = "write a larger range or fewer `zones`";
        report.error_at(vpc.at, small.to_string(), fix);
    }
}
