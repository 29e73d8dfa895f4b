//! Profiles that contradict themselves, or contain what does not belong there.

mod walked;

use keyward_core::chain::session_token;
use keyward_core::config::Profile;
use keyward_core::credentials::KeyKind;
use keyward_core::id::AccessKeyId;

use super::environment::can_be_read;
use super::finding::Finding;
use super::process_line;
use super::sdk::{Matrix, ended};
use crate::environment as env;
use crate::session::{in_code, is_quoted_whole, login, shell_sign};
use crate::state::local_state::{LocalState, now};

/// Returns findings about the profiles, and about disagreements of the SDKs.
pub(super) fn look(local: &LocalState, matrix: &Matrix) -> Vec<Finding> {
    let mut findings = Vec::new();
    for profile in local.config.profiles() {
        empty_key(profile, &mut findings);
        keys(profile, &mut findings);
        sources(profile, matrix, &mut findings);
        partitions(profile, &mut findings);
        line(profile, &mut findings);
        sign_in(local, profile, &mut findings);
        metadata(profile, &mut findings);
        container(profile, &mut findings);
        token_file(profile, &mut findings);
        ca_bundle(profile, &mut findings);
    }
    walked::look(local, &mut findings);
    findings
}

/// A key that a template or form left without a value. The resolver reports one with an id alone.
fn empty_key(profile: &Profile, findings: &mut Vec<Finding>) {
    let section = &profile.section;
    let Some(id) = section.get("aws_access_key_id") else {
        return;
    };
    if id.value.is_empty() {
        findings.push(
            Finding::problem(
                "empty-key",
                format!(
                    "`aws_access_key_id` of `{}` has no value: boto3 and the AWS CLI use it nevertheless, other \
                     SDKs look for another source",
                    profile.name
                ),
            )
            .at(&id.origin)
            .hint("remove the lines of the key, or write its values"),
        );
    }
}

fn keys(profile: &Profile, findings: &mut Vec<Finding>) {
    let section = &profile.section;
    let Some(id) = section.get("aws_access_key_id") else {
        return;
    };
    // The resolver reports a fault in the parts of a key.
    let token = session_token(section).map(|(_, token)| token.value.as_str());
    let kind = id
        .value
        .parse()
        .ok()
        .filter(AccessKeyId::has_aws_shape)
        .map(|id| KeyKind::of(&id, token));
    if kind == Some(KeyKind::LongLived) {
        findings.push(
            Finding::problem(
                "key-in-the-clear",
                format!("the long-lived key of `{}` is in plain text", profile.name),
            )
            .at(&id.origin)
            .hint("keyward import credentials"),
        );
    } else if let Some(end) = ended(section, now()) {
        findings.push(
            Finding::problem(
                "keys-ended",
                format!("the temporary keys of `{}` ended at {end}", profile.name),
            )
            .at(&id.origin)
            .hint("whatever wrote them writes the next: keyward refresh, or another tool"),
        );
    }
}

/// Two sources in one profile; SDKs choose between them differently.
fn sources(profile: &Profile, matrix: &Matrix, findings: &mut Vec<Finding>) {
    let section = &profile.section;
    let keys = section.get("aws_access_key_id");
    if let (Some(id), Some(line)) = (keys, section.get("credential_process")) {
        findings.push(
            Finding::problem(
                "two-sources",
                format!(
                    "`{}` has keys beside `credential_process`; SDKs disagree on which they use",
                    profile.name
                ),
            )
            .at(&line.origin)
            .hint(match section.value("aws_session_token") {
                Some(_) => format!("take the temporary keys out ({}), or the line", id.origin),
                None => "remove one of them".to_owned(),
            }),
        );
    } else if let Some(taken) = matrix.divided(&profile.name) {
        findings.push(
            Finding::problem(
                "two-sources",
                format!(
                    "SDKs take the credentials of `{}` from different sources: {taken}",
                    profile.name
                ),
            )
            .at(&profile.origin)
            .hint("keep one source in the profile"),
        );
    }
}

/// Roles, devices and regions of different partitions never work together.
fn partitions(profile: &Profile, findings: &mut Vec<Finding>) {
    let section = &profile.section;
    let of_arn = |key: &str| {
        section
            .get(key)
            .and_then(|property| Some((property, property.value.split(':').nth(1)?.to_owned())))
    };
    let Some((role, partition)) = of_arn("role_arn") else {
        return;
    };
    if let Some((_, other)) = of_arn("mfa_serial").filter(|(_, other)| *other != partition) {
        findings.push(
            Finding::problem(
                "partition",
                format!("the role is in `{partition}`, the MFA device in `{other}`"),
            )
            .at(&role.origin),
        );
    }
    let Some(region) = section.value("region") else {
        return;
    };
    let of_region = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("eusc-", "aws-eusc"),
        ("us-isob-", "aws-iso-b"),
        ("us-iso-", "aws-iso"),
    ]
    .iter()
    .find(|(start, _)| region.starts_with(start))
    .map_or("aws", |(_, partition)| partition);
    // Partitions that this list does not know are not judged.
    let judged = [
        "aws",
        "aws-cn",
        "aws-us-gov",
        "aws-eusc",
        "aws-iso",
        "aws-iso-b",
    ];
    if of_region != partition && judged.contains(&partition.as_str()) {
        findings.push(
            Finding::problem(
                "partition",
                format!("the role is in `{partition}`, but region {region} is in `{of_region}`"),
            )
            .at(&role.origin),
        );
    }
}

