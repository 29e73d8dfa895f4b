//! Variables that name a file. A file that cannot be read is a problem where a tool fails because of it.

use crate::commands::doctor::environment::Surroundings;
use crate::commands::doctor::finding::Finding;
use crate::environment as env;

/// The variables whose file is not there.
pub(super) fn look(surroundings: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    for name in [env::AWS_CONFIG_FILE, env::AWS_SHARED_CREDENTIALS_FILE] {
        aws_file(surroundings, name, findings);
    }
    ca_bundle(surroundings, findings);
    web_identity(surroundings, findings);
}

/// One of the AWS files. In a folder that exists, a tool may still write it.
fn aws_file(surroundings: &Surroundings<'_>, name: &str, findings: &mut Vec<Finding>) {
    let Some(path) = unreadable(surroundings, name) else {
        return;
    };
    let message =
        format!("it names `{path}`, which cannot be read: AWS tools find no profile in it");
    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let finding = match folder.is_empty() || (surroundings.readable)(folder) {
        true => Finding::note("unreadable-path", message),
        false => Finding::problem("unreadable-path", message),
    };
    findings.push(finding.at(name).hint(correct(name)));
}

fn ca_bundle(surroundings: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    if let Some(path) = unreadable(surroundings, env::AWS_CA_BUNDLE) {
        let message = format!(
            "it names `{path}`, which cannot be read: every call of boto3, the AWS CLI and keyward fails"
        );
        let finding = Finding::problem("unreadable-path", message);
        findings.push(
            finding
                .at(env::AWS_CA_BUNDLE)
                .hint(correct(env::AWS_CA_BUNDLE)),
        );
    }
}

/// A web identity, which boto3 and the AWS CLI prefer to the profile of `AWS_PROFILE` unless that has a
/// role.
fn web_identity(surroundings: &Surroundings<'_>, findings: &mut Vec<Finding>) {
    let name = env::WEB_IDENTITY_TOKEN_FILE;
    let lacks_role = (surroundings.get)(env::ROLE_ARN).is_none();
    let finding = match (unreadable(surroundings, name), (surroundings.get)(name)) {
        (Some(path), _) => Finding::problem(
            "unreadable-path",
            format!(
                "it names `{path}`, which cannot be read: boto3 and the AWS CLI fail, unless the profile is given with `--profile` or has a role"
            ),
        ),
        (None, Some(_)) if lacks_role => Finding::problem(
            "web-identity",
            format!(
                "it is set without {}: boto3 and the AWS CLI fail, unless the profile is given with `--profile` or has a role",
                env::ROLE_ARN
            ),
        ),
        (None, Some(_)) => {
            findings.extend(web_identity_beside_profile(surroundings));
            return;
        }
        (None, None) => return,
    };
    findings.push(finding.at(name).hint(correct(name)));
}

/// The web identity of the environment beside a profile; tools choose between them differently.
fn web_identity_beside_profile(surroundings: &Surroundings<'_>) -> Option<Finding> {
    let profile = (surroundings.get)(env::AWS_PROFILE)?;
    let finding = Finding::problem(
        "web-identity-beside-profile",
        format!(
            "boto3 and the AWS CLI use the web identity of the environment, unless the profile has a role; the SDK for JavaScript uses profile `{profile}`"
        ),
    );
    let hint = format!(
        "unset {}, or {}",
        env::WEB_IDENTITY_TOKEN_FILE,
        env::AWS_PROFILE
    );
    Some(finding.at(env::AWS_PROFILE).hint(hint))
}

/// The path that a variable names, if it cannot be read.
fn unreadable(surroundings: &Surroundings<'_>, name: &str) -> Option<String> {
    (surroundings.get)(name).filter(|path| !(surroundings.readable)(path))
}

fn correct(name: &str) -> String {
    format!("correct it, or unset {name}")
}
