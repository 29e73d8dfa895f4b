//! If the SDKs find a chain, keyward finds the same one. A second implementation of their rules works on
//! the meaning of the files instead of their text, and both are compared on random files.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html>

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

/// The parts of a profile. Keys are temporary, so that no session precedes the roles.
#[derive(Debug, Clone, Default)]
struct Means {
    role: bool,
    /// The index of the profile that it names; one past the last does not exist.
    source: Option<usize>,
    instance: bool,
    web: bool,
    sso: bool,
    login: bool,
    process: bool,
    keys: bool,
}

impl Means {
    fn write(&self, name: &str, out: &mut String) {
        let _ = writeln!(out, "[profile {name}]");
        let mut line = |there: bool, text: &str| {
            if there {
                let _ = writeln!(out, "{text}");
            }
        };
        line(self.role, &format!("role_arn = {}", arn(name)));
        let source = self.source.map(|at| NAMES.get(at).unwrap_or(&"nowhere"));
        line(
            source.is_some(),
            &format!("source_profile = {}", source.unwrap_or(&"")),
        );
        line(self.instance, "credential_source = Ec2InstanceMetadata");
        line(self.web, "web_identity_token_file = /t");
        line(
            self.sso,
            "sso_session = s\nsso_account_id = 123456789012\nsso_role_name = x",
        );
        line(self.login, "login_session = arn");
        line(self.process, "credential_process = tool");
        line(
            self.keys,
            "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t",
        );
    }

    /// The source within one profile, in the Rust SDK's order, which the other SDKs share but for
    /// static keys beside something else.
    fn base(&self, name: &str) -> Option<String> {
        let kinds = [
            (self.instance, "ec2_metadata"),
            (self.web && self.role, "web_identity"),
            (self.sso, "sso"),
            (self.login, "login_session"),
            (self.process, "process"),
            (self.keys, "static"),
        ];
        if self.web && !self.role {
            return None;
        }
        let (_, kind) = kinds.into_iter().find(|(there, _)| *there)?;
        // The instance belongs to no profile.
        Some(match kind {
            "ec2_metadata" => kind.to_owned(),
            _ => format!("{kind}:{name}"),
        })
    }
}

/// The base and the roles in the order of their calls, or nothing if an SDK reports an error.
fn as_the_sdks(profiles: &[Means]) -> Option<(String, Vec<String>)> {
    let (mut at, mut visited, mut roles) = (0, Vec::new(), Vec::new());
    let base = loop {
        let (profile, name) = (profiles.get(at)?, NAMES[at]);
        if visited.contains(&at) {
            return None;
        }
        visited.push(at);
        if visited.len() > 1 && profile.keys {
            break format!("static:{name}");
        }
        if !profile.role || profile.web {
            break profile.base(name)?;
        }
        roles.insert(0, name.to_owned());
        match (profile.source, profile.instance) {
            (Some(_), true) | (None, false) => return None,
            (Some(next), false) if next != at => at = next,
            _ => break profile.base(name)?,
        }
    };
    Some((base, roles))
}

fn planned(case: &Given) -> Option<(String, Vec<String>)> {
    let chain = case.resolve("a").ok()?;
    let kind = chain.base.kind();
    let base = match chain.base.profile() {
        Some(profile) => format!("{kind}:{profile}"),
        None => kind.to_owned(),
    };
    let roles = chain.hops.iter().map(|hop| hop.profile.to_string());
    Some((base, roles.collect()))
}

fn means() -> impl Strategy<Value = Means> {
    let seldom = || prop::bool::weighted(0.2);
    (
        prop::bool::weighted(0.7),
        prop::option::weighted(0.7, 0..NAMES.len() + 1),
        (seldom(), seldom()),
        (seldom(), seldom(), seldom(), prop::bool::weighted(0.4)),
    )
        .prop_map(
            |(role, source, (instance, web), (sso, login, process, keys))| Means {
                role,
                source,
                // The SDKs disagree on a `credential_source` without a role or beside a token.
                instance: instance && role && !web,
                web,
                sso,
                login,
                process,
                keys,
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]
    #[test]
    fn where_the_sdks_find_a_chain_the_plan_has_the_same(
        profiles in prop::collection::vec(means(), NAMES.len())
    ) {
        let mut config = "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://x\n".to_owned();
        for (profile, name) in profiles.iter().zip(NAMES) {
            profile.write(name, &mut config);
        }
        let case = Given { config, ..Given::default() };
        if let Some(expect) = as_the_sdks(&profiles) {
            prop_assert_eq!(planned(&case), Some(expect), "{}", case.config);
        }
    }
}
