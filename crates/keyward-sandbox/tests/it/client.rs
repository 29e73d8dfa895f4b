//! A client that signs with the official signer and speaks HTTP over a socket, so that nothing
//! of the server's own code is on both sides.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use keyward_core::Timestamp;
use keyward_core::id::MfaSerial;
use keyward_sandbox::{Accounts, Clock, Options, Sandbox};

pub(crate) const ALICE: &str = "AKIAIOSFODNN7EXAMPLE";
pub(crate) const ALICE_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
pub(crate) const BOB: &str = "AKIAI44QH8DHBEXAMPLE";
pub(crate) const BOB_SECRET: &str = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY";
pub(crate) const PHONE: &str = "arn:aws:iam::123456789012:mfa/alice";
pub(crate) const READ_ONLY: &str = "arn:aws:iam::123456789012:role/ReadOnly";
pub(crate) const ADMINISTRATOR: &str = "arn:aws:iam::123456789012:role/Administrator";
pub(crate) const OTHER_READ_ONLY: &str = "arn:aws:iam::111122223333:role/ReadOnly";
pub(crate) const DEPLOY: &str = "arn:aws:iam::111122223333:role/Deploy";

pub(crate) const WRONG_CODE: &str = "403 AccessDenied: MultiFactorAuthentication failed with invalid MFA \
     one time pass code. ";
pub(crate) const WRONG_DEVICE: &str = "403 AccessDenied: MultiFactorAuthentication failed, unable to \
     validate MFA code.  Please verify your MFA serial number is valid and associated with this \
     user.";
pub(crate) const INVALID_TOKEN: &str =
    "403 InvalidClientTokenId: The security token included in the request is invalid.";

/// A practice account whose clock shows 2026-11-21T09:00:00Z.
pub(crate) fn start() -> Sandbox {
    start_with(Accounts::practice())
}

pub(crate) fn start_with(accounts: Accounts) -> Sandbox {
    let clock = Clock::frozen("2026-11-21T09:00:00Z".parse().unwrap());
    Sandbox::start(accounts, Options { port: 0, clock }).unwrap()
}

pub(crate) fn phone() -> MfaSerial {
    PHONE.parse().unwrap()
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The text of the first element with this name.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let start = self.body.find(&format!("<{name}>"))? + name.len() + 2;
        let end = self.body[start..].find(&format!("</{name}>"))? + start;
        Some(
            self.body[start..end]
                .replace("&#39;", "'")
                .replace("&quot;", "\"")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"),
        )
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// `Code: Message`, or `OK`.
    pub(crate) fn outcome(&self) -> String {
        match (self.status, self.text("Code"), self.text("Message")) {
            (200, None, _) => "OK".to_owned(),
            (_, Some(code), Some(message)) => format!("{} {code}: {message}", self.status),
            _ => format!("{} {}", self.status, self.body),
        }
    }

    #[track_caller]
    pub(crate) fn is(&self, expect: &str) -> &Self {
        assert_eq!(self.outcome(), expect);
        self
    }

    /// Fails with the answer's own text when it is a refusal.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.outcome(), "OK", "{}", self.body);
        self
    }

    /// The key in `<Credentials>`, to sign with.
    #[track_caller]
    pub(crate) fn key(&self) -> Key {
        let text = |name: &str| {
            self.text(name)
                .unwrap_or_else(|| panic!("{}", self.outcome()))
        };
        Key {
            id: text("AccessKeyId"),
            secret: text("SecretAccessKey"),
            token: self.text("SessionToken"),
        }
    }
}

/// A key to sign with.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

impl Key {
    pub(crate) fn long(id: &str, secret: &str) -> Self {
        Self {
            id: id.to_owned(),
            secret: secret.to_owned(),
            token: None,
        }
    }

    pub(crate) fn alice() -> Self {
        Self::long(ALICE, ALICE_SECRET)
    }

    pub(crate) fn bob() -> Self {
        Self::long(BOB, BOB_SECRET)
    }
}

/// The choices for signing a request.
#[derive(Debug, Clone)]
pub(crate) struct Signing {
    pub(crate) service: &'static str,
    pub(crate) time: Timestamp,
    /// For a presigned URL.
    pub(crate) lifetime: Option<Duration>,
}

/// Sends raw HTTP and reads the whole answer; `None` when the connection closes without one.
pub(crate) fn exchange(port: u16, request: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut text = Vec::new();
    // A reset is one of the ways in which an answer does not come.
    let _ = stream.read_to_end(&mut text);
    let text = String::from_utf8(text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}

/// `a=b&c=d`.
pub(crate) fn form(params: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params)
        .finish()
}

/// A GET without a signature.
pub(crate) fn get(sandbox: &Sandbox, path: &str) -> Answer {
    let port = sandbox.port();
    exchange(
        port,
        &format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\r\n"),
    )
    .unwrap()
}

