//! Durations, and refusals before any prompt for a code.

use super::*;

const CHAIN: &str = "
    [profile source]
    mfa_serial = M
    duration_seconds = 7200
    [profile admin]
    source_profile = source
    role_arn = admin
    duration_seconds = 7200
    [profile target]
    source_profile = admin
    role_arn = target
    duration_seconds = 7200
    [profile hour]
    source_profile = source
    role_arn = hour
    [profile short]
    source_profile = admin
    role_arn = short
    duration_seconds = 900
";

#[test]
fn one_role_for_longer_than_an_hour_takes_the_code_itself() {
    given(CHAIN)
        .stored("source")
        .gives("source", "vault:source; GST mfa 43200")
        .gives("admin", "vault:source; Role admin mfa 7200")
        .gives("hour", "vault:source; GST mfa 43200; Role hour 3600")
        .duration("12h")
        .gives("admin", "vault:source; Role admin mfa 43200")
        .gives("hour", "vault:source; Role hour mfa 43200")
        .duration("1h")
        .gives("admin", "vault:source; GST mfa 43200; Role admin 3600")
        .duration("15m")
        .gives("hour", "vault:source; GST mfa 43200; Role hour 900");
}

#[test]
fn roles_behind_roles_are_cut_to_an_hour_with_a_warning() {
    given(CHAIN).stored("source").warns(
        "target",
        "vault:source; GST mfa 43200; Role admin 3600; Role target 3600",
        &[
            "config:8: `duration_seconds` of profile `admin` is cut from 2h to 1h: its role is assumed from an MFA session",
            "config:12: `duration_seconds` of profile `target` is cut from 2h to 1h: its role is assumed from the role of profile `admin`",
        ],
    );
    given(CHAIN).stored("source").warns(
        "short",
        "vault:source; GST mfa 43200; Role admin 3600; Role short 900",
        &["config:8"],
    );
}

#[test]
fn half_a_day_is_kept_by_the_session_and_cut_from_every_role_behind_it() {
    let path = "
        [profile source]
        role_arn = source
        mfa_serial = M
        duration_seconds = 43200
        [profile passthrough]
        source_profile = source
        [profile target]
        source_profile = passthrough
        role_arn = target
        mfa_serial = M
        duration_seconds = 43200
    ";
    given(path)
        .stored("source")
        .warns(
            "target",
            "vault:source; GST mfa 43200; Role source 3600; Role target 3600",
            &[
                "config:5: `duration_seconds` of profile `source`",
                "config:12: `duration_seconds` of profile `target`",
            ],
        )
        .gives("source", "vault:source; Role source mfa 43200");
}

#[test]
fn without_a_device_the_first_role_of_a_chain_may_be_long() {
    let without = CHAIN.replace("mfa_serial = M", "");
    given(&without)
        .stored("source")
        .gives("admin", "vault:source; Role admin 7200")
        .warns(
            "target",
            "vault:source; Role admin 7200; Role target 3600",
            &["is cut from 2h to 1h"],
        )
        .duration("12h")
        .gives("hour", "vault:source; Role hour 43200");
}

#[test]
fn the_default_profile_is_not_inherited() {
    given(
        "
        [default]
        mfa_serial = M
        duration_seconds = 7200
        region = eu-west-1
        [profile admin]
        source_profile = source
        role_arn = admin
        ",
    )
    .stored("source")
    .gives("admin", "vault:source; Role admin 3600");
}

#[test]
fn what_is_renewed_shares_the_session_however_long_is_asked() {
    let case = given(CHAIN)
        .stored("source")
        .refreshing()
        .gives("admin", "vault:source; GST mfa 43200; Role admin 3600")
        .gives(
            "target",
            "vault:source; GST mfa 43200; Role admin 3600; Role target 3600",
        )
        .duration("8h")
        .gives("hour", "vault:source; GST mfa 43200; Role hour 3600")
        .gives(
            "target",
            "vault:source; GST mfa 43200; Role admin 3600; Role target 3600",
        );
    let reason = &case.chain("hour").hops[1].reason;
    assert_eq!(
        reason,
        "assumed from an MFA session, so it lives at most 1h; 8h were asked, and it is renewed by itself"
    );
}

