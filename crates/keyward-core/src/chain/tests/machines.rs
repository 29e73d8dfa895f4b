//! Containers and instances: where they are asked, and that two of them share nothing.

use super::*;

const CONFIG: &str = "
    [profile ecs]
    credential_source = EcsContainer
    [profile ec2]
    credential_source = Ec2InstanceMetadata
    [profile role]
    role_arn = role
    source_profile = ecs
    [profile worker]
    role_arn = worker
    credential_source = Ec2InstanceMetadata
";
const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

#[test]
fn a_container_is_asked_where_the_environment_says() {
    let case = || given(CONFIG);
    let agent = "ecs http://169.254.170.2/v2/x None";
    case().gives("ecs", "ecs");
    case().env(RELATIVE, "/v2/x").gives("ecs", agent);
    // The path comes first, and a slash may be missing.
    case()
        .env(RELATIVE, "v2/x")
        .env(FULL, "http://127.0.0.1/y")
        .gives("ecs", agent);
    case()
        .env(FULL, "http://127.0.0.1/y")
        .env(TOKEN, "t")
        .gives("ecs", "ecs http://127.0.0.1/y Some(Variable)");
    case()
        .env(FULL, "http://127.0.0.1/y")
        .env(TOKEN, "t")
        .env(TOKEN_FILE, "/run/t")
        .gives("ecs", "ecs http://127.0.0.1/y Some(File(\"/run/t\"))");
}

/// The settings of the metadata service, each as its variable and its key.
#[test]
fn an_instance_is_asked_as_the_environment_and_then_the_profiles_say() {
    let case = |lines: &str| {
        given(&format!(
            "{CONFIG}
            [profile own]
            credential_source = Ec2InstanceMetadata
            {lines}"
        ))
    };
    let own = |lines: &str, expect: &str| case(lines).gives("own", expect);
    own("", "ec2");
    own(
        "ec2_metadata_service_endpoint_mode = IPv6",
        "ec2 http://[fd00:ec2::254] 1s 1x",
    );
    own("ec2_metadata_service_endpoint_mode = ipv4", "ec2");
    own(
        "ec2_metadata_service_endpoint = http://10.0.0.1:1338/
        ec2_metadata_service_endpoint_mode = IPv6
        metadata_service_timeout = 5
        metadata_service_num_attempts = 3
        ec2_metadata_v1_disabled = true",
        "ec2 http://10.0.0.1:1338 5s 3x",
    );
    case(
        "ec2_metadata_service_endpoint = http://10.0.0.1
        metadata_service_timeout = 5
        metadata_service_num_attempts = 3",
    )
    .env("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://10.0.0.2")
    .env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6")
    .env("AWS_METADATA_SERVICE_TIMEOUT", "7")
    .env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "9")
    .gives("own", "ec2 http://10.0.0.2 7s 9x");
    // An address from any place overrides a mode.
    case("ec2_metadata_service_endpoint = http://10.0.0.1")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6")
        .gives("own", "ec2 http://10.0.0.1 1s 1x");
    case("ec2_metadata_service_endpoint_mode = IPv4")
        .env("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "IPv6")
        .gives("own", "ec2 http://[fd00:ec2::254] 1s 1x");
}

#[test]
fn the_asked_profile_speaks_for_the_instance_before_its_source() {
    given(
        "
        [profile base]
        credential_source = Ec2InstanceMetadata
        ec2_metadata_service_endpoint = http://10.0.0.1
        metadata_service_timeout = 2
        [profile top]
        source_profile = base
        role_arn = top
        ec2_metadata_service_endpoint = http://10.0.0.2
        ",
    )
    .gives("top", "ec2 http://10.0.0.2 2s 1x; Role top 3600")
    .gives("base", "ec2 http://10.0.0.1 2s 1x");
}

#[test]
fn version_one_is_never_used_and_a_switch_for_it_is_told() {
    given(&format!("{CONFIG}\nec2_metadata_v1_disabled = false")).warns(
        "worker",
        "ec2; Role worker 3600",
        &["config:13: `ec2_metadata_v1_disabled` has no effect: version 1"],
    );
    given(CONFIG)
        .env("AWS_EC2_METADATA_V1_DISABLED", "False")
        .warns(
            "worker",
            "ec2; Role worker 3600",
            &["environment variable AWS_EC2_METADATA_V1_DISABLED: `AWS_EC2_METADATA_V1_DISABLED` has no effect"],
        );
    given(CONFIG)
        .env("AWS_EC2_METADATA_DISABLED", "True")
        .warns(
            "worker",
            "ec2 http://169.254.169.254 1s 1x off; Role worker 3600",
            &["AWS_EC2_METADATA_DISABLED switches the instance metadata service off"],
        );
}