/// The text of a signed request.
pub(crate) fn signed(port: u16, key: &Key, signing: &Signing, params: &[(&str, &str)]) -> String {
    let credentials = Credentials::new(
        key.id.as_str(),
        key.secret.as_str(),
        key.token.clone(),
        None,
        "test",
    );
    let identity = credentials.into();
    let mut settings = SigningSettings::default();
    let body = form(params);
    let host = format!("127.0.0.1:{port}");
    let kind = "application/x-www-form-urlencoded; charset=utf-8";
    let (method, uri, headers, payload) = match signing.lifetime {
        Some(lifetime) => {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(lifetime);
            (
                "GET",
                format!("http://{host}/?{body}"),
                vec![("host", host.as_str())],
                "",
            )
        }
        None => {
            let headers = vec![("host", host.as_str()), ("content-type", kind)];
            ("POST", format!("http://{host}/"), headers, body.as_str())
        }
    };
    let second = u64::try_from(signing.time.as_second()).unwrap();
    let time: SystemTime = UNIX_EPOCH + Duration::from_secs(second);
    let signing_params = v4::SigningParams::builder()
        .identity(&identity)
        .region("eu-central-1")
        .name(signing.service)
        .time(time)
        .settings(settings)
        .build()
        .unwrap()
        .into();
    let signable = SignableRequest::new(
        method,
        uri.clone(),
        headers.clone().into_iter(),
        SignableBody::Bytes(payload.as_bytes()),
    )
    .unwrap();
    let (instructions, _) = sign(signable, &signing_params).unwrap().into_parts();
    let (added, query) = instructions.into_parts();
    let query: String = query
        .iter()
        .map(|(name, value)| format!("&{}", form(&[(name, value)])))
        .collect();
    let target = uri.strip_prefix(&format!("http://{host}")).unwrap();
    let mut text = format!("{method} {target}{query} HTTP/1.1\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    for header in added {
        text.push_str(&format!("{}: {}\r\n", header.name(), header.value()));
    }
    text.push_str(&format!(
        "content-length: {}\r\n\r\n{payload}",
        payload.len()
    ));
    text
}

/// A call by a key, signed for the server's present.
pub(crate) fn call(
    sandbox: &Sandbox,
    key: &Key,
    service: &'static str,
    action: &str,
    params: &[(&str, &str)],
) -> Answer {
    let time = sandbox.clock().now();
    let version = match service {
        "iam" => "2010-05-08",
        "cloudformation" => "2010-05-15",
        "ec2" => "2016-11-15",
        _ => "2011-06-15",
    };
    let mut whole = vec![("Action", action), ("Version", version)];
    whole.extend_from_slice(params);
    let signing = Signing {
        service,
        time,
        lifetime: None,
    };
    let port = sandbox.port();
    exchange(port, &signed(port, key, &signing, &whole)).expect("an answer")
}

/// A call of STS.
pub(crate) fn sts(sandbox: &Sandbox, key: &Key, action: &str, params: &[(&str, &str)]) -> Answer {
    call(sandbox, key, "sts", action, params)
}

/// A call of IAM.
pub(crate) fn iam(sandbox: &Sandbox, key: &Key, action: &str, params: &[(&str, &str)]) -> Answer {
    call(sandbox, key, "iam", action, params)
}

/// A session of the role that may do everything.
pub(crate) fn administrator(sandbox: &Sandbox) -> Key {
    assume(sandbox, &alice_mfa(sandbox), ADMINISTRATOR, &[])
        .ok()
        .key()
}

/// Alice's session with a code.
pub(crate) fn alice_mfa(sandbox: &Sandbox) -> Key {
    let code = sandbox.fresh_code(&phone()).unwrap();
    let params = [("SerialNumber", PHONE), ("TokenCode", code.expose())];
    sts(sandbox, &Key::alice(), "GetSessionToken", &params)
        .ok()
        .key()
}

/// A role's session.
pub(crate) fn assume(sandbox: &Sandbox, key: &Key, role: &str, more: &[(&str, &str)]) -> Answer {
    let mut params = vec![("RoleArn", role), ("RoleSessionName", "test")];
    params.extend_from_slice(more);
    sts(sandbox, key, "AssumeRole", &params)
}

/// A practice account with its administrator, for tests of what an administrator is refused.
pub(crate) struct Office {
    pub(crate) sandbox: Sandbox,
    admin: Key,
}

impl Office {
    pub(crate) fn open() -> Self {
        let sandbox = start();
        let admin = administrator(&sandbox);
        Self { sandbox, admin }
    }

    /// A new account in which only the root user has a key.
    pub(crate) fn empty() -> Self {
        let accounts = Accounts::empty_with_root("123456789012".parse().unwrap());
        Self {
            sandbox: start_with(accounts),
            // The example key is the root user's here.
            admin: Key::alice(),
        }
    }

    /// A call by the administrator.
    pub(crate) fn call(&self, action: &str, params: &[(&str, &str)]) -> Answer {
        iam(&self.sandbox, &self.admin, action, params)
    }

    /// A call by the administrator that must succeed.
    #[track_caller]
    pub(crate) fn ok(&self, action: &str, params: &[(&str, &str)]) -> Answer {
        self.call(action, params).ok()
    }

    /// Makes a managed policy and returns its ARN.
    pub(crate) fn policy(&self, name: &str) -> String {
        let params = [("PolicyName", name), ("PolicyDocument", DOCUMENT)];
        self.ok("CreatePolicy", &params).text("Arn").unwrap()
    }

    /// Makes a role that the account may let in.
    pub(crate) fn role(&self, name: &str) -> String {
        let params = [("RoleName", name), ("AssumeRolePolicyDocument", TRUST)];
        self.ok("CreateRole", &params).text("Arn").unwrap()
    }

    /// Changes the first account behind the server's back.
    pub(crate) fn change(&self, change: impl FnOnce(&mut keyward_sandbox::Account)) {
        self.sandbox.with_accounts(|accounts| {
            let id = "123456789012".parse().unwrap();
            change(accounts.account_mut(&id).unwrap());
        });
    }
}

/// A document of permissions.
pub(crate) const DOCUMENT: &str = r#"{"Version":"2012-10-17","Statement":[
  {"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}"#;

/// A trust policy that leaves the decision to the first account.
pub(crate) const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
  "Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}]}"#;
