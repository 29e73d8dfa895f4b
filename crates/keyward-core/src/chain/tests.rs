//! Plans as tables: files, keys, flags in; a line of text out.

mod answers;
mod bases;
mod durations;
mod errors;
mod keys;
mod laws;
mod machines;
mod mfa;
mod moving;
mod output;
mod roles;
mod sdk;
mod settings;
mod sign_in;
mod written;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;

use super::*;
use crate::config::ConfigSet;
use crate::time::parse_duration;

/// The inputs of a chain, in the order of a test case.
#[derive(Default, Debug)]
struct Given {
    config: String,
    credentials: String,
    stored: Vec<StoredKey>,
    environment: BTreeMap<String, String>,
    flags: Flags,
}

/// A case that starts from a config file. `M` and `N` at the end of a line stand for the MFA
/// devices of alice and bob, and `role_arn = X` for a whole ARN.
fn given(config: &str) -> Given {
    Given::default().config(config)
}

impl Given {
    fn config(mut self, text: &str) -> Self {
        self.config = text
            .lines()
            .map(|line| match line.trim().split_once(" = ") {
                Some(("role_arn", name)) if !name.contains(':') => {
                    format!("role_arn = {}\n", arn(name))
                }
                Some((key @ ("mfa_serial" | "mfa_arn"), "M")) => {
                    format!("{key} = {}\n", device("alice"))
                }
                Some((key @ ("mfa_serial" | "mfa_arn"), "N")) => {
                    format!("{key} = {}\n", device("bob"))
                }
                // Two blanks make a continuation; the rest of the indentation is the source's.
                _ if line.trim_start().starts_with("> ") => {
                    format!("  {}\n", &line.trim_start()[2..])
                }
                _ => format!("{}\n", line.trim()),
            })
            .collect();
        self
    }

    fn credentials(mut self, text: &str) -> Self {
        self.credentials = text
            .lines()
            .map(|line| format!("{}\n", line.trim()))
            .collect();
        self
    }

    fn stored(self, profile: &str) -> Self {
        self.stored_with(profile, None)
    }

    fn stored_with(mut self, profile: &str, mfa_serial: Option<&str>) -> Self {
        self.stored.push(StoredKey {
            profile: profile.parse().unwrap(),
            access_key_id: KEY.parse().unwrap(),
            account_id: None,
            mfa_serial: mfa_serial.map(|serial| serial.parse().unwrap()),
            owner: KeyHolder::User,
        });
        self
    }

