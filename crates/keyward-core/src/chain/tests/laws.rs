//! Laws for every chain, whatever the files say.

use proptest::prelude::*;

use super::*;

/// A name of a profile; they are few, so that chains and cycles are common.
fn name() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        12 => prop::sample::select(vec!["a", "b", "c", "d"]),
        1 => prop::sample::select(vec!["Raw", "default", "nowhere"]),
    ]
}

/// A line of a profile.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => name().prop_map(|name| format!("source_profile = {name}")),
        6 => name().prop_map(|name| format!("role_arn = arn:aws:iam::123456789012:role/{name}")),
        2 => name().prop_map(|name| format!("mfa_serial = arn:aws:iam::111122223333:mfa/{name}")),
        1 => name().prop_map(|name| format!("include_profile = {name}")),
        1 => name().prop_map(|name| format!("credential_process = keyward credential-process {name}")),
        3 => prop::sample::select(vec![
            "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret",
            "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = secret\naws_session_token = t",
            "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
            "credential_process = tool",
            "credential_source = Ec2InstanceMetadata",
            "web_identity_token_file = /t",
            "sso_session = a\nsso_account_id = 123456789012\nsso_role_name = x",
            "duration_seconds = 7200",
            "duration_seconds = 43200",
            "login_session = arn",
            "endpoint_url = https://example.com",
            "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = secret",
        ]).prop_map(str::to_owned),
    ]
}

/// A file of five profiles, the last without its prefix.
fn file() -> impl Strategy<Value = String> {
    let body = || prop::collection::vec(line(), 0..5);
    (body(), body(), body(), body(), body()).prop_map(|(a, b, c, d, raw)| {
        let sections = [
            ("profile a", a),
            ("profile b", b),
            ("profile c", c),
            ("profile d", d),
            ("Raw", raw),
        ];
        let mut text =
            "[sso-session a]\nsso_region = us-east-1\nsso_start_url = https://x\n".to_owned();
        for (header, lines) in sections {
            text.push_str(&format!("[{header}]\n{}\n", lines.join("\n")));
        }
        text
    })
}

prop_compose! {
    fn anything()(
        config in file(),
        stored in prop::collection::vec(prop::sample::select(vec!["c", "d"]), 0..2),
        duration in prop::option::of(prop_oneof![900..3601_u64, 0..140_000_u64]),
        refreshing in any::<bool>(),
        no_session in prop::bool::weighted(0.2),
    ) -> Given {
        let mut case = Given { config, ..Given::default() };
        for profile in stored {
            case = case.stored(profile);
        }
        case.flags.duration = duration.map(Duration::from_secs);
        if refreshing {
            case = case.refreshing();
        }
        if no_session {
            case = case.no_session();
        }
        case
    }
}

/// The chain as it is carried out: after each kind of answer, if the base is a program.
fn as_carried_out(chain: &Chain) -> Vec<Chain> {
    let key: AccessKeyId = KEY.parse().unwrap();
    let both = [Answer::Temporary, Answer::LongLived(&key)];
    match &chain.by_answer {
        None => vec![chain.clone()],
        Some(_) => both
            .into_iter()
            .filter_map(|answer| chain.settle(answer).ok())
            .collect(),
    }
}

/// The rules that every chain must obey.
fn obeys_the_rules(chain: &Chain, case: &Given) {
    let is_long_lived = chain.base.is_long_lived_key();
    for (at, hop) in chain.hops.iter().enumerate() {
        let seconds = hop.duration.as_secs();
        let most = match (&hop.call, at) {
            (Call::GetSessionToken, 0) => 129_600,
            (Call::GetSessionToken, _) => panic!("a session after another call"),
            (Call::AssumeRole(_), 0) if is_long_lived => 43_200,
            (Call::AssumeRole(_), _) => 3600,
        };
        assert!(
            (900..=most).contains(&seconds),
            "hop {at} lives {seconds} s"
        );
        assert!(
            at == 0 || hop.mfa_serial.is_none(),
            "hop {at} wants a second code"
        );
        assert!(!hop.reason.is_empty());
    }
    let first_is_session = matches!(
        chain.hops.first().map(|hop| &hop.call),
        Some(Call::GetSessionToken)
    );
    if first_is_session {
        assert!(is_long_lived);
        assert_eq!(case.flags.sessions, Sessions::Use);
    }
    if !is_long_lived {
        assert!(chain.hops.iter().all(|hop| hop.mfa_serial.is_none()));
    }
    let keys: std::collections::BTreeSet<&CacheKey> =
        chain.hops.iter().map(|hop| &hop.cache_key).collect();
    assert_eq!(keys.len(), chain.hops.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn every_config_gives_a_lawful_plan_or_an_error_with_a_mend(case in anything()) {
        let config = ConfigSet::load(Some(("config", case.config.as_str())), None);
        // A file that the parser refuses never reaches the resolver.
        prop_assume!(config.is_ok());
        for profile in ["a", "b", "c"] {
            match case.resolve(profile) {
                Ok(chain) => {
                    for chain in as_carried_out(&chain) {
                        obeys_the_rules(&chain, &case);
                    }
                    prop_assert!(!chain.show().is_empty());
                    let json = chain.to_json();
                    prop_assert_eq!(json["profile"].as_str(), Some(profile));
                }
                Err(error) => prop_assert!(!error.to_string().is_empty()),
            }
        }
    }

    #[test]
    fn only_a_shortened_hop_or_an_answer_makes_the_hand_out_matter(mut case in anything()) {
        let config = ConfigSet::load(Some(("config", case.config.as_str())), None);
        prop_assume!(config.is_ok());
        for profile in ["a", "b", "c"] {
            case.flags.hand_out = HandOut::Refreshing;
            let Ok(chain) = case.resolve(profile) else {
                continue;
            };
            if chain.by_answer.is_some() || chain.hops.iter().any(|hop| hop.is_shortened) {
                continue;
            }
            case.flags.hand_out = HandOut::Static;
            prop_assert_eq!(case.resolve(profile).unwrap(), chain);
        }
    }

    #[test]
    fn the_cache_keys_of_a_run_are_those_of_each_profile_alone(cases in [anything(), anything()]) {
        let last = LastCacheKeys::default();
        for case in cases {
            let config = ConfigSet::load(Some(("config", case.config.as_str())), None);
            prop_assume!(config.is_ok());
            for profile in ["a", "b", "c", "d", "a"] {
                prop_assert_eq!(case.resolve_after(profile, &last), case.resolve(profile));
            }
        }
    }

    #[test]
    fn arbitrary_values_never_panic(value in "\\PC{0,40}", key in prop::sample::select(vec![
        "role_arn", "source_profile", "include_profile", "mfa_serial", "duration_seconds",
        "session_tags", "credential_process", "region", "services", "x_security_token_expires",
        "sso_session", "sso_account_id", "external_id", "aws_access_key_id",
    ])) {
        let text = format!(
            "[profile a]\n{key} = {value}\n[profile b]\nsource_profile = a\nrole_arn = arn:aws:iam::123456789012:role/b\n{key} = {value}\n"
        );
        let case = Given { config: text, ..Given::default() }.stored("c");
        if ConfigSet::load(Some(("config", case.config.as_str())), None).is_ok() {
            for profile in ["a", "b"] {
                if let Err(error) = case.resolve(profile) {
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
    }
}
