//! Defects that only the policies show.

use keyward_iam::PolicyKind;
use keyward_iam::model::{Document, Group, Role};

use super::{check, look, statement, zoe};
use crate::audit::input::{Known, VirtualDevice};
use crate::audit::{Input, Severity};

/// Removes every policy and group from `zoe`, and lets her read all buckets.
pub(super) fn without_guard(input: &mut Input) {
    let user = zoe(input);
    user.groups.clear();
    user.grants.attached.clear();
    let read = statement(r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#);
    user.grants.inline.insert("read".parse().unwrap(), read);
}

/// Gives `zoe` a policy of her own.
fn give(input: &mut Input, text: &str) {
    let name = "own".parse().unwrap();
    zoe(input).grants.inline.insert(name, statement(text));
}

/// Adds a role.
fn add_role(input: &mut Input, trust: &str) {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{trust}]}}"#);
    let trust = Document::read(PolicyKind::Trust, &text);
    let role = Role::new("Extra".parse().unwrap(), trust);
    input.account.roles.insert(role.name.clone(), role);
}

#[test]
fn a_role_that_trusts_some_users_of_the_account_without_mfa_is_found() {
    let trusting = |arn: &str| {
        let arn = arn.to_owned();
        move |input: &mut Input| {
            add_role(
                input,
                &format!(
                    r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"123456789012"}},
                        "Condition":{{"ArnLike":{{"aws:PrincipalArn":"{arn}"}}}}}}"#
                ),
            );
        }
    };
    let users = trusting("arn:aws:iam::123456789012:user/zo*");
    check("role-without-mfa", Severity::Medium, users);
    let mut input = super::sound();
    trusting("arn:aws:iam::123456789012:role/ci*")(&mut input);
    assert!(look("role-without-mfa", &input).is_empty());
}

#[test]
fn a_user_who_acts_with_a_key_alone_is_found() {
    check("acts-without-mfa", Severity::High, without_guard);
    check("guard-missing", Severity::Medium, without_guard);
    check("user-without-group", Severity::Low, without_guard);
    check("direct-permissions", Severity::Low, without_guard);
}

#[test]
fn a_role_that_trusts_the_account_without_mfa_is_found() {
    check("role-without-mfa", Severity::Medium, |input| {
        add_role(
            input,
            r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}"#,
        );
    });
    check("role-without-mfa", Severity::High, |input| {
        without_guard(input);
        let arn = "arn:aws:iam::123456789012:user/zoe";
        add_role(
            input,
            &format!(
                r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"{arn}"}}}}"#
            ),
        );
    });
}

#[test]
fn a_trust_policy_with_if_exists_is_found_and_one_with_bool_is_not() {
    let trust = |operator: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"123456789012"}},
                "Condition":{{"{operator}":{{"aws:MultiFactorAuthPresent":"true"}}}}}}"#
        )
    };
    check("mfa-if-exists", Severity::Medium, |i| {
        add_role(i, &trust("BoolIfExists"))
    });
    check("role-without-mfa", Severity::Medium, |i| {
        add_role(i, &trust("BoolIfExists"))
    });
    let mut input = super::sound();
    add_role(&mut input, &trust("Bool"));
    assert!(look("mfa-if-exists", &input).is_empty());
    assert!(look("role-without-mfa", &input).is_empty());
}

#[test]
fn a_guard_that_leaves_long_term_keys_out_is_found() {
    check("guard-misses-keys", Severity::Medium, |input| {
        give(
            input,
            r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}"#,
        );
    });
}