    /// Like [`stored`](Self::stored), but a key of the root user.
    fn stored_of_root(mut self, profile: &str, mfa_serial: Option<&str>) -> Self {
        self = self.stored_with(profile, mfa_serial);
        self.stored.last_mut().unwrap().owner = KeyHolder::Root;
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    fn duration(mut self, text: &str) -> Self {
        self.flags.duration = Some(parse_duration(text).unwrap());
        self
    }

    fn refreshing(mut self) -> Self {
        self.flags.hand_out = HandOut::Refreshing;
        self
    }

    fn no_session(mut self) -> Self {
        self.flags.sessions = Sessions::Skip;
        self
    }

    fn flags(mut self, change: impl FnOnce(&mut Flags)) -> Self {
        change(&mut self.flags);
        self
    }

    fn resolve(&self, profile: &str) -> Result<Chain, ResolveError> {
        self.resolve_after(profile, &LastCacheKeys::default())
    }

    /// Resolves it in a run that has resolved other profiles before.
    fn resolve_after(&self, profile: &str, last: &LastCacheKeys) -> Result<Chain, ResolveError> {
        let config = ConfigSet::load(
            Some(("config", self.config.as_str())),
            Some(("credentials", self.credentials.as_str())),
        )
        .unwrap();
        resolve(&Inputs {
            profile: &profile.parse().unwrap(),
            config: &config,
            stored_keys: &self.stored.iter().cloned().collect(),
            environment: &|name| self.environment.get(name).cloned(),
            flags: &self.flags,
            similar_names: SimilarNames::Listed,
            last_cache_keys: last,
        })
    }

    fn chain(&self, profile: &str) -> Chain {
        self.resolve(profile)
            .unwrap_or_else(|error| panic!("{profile}: {error}"))
    }

    /// The chain has this outline and warns of nothing.
    #[track_caller]
    fn gives(self, profile: &str, outline: &str) -> Self {
        self.warns(profile, outline, &[])
    }

    /// The chain has this outline and these warnings, each given by a part of its text.
    #[track_caller]
    fn warns(self, profile: &str, outline: &str, parts: &[&str]) -> Self {
        let chain = self.chain(profile);
        assert_eq!(show(&chain), outline);
        assert_eq!(chain.warnings.len(), parts.len(), "{:#?}", chain.warnings);
        for (warning, part) in chain.warnings.iter().zip(parts) {
            assert!(warning.contains(part), "`{warning}` lacks `{part}`");
        }
        self
    }

    /// Once the program has answered so, the chain has this outline, and these warnings come on
    /// top.
    #[track_caller]
    fn prints(self, profile: &str, answer: Answer<'_>, outline: &str, parts: &[&str]) -> Self {
        let chain = self.chain(profile);
        let settled = chain
            .settle(answer)
            .unwrap_or_else(|error| panic!("{profile}: {error}"));
        assert_eq!(show(&settled), outline);
        assert_eq!(settled.warnings.len(), parts.len(), "{settled:#?}");
        for (warning, part) in settled.warnings.iter().zip(parts) {
            assert!(warning.contains(part), "`{warning}` lacks `{part}`");
        }
        self
    }

    /// Resolving fails, and the error with its causes says this.
    #[track_caller]
    fn refuses(self, profile: &str, message: &str) -> Self {
        let error = match self.resolve(profile) {
            Ok(chain) => panic!("{profile} resolves to {}", show(&chain)),
            Err(error) => error,
        };
        let cause = error
            .source()
            .map(|cause| format!(": {cause}"))
            .unwrap_or_default();
        assert_eq!(format!("{error}{cause}"), message);
        self
    }
}

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

fn arn(role: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{role}")
}

fn device(user: &str) -> String {
    format!("arn:aws:iam::111122223333:mfa/{user}")
}

/// A chain in one line: `vault:root; GST mfa 43200; Role admin 3600`.
fn show(chain: &Chain) -> String {
    let mut parts = vec![show_base(&chain.base)];
    for hop in &chain.hops {
        let mfa = match &hop.mfa_serial {
            None => String::new(),
            Some(serial) if serial.as_str() == device("alice") => " mfa".to_owned(),
            Some(serial) => format!(" mfa:{}", serial.as_str().rsplit('/').next().unwrap()),
        };
        let call = match &hop.call {
            Call::GetSessionToken => "GST".to_owned(),
            Call::AssumeRole(role) => format!("Role {}", role.role_arn.role_name()),
        };
        parts.push(format!("{call}{mfa} {}", hop.duration.as_secs()));
    }
    parts.join("; ")
}

fn show_base(base: &Base) -> String {
    let kind = |temporary: &bool| if *temporary { " temporary" } else { "" };
    match base {
        Base::VaultKey(VaultKey { profile, .. }) => format!("vault:{profile}"),
        Base::Static(StaticKey {
            profile,
            temporary,
            expires_at,
            ..
        }) => {
            let until = expires_at
                .map(|time| format!(" until {time}"))
                .unwrap_or_default();
            format!("static:{profile}{}{until}", kind(temporary))
        }
        Base::Environment(EnvironmentKey { temporary, .. }) => {
            format!("environment{}", kind(temporary))
        }
        Base::Process(Process {
            profile,
            command,
            key,
            account_id: _,
        }) => {
            let printed = if key.is_some() { " key" } else { "" };
            format!("process:{profile} `{command}`{printed}")
        }
        Base::WebIdentity(WebIdentity {
            profile,
            role_arn,
            token,
            duration,
            ..
        }) => {
            let token = match token {
                TokenSource::File(path) => path.clone(),
                TokenSource::Process(command) => format!("`{command}`"),
            };
            format!(
                "web:{profile} {} {token} {}",
                role_arn.role_name(),
                duration.as_secs()
            )
        }
        Base::Sso(SsoRole {
            profile,
            session,
            start_url,
            sso_region,
            account_id,
            role_name,
        }) => {
            let session = session.as_deref().unwrap_or("-");
            format!("sso:{profile} {session} {start_url} {sso_region} {account_id} {role_name}")
        }
        Base::LoginSession(LoginSession { profile, session }) => {
            format!("login:{profile} {session}")
        }
        Base::EcsContainer(Container { endpoint }) => match endpoint {
            None => "ecs".to_owned(),
            Some(endpoint) => format!("ecs {} {:?}", endpoint.url, endpoint.token),
        },
        Base::Ec2Metadata(service) if *service == MetadataService::default() => "ec2".to_owned(),
        Base::Ec2Metadata(service) => format!(
            "ec2 {} {}s {}x{}",
            service.endpoint,
            service.timeout.as_secs(),
            service.attempts,
            if service.disabled { " off" } else { "" }
        ),
    }
}

/// The request of the last hop.
fn last_role(chain: &Chain) -> AssumeRole {
    match chain.hops.last().map(|hop| &hop.call) {
        Some(Call::AssumeRole(role)) => (**role).clone(),
        other => panic!("the last hop is {other:?}"),
    }
}
