//! Whether the range of `[vpc]` has room for its zones, and whether the regions are in the partition of
//! their accounts. That a region has so many zones is checked when a plan is made: accounts see
//! different zones of one region, and AWS adds some.
//!
//! Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-regions-availability-zones.html>

use keyward_core::id::Region;

use crate::blueprint::problem::Report;
use crate::blueprint::{AccountName, At, Blueprint, Position};
use crate::stacks::{Layout, is_known_partition, partition_of};

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    let vpc = blueprint.vpc.iter();
    let vpc = vpc.map(|it| ("[vpc]", it.at, &it.region, it.accounts.as_slice()));
    let config = blueprint.config.iter();
    let config = config.map(|it| ("[config]", it.at, &it.region, it.accounts.as_slice()));
    for place in vpc.chain(config) {
        region(blueprint, place, report);
    }
    let Some(vpc) = &blueprint.vpc else {
        return;
    };
    if let Err(small) = Layout::new(vpc.cidr, vpc.zones.value) {
        let fix = "write a larger range or fewer `zones`";
        report.error_at(vpc.at, small.to_string(), fix);
    }
}

fn region(
    blueprint: &Blueprint,
    (place, at, region, accounts): (&str, Position, &Region, &[At<AccountName>]),
    report: &mut Report<'_>,
) {
    let partition = partition_of(region.as_str());
    for account in blueprint.accounts_of(accounts) {
        let of_account = account.partition.as_str();
        if of_account != partition && is_known_partition(of_account) {
            let id = &account.id.value;
            let message = format!(
                "the region `{region}` of {place} is in the partition `{partition}`, and account {id} in `{of_account}`"
            );
            report.error_at(at, message, "write a region of the account's partition");
        }
    }
}