#[test]
fn grants_of_everything_are_found() {
    check("broad-grant", Severity::Medium, |input| {
        give(
            input,
            r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#,
        );
    });
    check("broad-grant", Severity::Medium, |input| {
        give(
            input,
            r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#,
        );
    });
    for actions in [
        r#""Action":"*""#,
        r#""Action":"iam:*""#,
        r#""NotAction":"iam:*""#,
    ] {
        check("broad-grant", Severity::Medium, |input| {
            let text = r#","NotResource":"arn:aws:s3:::example"}"#;
            give(input, &format!(r#"{{"Effect":"Allow",{actions}{text}"#));
        });
    }
    check("broad-grant", Severity::Low, |input| {
        give(
            input,
            r#"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#,
        );
    });
}

#[test]
fn a_grant_that_spares_every_resource_is_not_broad() {
    let mut input = super::sound();
    give(
        &mut input,
        r#"{"Effect":"Allow","Action":"*","NotResource":["arn:aws:s3:::example","*"]}"#,
    );
    assert!(super::look("broad-grant", &input).is_empty());
}

#[test]
fn full_administrators_are_worse_outside_of_roles_that_ask_for_mfa() {
    let mut input = super::sound();
    let group = Group::new("operators".parse().unwrap());
    let name = group.name.clone();
    input.account.groups.insert(name.clone(), group);
    let everything = statement(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let holder = input.account.groups.get_mut(&name).unwrap();
    holder
        .grants
        .inline
        .insert("all".parse().unwrap(), everything);
    let found = look("full-administrator", &input);
    assert_eq!(found[0].severity, Severity::High);
    assert_eq!(found[0].statement.as_ref().unwrap().index, 0);
    // The template's own role for administrators asks for MFA.
    assert!(
        found[1..]
            .iter()
            .all(|finding| finding.severity == Severity::Low)
    );
}

#[test]
fn attachments_by_name_are_found() {
    check("cloudshell-full-access", Severity::Medium, |input| {
        let arn = "arn:aws:iam::aws:policy/AWSCloudShellFullAccess";
        zoe(input).grants.attached.insert(arn.parse().unwrap());
    });
    check("support-role", Severity::Low, |input| {
        for role in input.account.roles.values_mut() {
            role.grants
                .attached
                .retain(|arn| arn.policy_name() != "AWSSupportAccess");
        }
    });
}

#[test]
fn a_policy_that_cannot_be_judged_is_named() {
    check("unjudged-policy", Severity::Medium, |input| {
        let arn = "arn:aws:iam::aws:policy/NotInTheDetails";
        zoe(input).grants.attached.insert(arn.parse().unwrap());
    });
}

#[test]
fn a_grant_that_can_never_apply_is_found_once() {
    check("dead-grant", Severity::Low, |input| {
        give(
            input,
            r#"{"Effect":"Allow","Action":["iam:GetUser","iam:ListUsers"],"Resource":"arn:aws:iam::*:user/*"}"#,
        );
    });
}

#[test]
fn a_grant_that_has_ended_is_dead() {
    check("dead-grant", Severity::Low, |input| {
        give(
            input,
            r#"{"Effect":"Allow","Action":"s3:*","Resource":"*",
                "Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01"}}}"#,
        );
    });
}

#[test]
fn enrolment_that_cannot_work_is_found() {
    check("self-service-fails", Severity::Low, |input| {
        without_guard(input);
        give(
            input,
            r#"{"Effect":"Allow","Action":["iam:EnableMFADevice","iam:CreateVirtualMFADevice"],
                "Resource":["arn:aws:iam::*:user/${aws:username}","arn:aws:iam::*:mfa/${aws:username}"]}"#,
        );
    });
}

#[test]
fn a_device_that_its_owner_cannot_delete_is_found() {
    let device = |name: &str| VirtualDevice {
        serial: format!("arn:aws:iam::123456789012:mfa/{name}"),
        owner: Some("arn:aws:iam::123456789012:user/zoe".to_owned()),
    };
    check("device-out-of-reach", Severity::Low, |input| {
        input.devices = Known::Read(vec![device("zoe-phone"), device("phone")]);
    });
    let mut input = super::sound();
    input.devices = Known::Read(vec![device("zoe"), device("zoe-phone")]);
    assert!(look("device-out-of-reach", &input).is_empty());
}

