use super::{certificates, devices, service_credentials, ssh_keys};

#[test]
fn credentials_of_services_that_are_active_are_read() {
    let json = r#"{"ServiceSpecificCredentials":[
        {"UserName":"alice","Status":"Active","ServiceName":"bedrock.amazonaws.com","CreateDate":"2026-01-01T00:00:00+00:00"},
        {"UserName":"bob","Status":"Inactive","ServiceName":"logs.amazonaws.com"},
        {"UserName":"carol","Status":"Active","ServiceName":"logs.amazonaws.com","ExpirationDate":"2027-01-01T00:00:00+00:00"}
    ]}"#;
    let read = service_credentials(json).unwrap();
    let read: Vec<_> = read
        .iter()
        .map(|one| {
            (
                one.user.as_str(),
                one.service.as_str(),
                one.expires.is_some(),
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            ("alice", "bedrock.amazonaws.com", false),
            ("carol", "logs.amazonaws.com", true)
        ]
    );
}

#[test]
fn answers_about_several_users_follow_each_other() {
    let json = r#"{"SSHPublicKeys":[{"UserName":"alice","Status":"Active","UploadDate":"2026-01-01T00:00:00+00:00"}]}
        {"SSHPublicKeys":[]}
        {"SSHPublicKeys":[{"UserName":"bob","Status":"Active"},{"UserName":"bob","Status":"Inactive"}]}"#;
    let read = ssh_keys(json).unwrap();
    let read: Vec<&str> = read.iter().map(|key| key.user.as_str()).collect();
    assert_eq!(read, ["alice", "bob"]);
    assert!(ssh_keys("{").is_err());
}

#[test]
fn a_page_of_a_longer_list_is_refused() {
    let devices = |more: &str| devices(&format!(r#"{{"VirtualMFADevices":[]{more}}}"#));
    assert!(devices("").is_ok());
    assert!(devices(r#","NextToken":"AAAA""#).is_err());
    let list =
        |more: &str| certificates(&format!(r#"{{"ServerCertificateMetadataList":[]{more}}}"#));
    assert!(list(r#","IsTruncated":false"#).is_ok());
    assert!(list(r#","IsTruncated":true"#).is_err());
    assert!(ssh_keys(r#"{"SSHPublicKeys":[],"IsTruncated":true}"#).is_err());
    assert!(service_credentials(r#"{"ServiceSpecificCredentials":[],"Marker":"A"}"#).is_err());
}