#[test]
fn settings_of_the_instance_that_say_nothing_are_refused() {
    for (line, expect) in [
        (
            "ec2_metadata_service_endpoint = 10.0.0.1",
            "an `http://` or `https://` address",
        ),
        (
            "ec2_metadata_service_endpoint = http://",
            "an `http://` or `https://` address",
        ),
        (
            "ec2_metadata_service_endpoint_mode = both",
            "`IPv4` or `IPv6`",
        ),
        ("metadata_service_timeout = 0", "a whole number from 1"),
        ("metadata_service_timeout = 1.5", "a whole number from 1"),
        (
            "metadata_service_num_attempts = -1",
            "a whole number from 1",
        ),
    ] {
        let key = line.split(' ').next().unwrap();
        given(&format!("{CONFIG}\n{line}"))
            .refuses("worker", &format!("config:13: `{key}` is not {expect}"));
    }
    given(CONFIG)
        .env("AWS_METADATA_SERVICE_TIMEOUT", "soon")
        .refuses(
            "worker",
            "environment variable AWS_METADATA_SERVICE_TIMEOUT: `AWS_METADATA_SERVICE_TIMEOUT` is not a whole number from 1",
        );
}

#[test]
fn two_containers_and_two_instances_share_no_session() {
    let role = |case: Given, profile: &str| case.chain(profile).hops[0].cache_key;
    let case = || given(CONFIG);
    let full = |path: &str| case().env(FULL, &format!("http://127.0.0.1/{path}"));
    let instance = |url: &str| case().env("AWS_EC2_METADATA_SERVICE_ENDPOINT", url);
    let variants = [
        ("no container", case(), "role"),
        ("a path", case().env(RELATIVE, "/x"), "role"),
        ("another path", case().env(RELATIVE, "/y"), "role"),
        ("an address", full("x"), "role"),
        ("another address", full("y"), "role"),
        ("a token", full("x").env(TOKEN, "t"), "role"),
        ("a token file", full("x").env(TOKEN_FILE, "/a"), "role"),
        ("another file", full("x").env(TOKEN_FILE, "/b"), "role"),
        ("the instance", case(), "worker"),
        ("an instance", instance("http://10.0.0.1"), "worker"),
        ("another instance", instance("http://10.0.0.2"), "worker"),
    ];
    let mut seen: BTreeMap<CacheKey, &str> = BTreeMap::new();
    for (name, case, profile) in variants {
        if let Some(other) = seen.insert(role(case, profile), name) {
            panic!("`{name}` and `{other}` share a session");
        }
    }
    // The one host is written in two ways, and patience changes no answer.
    assert_eq!(
        role(case().env(RELATIVE, "/x"), "role"),
        role(case().env(FULL, "http://169.254.170.2/x"), "role"),
    );
    let patient = instance("http://10.0.0.1/").env("AWS_METADATA_SERVICE_TIMEOUT", "9");
    assert_eq!(
        role(patient, "worker"),
        role(instance("http://10.0.0.1"), "worker")
    );
}

#[test]
fn neither_a_token_nor_a_path_is_in_a_plan_that_is_shown() {
    let case = given(CONFIG)
        .env(FULL, "http://user:canary@127.0.0.1:80/canary?canary#canary")
        .env(TOKEN, "canary");
    let chain = case.chain("ecs");
    let text = format!("{chain:?} {} {}", chain.to_json(), chain.show());
    assert!(!text.contains("canary"), "{text}");
    assert!(text.contains("127.0.0.1:80"), "{text}");
    // Nor is a token in a name: another one of the same place has the same.
    let key = chain.base_cache_key();
    assert_eq!(case.env(TOKEN, "x").chain("ecs").base_cache_key(), key);
}

#[test]
fn a_plan_shows_where_the_machine_is_asked() {
    let case = given(CONFIG)
        .env(RELATIVE, "/v2/x")
        .env(TOKEN_FILE, "/run/token")
        .env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "3");
    assert_eq!(
        case.chain("ecs").show(),
        "ecs: credentials of the container from http://169.254.170.2, with the token in /run/token
  handed out as they are
"
    );
    assert_eq!(
        case.chain("ecs").to_json()["plan"]["base"],
        serde_json::json!({
            "kind": "ecs_container", "endpoint": "http://169.254.170.2", "token_file": "/run/token",
        })
    );
    assert_eq!(
        case.chain("ec2").show(),
        "ec2: credentials of the instance from http://169.254.169.254, version 2, each step 1s and tried 3 times
  handed out as they are
"
    );
    assert!(
        given(CONFIG)
            .chain("ecs")
            .show()
            .contains("no variable names")
    );
}
