use super::meant;

#[test]
fn a_key_that_was_meant_is_found() {
    for (written, expect) in [
        ("aws-access-key-id", "aws_access_key_id"),
        ("export AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("aws_access_key", "aws_access_key_id"),
        ("AWS_Secret_Key", "aws_secret_access_key"),
        ("aws_secret_acess_key", "aws_secret_access_key"),
        ("role-arn", "role_arn"),
        ("rolearn_", "role_arn"),
        ("source_profil", "source_profile"),
        ("credentials_process", "credential_process"),
        ("mfa_serials", "mfa_serial"),
    ] {
        assert_eq!(meant(written), Some(expect), "{written}");
    }
}

#[test]
fn keys_of_aws_and_of_other_tools_mean_themselves() {
    for key in [
        "aws_access_key_id",
        "AWS_ACCESS_KEY_ID",
        "role_arn",
        "region",
        "role",
        "source",
        "account",
        "mfa_arn",
        "mfa_process",
        "parent_profile",
        "include_profile",
        "aws_security_token",
        "aws_session_expiration",
        "sso_region",
        "sso_account_name",
        "granted_sso_start_url",
        "x_principal_arn",
        "login",
    ] {
        assert_eq!(meant(key), None, "{key}");
    }
}