#[test]
fn credentials_of_single_services_are_found() {
    use crate::audit::input::ServiceCredential;
    let give = |expires| {
        move |input: &mut Input| {
            input.service_credentials = Known::Read(vec![ServiceCredential {
                user: "zoe".parse().unwrap(),
                service: "bedrock.amazonaws.com".to_owned(),
                expires,
            }]);
        }
    };
    check("service-credential", Severity::Medium, give(None));
    check(
        "service-credential",
        Severity::Low,
        give(Some(super::ago(-30))),
    );
}

#[test]
fn ssh_keys_that_open_repositories_are_found() {
    check("ssh-key", Severity::Medium, |input| {
        without_guard(input);
        give(
            input,
            r#"{"Effect":"Allow","Action":"codecommit:GitPull","Resource":"*"}"#,
        );
        input.ssh_keys = Known::Read(vec![crate::audit::input::SshKey {
            user: "zoe".parse().unwrap(),
            uploaded: None,
        }]);
    });
}

#[test]
fn a_role_that_is_open_to_outsiders_is_found() {
    let door = |principal: &str, call: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:{call}"}}"#)
    };
    check("role-without-mfa", Severity::High, |input| {
        add_role(input, &door(r#""*""#, "AssumeRole"));
    });
    check("role-without-mfa", Severity::Medium, |input| {
        add_role(input, &door(r#"{"AWS":"999999999999"}"#, "AssumeRole"));
    });
    let web = "AssumeRoleWithWebIdentity";
    check("open-federated-trust", Severity::High, |input| {
        let cognito = r#"{"Federated":"cognito-identity.amazonaws.com"}"#;
        add_role(input, &door(cognito, web));
    });
    check("open-federated-trust", Severity::High, |input| {
        add_role(input, &door(r#""*""#, web));
    });
    let dated = r#"{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
        "Principal":{"Federated":"accounts.google.com"},
        "Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}"#;
    check("open-federated-trust", Severity::High, |input| {
        add_role(input, dated);
    });
    let guests = r#"{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity",
        "Principal":{"Federated":"cognito-identity.amazonaws.com"},
        "Condition":{"StringEquals":{"cognito-identity.amazonaws.com:aud":"eu-central-1:1"}}}"#;
    check("open-federated-trust", Severity::Medium, |input| {
        add_role(input, guests);
    });
    check("open-federated-trust", Severity::Medium, |input| {
        let saml = r#"{"Federated":"arn:aws:iam::123456789012:saml-provider/staff"}"#;
        add_role(input, &door(saml, "AssumeRoleWithSAML"));
    });
}

#[test]
fn a_wildcard_over_unlisted_actions_acts_without_mfa() {
    check("acts-without-mfa", Severity::High, |input| {
        without_guard(input);
        let user = zoe(input);
        user.grants.inline.clear();
        give(
            input,
            r#"{"Effect":"Allow","Action":"futureservice:*","Resource":"*"}"#,
        );
    });
}

/// Adds a role of this name.
fn add_named(input: &mut Input, name: &str, trust: &str, rights: &str) {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{trust}]}}"#);
    let mut role = Role::new(
        name.parse().unwrap(),
        Document::read(PolicyKind::Trust, &text),
    );
    let inline = &mut role.grants.inline;
    inline.insert("own".parse().unwrap(), statement(rights));
    input.account.roles.insert(role.name.clone(), role);
}

/// A role that this principal enters, and an administrator's role that only the first one enters.
fn chain(input: &mut Input, principal: &str) {
    let door = |principal: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"{principal}"}}}}"#
        )
    };
    let assume = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#;
    add_named(input, "Entry", &door(principal), assume);
    let everything = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let entry = door("arn:aws:iam::123456789012:role/Entry");
    add_named(input, "Admin", &entry, everything);
}

