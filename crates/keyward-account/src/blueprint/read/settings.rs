//! `[password_policy]`, `[self_service]`, `[vpc]` and `[config]`.

use keyward_core::id::Region;
use keyward_iam::model::{PasswordPolicy, Requirement};

use super::fields::Fields;
use crate::blueprint::problem::Report;
use crate::blueprint::{At, BucketName, Cidr, ConfigSpec, Guard, Nat, SelfService, VpcSpec};

/// Reads the password policy. What the table leaves out has a value that the CIS benchmark
/// accepts: 14 characters, 24 passwords that may not come back, and all classes of characters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>
pub(super) fn password_policy(
    fields: &mut Fields<'_>,
    report: &mut Report<'_>,
) -> Option<PasswordPolicy> {
    let value = fields.get("password_policy")?;
    let mut fields = Fields::of("[password_policy]".to_owned(), value, report)?;
    let required = |key, fields: &mut Fields<'_>, report: &mut Report<'_>| {
        Requirement::from_flag(fields.flag(key, report).unwrap_or(true))
    };
    let policy = PasswordPolicy {
        minimum_length: fields.number("min_length", 6..=128, report).unwrap_or(14),
        symbols: required("require_symbols", &mut fields, report),
        numbers: required("require_numbers", &mut fields, report),
        uppercase: required("require_uppercase", &mut fields, report),
        lowercase: required("require_lowercase", &mut fields, report),
        users_may_change: required("users_may_change", &mut fields, report),
        max_age_days: fields.number("max_age_days", 1..=1095, report),
        reuse_prevention: reuse_prevention(&mut fields, report),
        hard_expiry: Requirement::from_flag(fields.flag("hard_expiry", report).unwrap_or(false)),
    };
    fields.finish(report);
    Some(policy)
}

/// `0` means that old passwords may come back.
fn reuse_prevention(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<u32> {
    let key = "reuse_prevention";
    match fields.number(key, 0..=24, report) {
        Some(0) => None,
        Some(number) => Some(number),
        None => Some(24),
    }
}

/// Reads what users may do about their own credentials; everything is on by default.
pub(super) fn self_service(fields: &mut Fields<'_>, report: &mut Report<'_>) -> SelfService {
    let everything = SelfService::On(Guard::On);
    let Some(value) = fields.get("self_service") else {
        return everything;
    };
    let Some(mut fields) = Fields::of("[self_service]".to_owned(), value, report) else {
        return everything;
    };
    let enabled = fields.flag("enabled", report).unwrap_or(true);
    let guard = fields.flag("guard", report);
    if !enabled && guard == Some(true) {
        let span = fields.span().clone();
        report.error(
            &span,
            "the guard is on without self-service, so that a user could not enrol a device"
                .to_owned(),
            "write `enabled = true`, or `guard = false`",
        );
    }
    fields.finish(report);
    match (enabled, guard) {
        (false, _) => SelfService::Off,
        (true, Some(false)) => SelfService::On(Guard::Off),
        (true, _) => everything,
    }
}

/// Reads the network.
pub(super) fn vpc(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<VpcSpec> {
    let value = fields.get("vpc")?;
    let mut fields = Fields::of("[vpc]".to_owned(), value, report)?;
    let at = report.position(fields.span().start);
    let region = region(&mut fields, report);
    let cidr = fields.parsed::<Cidr>("cidr", report).map(|cidr| cidr.value);
    let zones = fields.number("zones", 1..=16, report).unwrap_or(3);
    let nat = nat(&mut fields, report);
    let zones = At {
        value: u8::try_from(zones).expect("at most 16 zones were read"),
        at: fields.position_of("zones", report).unwrap_or(at),
    };
    let nat = At {
        value: nat,
        at: fields.position_of("nat", report).unwrap_or(at),
    };
    let accounts = fields.list("accounts", report);
    fields.finish(report);
    let default = || "10.0.0.0/16".parse().expect("this is a network of 16 bits");
    Some(VpcSpec {
        at,
        region: region?,
        cidr: cidr.unwrap_or_else(default),
        zones,
        nat,
        accounts,
    })
}

fn nat(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Nat {
    match fields.text("nat", report) {
        None => Nat::PerZone,
        Some(("per-zone", _)) => Nat::PerZone,
        Some(("one", _)) => Nat::One,
        Some(("none", _)) => Nat::None,
        Some((other, span)) => {
            let given = super::fields::shown(other);
            let message = format!("{} is `{given}`", fields.named("nat"));
            report.error(&span, message, "write `per-zone`, `one` or `none`");
            Nat::PerZone
        }
    }
}

/// Reads AWS Config.
pub(super) fn config(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<ConfigSpec> {
    let value = fields.get("config")?;
    let mut fields = Fields::of("[config]".to_owned(), value, report)?;
    let at = report.position(fields.span().start);
    let region = region(&mut fields, report);
    let bucket = fields.parsed::<BucketName>("bucket", report);
    let accounts = fields.list("accounts", report);
    fields.finish(report);
    Some(ConfigSpec {
        at,
        region: region?,
        bucket: bucket.map(|bucket| bucket.value),
        accounts,
    })
}

fn region(fields: &mut Fields<'_>, report: &mut Report<'_>) -> Option<Region> {
    let region = fields.parsed::<Region>("region", report);
    if fields.get("region").is_none() {
        let message = format!("{} has no `region`", fields.place());
        let span = fields.span().clone();
        report.error(
            &span,
            message,
            "write one, such as `region = \"eu-central-1\"`",
        );
    }
    region.map(|region| region.value)
}