/// The instance's credentials, switched off by a variable.
fn metadata(profile: &Profile, findings: &mut Vec<Finding>) {
    let off = env::get(env::METADATA_DISABLED);
    let off = off.is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let source = profile.section.get("credential_source");
    if let Some(source) = source.filter(|source| off && source.value == "Ec2InstanceMetadata") {
        findings.push(
            Finding::problem(
                "metadata-disabled",
                format!(
                    "{}=true keeps all tools but the SDK for JavaScript from the instance's credentials, which `{}` starts from",
                    env::METADATA_DISABLED,
                    profile.name
                ),
            )
            .at(&source.origin)
            .hint(format!("unset {}", env::METADATA_DISABLED)),
        );
    }
}

/// The container's credentials outside a container.
fn container(profile: &Profile, findings: &mut Vec<Finding>) {
    let variables = [env::CONTAINER_RELATIVE_URI, env::CONTAINER_FULL_URI];
    let source = profile.section.get("credential_source");
    let source = source.filter(|source| source.value.eq_ignore_ascii_case("EcsContainer"));
    if let Some(source) = source.filter(|_| variables.iter().all(|name| env::get(name).is_none())) {
        findings.push(
            Finding::problem(
                "no-container",
                format!(
                    "`{}` starts from a container's credentials, and neither {} nor {} is set",
                    profile.name, variables[0], variables[1]
                ),
            )
            .at(&source.origin)
            .hint("use the profile in the container, or name another source"),
        );
    }
}

/// A missing token file.
fn token_file(profile: &Profile, findings: &mut Vec<Finding>) {
    let Some(file) = profile.section.get("web_identity_token_file") else {
        return;
    };
    if file.value.is_empty() || env::expand_home(file.value.as_str().as_ref()).exists() {
        return;
    }
    findings.push(
        Finding::problem(
            "token-file",
            format!(
                "`{}`, which `{}` names, does not exist",
                file.value, profile.name
            ),
        )
        .at(&file.origin)
        .hint("use the profile where the token is, or correct the path"),
    );
}

/// Missing certificates.
fn ca_bundle(profile: &Profile, findings: &mut Vec<Finding>) {
    let bundle = profile.section.get("ca_bundle");
    let Some(bundle) = bundle.filter(|bundle| !bundle.value.is_empty()) else {
        return;
    };
    if !can_be_read(&bundle.value) {
        let message = format!(
            "`{}`, which `{}` names, cannot be read: every call of boto3, the AWS CLI and keyward fails",
            bundle.value, profile.name
        );
        let finding = Finding::problem("ca-bundle", message);
        findings.push(
            finding
                .at(&bundle.origin)
                .hint("correct the path, or remove the line"),
        );
    }
}

/// A console sign-in that does not exist, or that SDKs cannot find.
fn sign_in(local: &LocalState, profile: &Profile, findings: &mut Vec<Finding>) {
    let Some(property) = profile.section.get("login_session") else {
        return;
    };
    let session = &property.value;
    let by_the_cli = login::kept_by_the_aws_cli(session);
    let sealed = session
        .parse()
        .is_ok_and(|session| login::listed(local, &session).is_some());
    let name = &profile.name;
    let finding = match (sealed, by_the_cli) {
        (false, false) => Finding::note(
            "not-signed-in",
            format!("there is no sign-in for `{name}`"),
        )
        .hint(format!("keyward signin {}", name.argument())),
        (true, false) => Finding::note(
            "sign-in-sealed",
            format!("the sign-in of `{name}` is in the vault, and SDKs look for the AWS CLI's"),
        )
        .hint(format!(
            "give them a profile of its own with `credential_process = keyward credential-process {name}`"
        )),
        (_, true) => return,
    };
    findings.push(finding.at(&property.origin));
}

/// A line that leads nowhere: SDKs fail with little more than "not found".
fn line(profile: &Profile, findings: &mut Vec<Finding>) {
    let Some(line) = profile.section.get("credential_process") else {
        return;
    };
    let Some(program) = process_line::program(&line.value) else {
        return;
    };
    let name = &profile.name;
    let own = line.value.contains("credential-process");
    if let Some(sign) = shell_sign(&line.value) {
        let what = in_code(&sign);
        findings.push(
            Finding::problem(
                "process-shell",
                format!(
                    "{what} in the `credential_process` of `{name}` needs a shell, and boto3, the AWS CLI and keyward use none"
                ),
            )
            .at(&line.origin)
            .hint("write whole paths, and put the rest into a script"),
        );
    } else if !process_line::exists(&program) && is_quoted_whole(&line.value) {
        findings.push(
            Finding::problem(
                "process-missing",
                format!(
                    "the quotes make the whole `credential_process` of `{name}` the name of one program, which does not exist"
                ),
            )
            .at(&line.origin)
            .hint("remove the quotes around the whole line"),
        );
    } else if !process_line::exists(&program) {
        findings.push(
            Finding::problem(
                "process-missing",
                format!("the program in the `credential_process` of `{name}` does not exist"),
            )
            .at(&line.origin)
            .hint(match own {
                true => format!("keyward setup {}", name.argument()),
                false => "install it, or remove the line".to_owned(),
            }),
        );
    }
}