#[test]
fn a_role_that_a_chain_opens_is_found_with_its_way() {
    let admin = |principal: &str, change: &dyn Fn(&mut Input)| {
        let mut input = super::sound();
        change(&mut input);
        chain(&mut input, principal);
        let of_admin = |id: &str| {
            let found = look(id, &input).into_iter();
            let mut of_admin = found.filter(|found| found.subject.name() == "Admin");
            of_admin.next().map(|found| (found.severity, found.message))
        };
        let (severity, _) = of_admin("full-administrator").unwrap();
        (severity, of_admin("role-without-mfa"))
    };
    let assume = |input: &mut Input| {
        without_guard(input);
        give(
            input,
            r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}"#,
        );
    };
    let (full, by_user) = admin("123456789012", &assume);
    assert_eq!(full, Severity::High);
    let text = "can be assumed without MFA by `zoe` through `Entry`";
    assert_eq!(by_user, Some((Severity::High, text.to_owned())));
    let (full, by_anyone) = admin("*", &|_| {});
    assert_eq!(full, Severity::High);
    let text = "can be assumed by sessions of the role `Entry`; `Entry` can be assumed without MFA \
                by anyone with an AWS account";
    assert_eq!(by_anyone, Some((Severity::High, text.to_owned())));
    let (_, by_partner) = admin("999999999999", &|_| {});
    assert_eq!(by_partner.unwrap().0, Severity::Medium);
    let (_, later) = admin("123456789012", &|_| {});
    assert_eq!(later.unwrap().0, Severity::Medium);
    let (full, closed) = admin("arn:aws:iam::123456789012:role/None", &|_| {});
    assert_eq!((full, closed), (Severity::Low, None));
}

#[test]
fn an_age_that_an_absent_key_satisfies_is_found() {
    let trust = |conditions: &str| {
        format!(
            r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"123456789012"}},
                "Condition":{{{conditions}}}}}"#
        )
    };
    let loose = r#""NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"3600"}"#;
    check("mfa-if-exists", Severity::Medium, |i| {
        add_role(i, &trust(loose))
    });
    check("mfa-if-exists", Severity::Medium, |i| {
        give(
            i,
            &format!(
                r#"{{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{{{loose}}}}}"#
            ),
        );
    });
    let both = format!(r#"{loose},"Bool":{{"aws:MultiFactorAuthPresent":"true"}}"#);
    for sound in [
        both.as_str(),
        r#""NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}"#,
        r#""Null":{"aws:MultiFactorAuthAge":"true"}"#,
    ] {
        let mut input = super::sound();
        add_role(&mut input, &trust(sound));
        assert!(look("mfa-if-exists", &input).is_empty(), "{sound}");
    }
}

#[test]
fn actions_that_depend_on_the_request_are_said_to() {
    let message = |condition: &str| {
        let mut input = super::sound();
        without_guard(&mut input);
        give(
            &mut input,
            &format!(
                r#"{{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*",
                    "Condition":{{{condition}}}}}"#
            ),
        );
        look("acts-without-mfa", &input).remove(0).message
    };
    assert!(!message("").contains("only if"));
    let narrow = message(r#""IpAddress":{"aws:SourceIp":"203.0.113.0/24"}"#);
    assert!(
        narrow.contains("1 of them only if a condition holds"),
        "{narrow}"
    );
}

#[test]
fn a_federated_session_of_the_key_acts_without_mfa() {
    let mut input = super::sound();
    without_guard(&mut input);
    zoe(&mut input).grants.inline.clear();
    give(
        &mut input,
        r#"{"Effect":"Allow","Action":["iam:CreateAccessKey","sts:GetFederationToken"],"Resource":"*"},
           {"Effect":"Deny","Action":"iam:*","Resource":"*",
            "Condition":{"StringLike":{"aws:username":"z*"}}}"#,
    );
    let message = look("acts-without-mfa", &input).remove(0).message;
    assert!(message.contains("`iam:CreateAccessKey`"), "{message}");
}
