//! Problems of a blueprint beyond the form of its values: names that are not defined or clash, and
//! limits of AWS. Every check runs, whatever another one found.

mod documents;
mod limits;
mod names;
mod network;
mod references;
mod roles;

use super::Blueprint;
use super::problem::Report;

pub(super) fn check(blueprint: &Blueprint, report: &mut Report<'_>) {
    names::check(blueprint, report);
    references::check(blueprint, report);
    roles::check(blueprint, report);
    documents::check(blueprint, report);
    network::check(blueprint, report);
    limits::check(blueprint, report);
}
