//! The parts of a blueprint beside identity, as CloudFormation templates: the network of `[vpc]`
//! and the recorder of `[config]`. Each is one stack with a fixed name. Users, groups, roles and
//! policies are never part of these stacks.
//!
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html>

mod changes;
mod config;
mod drift;
mod limits;
mod live;
mod marker;
mod name;
mod network;
mod partition;
mod template;
mod vpc;
pub mod yaml;

pub use changes::{Effect, ResourceChange, changes, removals};
pub use drift::{DriftChange, PropertyDrift, ResourceDrift, StackDrift};
pub use limits::{AddressUse, ExceededLimit, RegionLimits, exceeded};
pub use live::{Drift, LiveStack, StackPhase, StackStatus};
pub use marker::{marked_region, marked_regions};
pub use name::{InvalidStackName, StackName, StackPlace};
pub use network::{Layout, MAX_SUBNETS, TooSmall};
pub use partition::{is_known_partition, partition_of};
pub use template::Template;
pub(crate) use template::{Resources, reference, tags};

use crate::blueprint::{AccountSpec, Blueprint};

/// One stack as the blueprint wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// Its name and region.
    pub place: StackPlace,
    /// Its content.
    pub template: Template,
}

/// The stacks of one account, those that others build on first.
#[must_use]
pub fn stacks(blueprint: &Blueprint, account: &AccountSpec) -> Vec<Stack> {
    let has = |listed| {
        let mut having = blueprint.accounts_of(listed);
        having.any(|having| having.id == account.id)
    };
    let vpc = blueprint.vpc.as_ref().filter(|spec| has(&spec.accounts));
    let config = blueprint.config.as_ref();
    let config = config.filter(|spec| has(&spec.accounts));
    let vpc = vpc.map(|spec| Stack {
        place: StackPlace::new(&spec.region, StackName::Vpc),
        template: vpc::template(spec),
    });
    let config = config.map(|spec| Stack {
        place: StackPlace::new(&spec.region, StackName::Config),
        template: config::template(spec),
    });
    vpc.into_iter().chain(config).collect()
}

#[cfg(test)]
mod tests;
