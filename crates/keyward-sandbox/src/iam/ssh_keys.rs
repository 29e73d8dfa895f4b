//! SSH public keys of users. Only their outside is looked at; nothing here opens a connection with
//! one.

use data_encoding::BASE64;
use keyward_core::id::UserName;
use md5::{Digest, Md5};

use super::permit::{find_user, find_user_mut, own, own_mut, permit_user};
use super::{Answer, page, policies, status};
use crate::call::Call;
use crate::failure::Failure;
use crate::random;
use crate::state::{Accounts, KeyStatus, SSH_KEYS_PER_USER, SshKey};
use crate::xml::Xml;

pub(super) fn answer(call: &Call, accounts: &mut Accounts) -> Option<Answer> {
    Some(match call.action.as_str() {
        "UploadSSHPublicKey" => upload(call, accounts),
        "GetSSHPublicKey" => get(call, accounts),
        "ListSSHPublicKeys" => list(call, accounts),
        "UpdateSSHPublicKey" => update(call, accounts),
        "DeleteSSHPublicKey" => delete(call, accounts),
        _ => return None,
    })
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadSSHPublicKey.html>
fn upload(call: &Call, accounts: &mut Accounts) -> Answer {
    call.params.require("UserName")?;
    let body = call.params.require("SSHPublicKeyBody")?.trim();
    let name = permit_user(call, accounts)?;
    let user = find_user_mut(own_mut(call, accounts), &name)?;
    blob(body)?;
    if user.ssh_keys.iter().any(|key| key.body == body) {
        let message = "The specified SSH public key is already associated with the user.";
        return Err(Failure::new(400, "DuplicateSSHPublicKey", message));
    }
    if user.ssh_keys.len() >= SSH_KEYS_PER_USER {
        return Err(Failure::limit("SSHPublicKeysPerUser", SSH_KEYS_PER_USER));
    }
    let key = SshKey {
        id: random::unique_id("APKA"),
        body: body.to_owned(),
        status: KeyStatus::Active,
        uploaded: call.now,
    };
    let mut xml = Xml::new();
    xml.element("SSHPublicKey", |xml| write(xml, &key, &name));
    user.ssh_keys.push(key);
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetSSHPublicKey.html>
fn get(call: &Call, accounts: &mut Accounts) -> Answer {
    policies::choice(&call.params, "Encoding", &["SSH", "PEM"])?;
    let name = permit_user(call, accounts)?;
    let key = found(call, accounts, &name)?;
    let mut xml = Xml::new();
    xml.element("SSHPublicKey", |xml| write(xml, key, &name));
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListSSHPublicKeys.html>
fn list(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let user = find_user(own(call, accounts), &name)?;
    let page = page::cut(&call.params, &user.ssh_keys)?;
    let mut xml = Xml::new();
    page.write(&mut xml, "SSHPublicKeys", |xml, key| {
        write_bare(xml, key, &name)
    });
    Ok(xml)
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateSSHPublicKey.html>
fn update(call: &Call, accounts: &mut Accounts) -> Answer {
    let status = status(&call.params)?;
    let name = permit_user(call, accounts)?;
    found(call, accounts, &name)?.status = status;
    Ok(Xml::new())
}

/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteSSHPublicKey.html>
fn delete(call: &Call, accounts: &mut Accounts) -> Answer {
    let name = permit_user(call, accounts)?;
    let id = found(call, accounts, &name)?.id.clone();
    find_user_mut(own_mut(call, accounts), &name)?
        .ssh_keys
        .retain(|key| key.id != id);
    Ok(Xml::new())
}

fn found<'a>(
    call: &Call,
    accounts: &'a mut Accounts,
    name: &UserName,
) -> Result<&'a mut SshKey, Failure> {
    let id = call.params.require("SSHPublicKeyId")?;
    let user = find_user_mut(own_mut(call, accounts), name)?;
    let key = user.ssh_keys.iter_mut().find(|key| key.id == id);
    key.ok_or_else(|| Failure::no_such(format!("Public Key with id {id}")))
}

/// The bytes of an RSA key, which is in SSH's form or in PEM.
fn blob(body: &str) -> Result<Vec<u8>, Failure> {
    let invalid = || {
        let message = "The specified SSH public key is not valid.";
        Failure::new(400, "InvalidPublicKey", message)
    };
    if let Some(rest) = body.strip_prefix("-----BEGIN PUBLIC KEY-----") {
        let inner = rest.strip_suffix("-----END PUBLIC KEY-----");
        let text: String = inner.ok_or_else(invalid)?.split_whitespace().collect();
        return BASE64.decode(text.as_bytes()).map_err(|_| invalid());
    }
    let mut parts = body.split_whitespace();
    if parts.next() != Some("ssh-rsa") {
        return Err(Failure::new(
            400,
            "UnrecognizedPublicKeyEncoding",
            "Unsupported or unrecognized SSH public key encoding.",
        ));
    }
    parts
        .next()
        .and_then(|text| BASE64.decode(text.as_bytes()).ok())
        .filter(|blob| blob.starts_with(b"\x00\x00\x00\x07ssh-rsa"))
        .ok_or_else(invalid)
}

/// Sixteen pairs of digits between colons.
fn fingerprint(body: &str) -> String {
    let digest = Md5::digest(blob(body).unwrap_or_default());
    let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(":")
}

/// The members of a key that lists show.
fn write_bare(xml: &mut Xml, key: &SshKey, user: &UserName) {
    xml.text("UserName", user)
        .text("SSHPublicKeyId", &key.id)
        .text("Status", key.status.as_str())
        .text("UploadDate", key.uploaded);
}

fn write(xml: &mut Xml, key: &SshKey, user: &UserName) {
    write_bare(xml, key, user);
    xml.text("Fingerprint", fingerprint(&key.body))
        .text("SSHPublicKeyBody", &key.body);
}
