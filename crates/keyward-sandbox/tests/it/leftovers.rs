//! Other things of a user, each of which keeps the user from being deleted.

use crate::client::Office;

const SSH: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 alice@laptop";
const PEM: &str =
    "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQg==\n-----END CERTIFICATE-----";
const BOB: (&str, &str) = ("UserName", "bob");

/// The account with a user that has only what a test adds.
fn office() -> Office {
    let office = Office::open();
    office.change(|account| {
        let bob = account.users.get_mut(&"bob".parse().unwrap()).unwrap();
        bob.keys.clear();
        bob.login = None;
        bob.groups.clear();
    });
    office
}

#[track_caller]
fn in_the_way(office: &Office, first: &str) {
    office.call("DeleteUser", &[BOB]).is(&format!(
        "409 DeleteConflict: Cannot delete entity, must {first} first."
    ));
}

#[test]
fn ssh_keys_are_uploaded_listed_and_deleted() {
    let office = office();
    let upload = |body: &str| office.call("UploadSSHPublicKey", &[BOB, ("SSHPublicKeyBody", body)]);
    let made = upload(SSH).ok();
    let id = made.text("SSHPublicKeyId").unwrap();
    assert!(id.starts_with("APKA"));
    // The MD5 digest of the decoded key.
    let print = made.text("Fingerprint").unwrap();
    assert_eq!(print, "66:ea:bf:78:ee:22:0b:7d:3f:48:49:54:7d:c7:4c:e2");
    for (body, code) in [
        (SSH, "400 DuplicateSSHPublicKey"),
        ("ssh-ed25519 AAAA", "400 UnrecognizedPublicKeyEncoding"),
        ("ssh-rsa AAAA", "400 InvalidPublicKey"),
    ] {
        assert!(upload(body).outcome().starts_with(code), "{body}");
    }
    for n in 0..4 {
        upload(&format!("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC{n}")).is("OK");
    }
    upload("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQD9")
        .is("409 LimitExceeded: Cannot exceed quota for SSHPublicKeysPerUser: 5");
    let key = ("SSHPublicKeyId", id.as_str());
    office.ok("UpdateSSHPublicKey", &[BOB, key, ("Status", "Inactive")]);
    let seen = office.ok("GetSSHPublicKey", &[BOB, key, ("Encoding", "SSH")]);
    assert_eq!(seen.text("Status").unwrap(), "Inactive");
    in_the_way(&office, "delete SSH public keys");
    let listed = office.ok("ListSSHPublicKeys", &[BOB]).body;
    let ids = listed.split("<SSHPublicKeyId>").skip(1);
    for id in ids.map(|rest| rest.split('<').next().unwrap()) {
        office.ok("DeleteSSHPublicKey", &[BOB, ("SSHPublicKeyId", id)]);
    }
    office.call("DeleteSSHPublicKey", &[BOB, key]).is(&format!(
        "404 NoSuchEntity: The Public Key with id {id} cannot be found."
    ));
    office.ok("DeleteUser", &[BOB]);
}

#[test]
fn signing_certificates_are_uploaded_listed_and_deleted() {
    let office = office();
    let upload = |body: &str| {
        office.call(
            "UploadSigningCertificate",
            &[BOB, ("CertificateBody", body)],
        )
    };
    let id = upload(PEM).ok().text("CertificateId").unwrap();
    assert!(
        upload(PEM)
            .outcome()
            .starts_with("409 DuplicateCertificate")
    );
    assert!(
        upload("none")
            .outcome()
            .starts_with("400 MalformedCertificate")
    );
    upload(&PEM.replace("MIIB", "MIIC")).is("OK");
    upload(&PEM.replace("MIIB", "MIID"))
        .is("409 LimitExceeded: Cannot exceed quota for SigningCertificatesPerUser: 2");
    in_the_way(&office, "delete signing certificates");
    office.ok(
        "UpdateSigningCertificate",
        &[BOB, ("CertificateId", &id), ("Status", "Inactive")],
    );
    let listed = office.ok("ListSigningCertificates", &[BOB]).body;
    assert!(
        listed.contains("<Status>Inactive</Status>") && listed.contains("<Status>Active</Status>")
    );
    for rest in listed.split("<CertificateId>").skip(1) {
        let id = rest.split('<').next().unwrap();
        office.ok("DeleteSigningCertificate", &[BOB, ("CertificateId", id)]);
    }
    office.ok("DeleteUser", &[BOB]);
}