#[test]
fn a_flag_that_a_chain_cannot_give_is_refused_with_the_reason() {
    given(CHAIN).stored("source").duration("2h").refuses(
        "target",
        "2h is not available for profile `target`: its role is assumed from the role of profile `admin`, \
         and AWS allows such a role at most 1h",
    );
}

#[test]
fn durations_out_of_bounds_name_their_place() {
    let session = |seconds| {
        move |flags: &mut Flags| flags.session_setting = Some(Duration::from_secs(seconds))
    };
    let case = || given(CHAIN).stored("source");
    case().duration("10m").refuses(
        "source",
        "--duration: 10m is out of bounds: GetSessionToken gives 15m to 1d 12h",
    );
    case()
        .duration("36h")
        .gives("source", "vault:source; GST mfa 129600");
    case().duration("37h").refuses(
        "source",
        "--duration: 1d 13h is out of bounds: GetSessionToken gives 15m to 1d 12h",
    );
    case().duration("13h").refuses(
        "admin",
        "--duration: 13h is out of bounds: AssumeRole gives 15m to 12h",
    );
    case().duration("5m").refuses(
        "target",
        "--duration: 5m is out of bounds: AssumeRole gives 15m to 12h",
    );
    case()
        .flags(session(129_600))
        .gives("hour", "vault:source; GST mfa 129600; Role hour 3600");
    case().flags(session(899)).refuses(
        "hour",
        "setting session_duration: 14m 59s is out of bounds: GetSessionToken gives 15m to 1d 12h",
    );
    let typed = |flags: &mut Flags| {
        flags.session_setting = Some(Duration::from_secs(3600));
        flags.session_duration = Some(Duration::from_secs(360_000));
    };
    case().flags(typed).refuses(
        "hour",
        "--session-ttl: 4d 4h is out of bounds: GetSessionToken gives 15m to 1d 12h",
    );
    let written = |seconds: &str| given(&CHAIN.replace("7200", seconds)).stored("source");
    written("43201").refuses(
        "admin",
        "config:8: 12h 1s is out of bounds: AssumeRole gives 15m to 12h",
    );
    written("0").refuses(
        "admin",
        "config:8: 0s is out of bounds: AssumeRole gives 15m to 12h",
    );
    // A key-only profile has no role for `duration_seconds` to speak of.
    written("0").gives("source", "vault:source; GST mfa 43200");
}

#[test]
fn a_duration_that_is_no_number_falls_back_with_a_warning() {
    given(&CHAIN.replace("7200", "two hours"))
        .stored("source")
        .warns(
            "admin",
            "vault:source; GST mfa 43200; Role admin 3600",
            &["config:8: `duration_seconds` is not a whole number"],
        );
}

#[test]
fn a_flag_that_nothing_obeys_says_so() {
    given(
        "
        [profile sign-in]
        login_session = arn
        ",
    )
    .duration("2h")
    .warns(
        "sign-in",
        "login:sign-in arn",
        &["`--duration` has no effect: a console sign-in decides"],
    );
    given(
        "
        [profile sign-in]
        login_session = arn
        [profile behind]
        source_profile = sign-in
        role_arn = behind
        ",
    )
    .duration("15m")
    .gives("behind", "login:sign-in arn; Role behind 900");
}

#[test]
fn a_session_of_the_root_user_lives_an_hour() {
    const SERIAL: &str = "arn:aws:iam::123456789012:mfa/root";
    given("").stored_of_root("root", None).warns(
        "root",
        "vault:root; GST 3600",
        &["InvalidClientTokenId"],
    );
    let case = given("").stored_of_root("root", Some(SERIAL));
    let chain = case.chain("root");
    assert_eq!(chain.hops[0].duration.as_secs(), 3600);
    assert!(
        chain.hops[0].reason.contains("one code for 1h"),
        "{:?}",
        chain.hops
    );
    let long = given("")
        .stored_of_root("root", Some(SERIAL))
        .duration("12h");
    let chain = long.chain("root");
    assert_eq!(chain.hops[0].duration.as_secs(), 3600);
    assert!(
        chain.warnings[0].contains("shortened to 1h"),
        "{:?}",
        chain.warnings
    );
    let short = given("")
        .stored_of_root("root", Some(SERIAL))
        .duration("15m");
    assert_eq!(short.chain("root").hops[0].duration.as_secs(), 900);
    given("")
        .stored_of_root("root", Some(SERIAL))
        .duration("1h")
        .gives("root", "vault:root; GST mfa:root 3600");
}
