//! The content of an `AssumeRole` request.

use super::*;

const CHAIN: &str = "
    [profile base]
    [profile interim]
    role_arn = interim
    source_profile = base
    session_tags = tag1 = value1 , tag2=value2 ,tag3=value3
    transitive_session_tags = tagOne ,tagTwo
    source_identity = interim
    [profile target]
    role_arn = target
    source_profile = interim
    external_id = 0123456789ABCDEF
    role_session_name = alice
    session_tags = own=1
    transitive_session_tags = own
    source_identity = target
";

fn tags(role: &AssumeRole) -> String {
    role.tags
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect::<Vec<_>>()
        .join(",")
}

fn role(chain: &Chain, at: usize) -> AssumeRole {
    match &chain.hops[at].call {
        Call::AssumeRole(role) => (**role).clone(),
        Call::GetSessionToken => panic!("hop {at} is no role"),
    }
}

#[test]
fn each_role_carries_its_own_profiles_fields() {
    let chain = given(CHAIN).stored("base").chain("target");
    let (interim, target) = (role(&chain, 0), role(&chain, 1));
    assert_eq!(tags(&interim), "tag1=value1,tag2=value2,tag3=value3");
    assert_eq!(interim.transitive_tag_keys, ["tagOne", "tagTwo"]);
    assert_eq!(interim.source_identity.unwrap().as_str(), "interim");
    assert_eq!(
        (interim.external_id, interim.role_session_name),
        (None, None)
    );
    assert_eq!(tags(&target), "own=1");
    assert_eq!(target.transitive_tag_keys, ["own"]);
    assert_eq!(target.external_id.unwrap().as_str(), "0123456789ABCDEF");
    assert_eq!(target.role_session_name.unwrap().as_str(), "alice");
}

#[test]
fn the_environment_speaks_for_the_asked_profile_only() {
    let chain = given(CHAIN)
        .stored("base")
        .env("AWS_SESSION_TAGS", "tagA=val A ,  tagB=value B")
        .env("AWS_TRANSITIVE_TAGS", "tagA,")
        .env("AWS_SOURCE_IDENTITY", "from-env")
        .env("AWS_ROLE_SESSION_NAME", "env-session")
        .chain("target");
    let (interim, target) = (role(&chain, 0), role(&chain, 1));
    assert_eq!(tags(&interim), "tag1=value1,tag2=value2,tag3=value3");
    assert_eq!(interim.source_identity.unwrap().as_str(), "interim");
    assert_eq!(interim.role_session_name, None);
    assert_eq!(tags(&target), "tagA=val A,tagB=value B");
    assert_eq!(target.transitive_tag_keys, ["tagA"]);
    assert_eq!(target.source_identity.unwrap().as_str(), "from-env");
    assert_eq!(target.role_session_name.unwrap().as_str(), "env-session");
}

#[test]
fn fields_that_cannot_be_read_name_their_place() {
    given(&CHAIN.replace("own=1", "own=1,"))
        .stored("base")
        .refuses(
            "target",
            "config:14: `session_tags` cannot be used: a tag is empty",
        );
    given(CHAIN).stored("base").env("AWS_SESSION_TAGS", "lonely").refuses(
        "target",
        "environment variable AWS_SESSION_TAGS: `session_tags` cannot be used: `lonely` is not `key=value`",
    );
    given(CHAIN).stored("base").env("AWS_SOURCE_IDENTITY", "no blanks").refuses(
        "target",
        "environment variable AWS_SOURCE_IDENTITY: `AWS_SOURCE_IDENTITY` has a value that cannot be used: \
         `no blanks` is not a source identity (2 to 64 letters, digits or =,.@-_+)",
    );
}

#[test]
fn a_session_policy_goes_to_the_last_role_only() {
    let policy = |flags: &mut Flags| {
        flags.policy = Some("{}".to_owned());
        flags.policy_arns = vec!["arn:aws:iam::aws:policy/ReadOnlyAccess".to_owned()];
    };
    let chain = given(CHAIN).stored("base").flags(policy).chain("target");
    assert_eq!(role(&chain, 0).policy, None);
    assert!(role(&chain, 0).policy_arns.is_empty());
    assert_eq!(last_role(&chain).policy.as_deref(), Some("{}"));
    assert_eq!(last_role(&chain).policy_arns.len(), 1);
}

#[test]
fn a_session_policy_is_refused_where_no_call_would_carry_it() {
    let read_only = |flags: &mut Flags| flags.policy = Some("{}".to_owned());
    let case = || {
        given(
            "
            [profile process]
            credential_process = tool
            ",
        )
        .stored("base")
        .flags(read_only)
    };
    case().refuses(
        "base",
        "a session policy cannot be applied to profile `base`: its last step is GetSessionToken, which takes no policy",
    );
    case().no_session().refuses(
        "base",
        "a session policy cannot be applied to profile `base`: the key itself is handed out, and a key takes no policy",
    );
    case().refuses(
        "process",
        "a session policy cannot be applied to profile `process`: its credentials come as they are, \
         with no role after them that could take a policy",
    );
}