#[test]
fn service_credentials_are_made_listed_and_deleted() {
    let office = office();
    let create = |service: &str, more: &[(&str, &str)]| {
        let mut params = vec![BOB, ("ServiceName", service)];
        params.extend_from_slice(more);
        office.call("CreateServiceSpecificCredential", &params)
    };
    let commit = "codecommit.amazonaws.com";
    let made = create(commit, &[]).ok();
    assert_eq!(made.text("ServiceUserName").unwrap(), "bob-at-123456789012");
    assert!(made.text("ServicePassword").is_some());
    let second = create(commit, &[]).ok();
    assert_eq!(
        second.text("ServiceUserName").unwrap(),
        "bob+1-at-123456789012"
    );
    assert!(
        create(commit, &[])
            .outcome()
            .starts_with("409 LimitExceeded")
    );
    assert!(
        create("s3.amazonaws.com", &[])
            .outcome()
            .starts_with("404 NotSupportedService")
    );
    let bearer = create("bedrock.amazonaws.com", &[("CredentialAgeDays", "30")]).ok();
    assert_eq!(
        bearer.text("ExpirationDate").unwrap(),
        "2026-12-21T09:00:00Z"
    );
    assert!(bearer.text("ServiceCredentialSecret").is_some());
    in_the_way(&office, "delete service-specific credentials");
    let own = office.ok("ListServiceSpecificCredentials", &[BOB]).body;
    assert!(
        !own.contains("Password") && !own.contains("Secret<"),
        "a list shows no secret"
    );
    let all = office
        .ok("ListServiceSpecificCredentials", &[("AllUsers", "true")])
        .body;
    let ids: Vec<&str> = all
        .split("<ServiceSpecificCredentialId>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap())
        .collect();
    assert_eq!(ids.len(), 3);
    for id in ids {
        let named = [BOB, ("ServiceSpecificCredentialId", id)];
        let reset = office.ok("ResetServiceSpecificCredential", &named);
        assert_eq!(reset.text("ServiceSpecificCredentialId").unwrap(), id);
        office.ok("DeleteServiceSpecificCredential", &named);
        assert!(
            office
                .call("DeleteServiceSpecificCredential", &named)
                .outcome()
                .starts_with("404 NoSuchEntity")
        );
    }
    office.ok("DeleteUser", &[BOB]);
}

#[test]
fn what_there_is_none_of_is_listed_all_the_same() {
    let office = office();
    let certificates = office.ok("ListServerCertificates", &[]).body;
    assert!(
        certificates.contains("<ServerCertificateMetadataList></ServerCertificateMetadataList>")
    );
    assert!(
        office
            .ok("ListSAMLProviders", &[])
            .body
            .contains("<SAMLProviderList></SAMLProviderList>")
    );
}

#[test]
fn devices_have_tags_too() {
    let office = office();
    let made = office.ok(
        "CreateVirtualMFADevice",
        &[
            ("VirtualMFADeviceName", "bob"),
            ("Tags.member.1.Key", "k"),
            ("Tags.member.1.Value", "v"),
        ],
    );
    let serial = made.text("SerialNumber").unwrap();
    let tags = office.ok("ListMFADeviceTags", &[("SerialNumber", &serial)]);
    assert_eq!(tags.text("Value").unwrap(), "v");
    let none = "arn:aws:iam::123456789012:mfa/none";
    office
        .call("ListMFADeviceTags", &[("SerialNumber", none)])
        .is(&format!(
            "404 NoSuchEntity: VirtualMFADevice with serial number {none} does not exist."
        ));
}
