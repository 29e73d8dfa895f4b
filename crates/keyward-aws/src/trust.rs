//! The trusted roots: a CA bundle replaces the machine's, as in every SDK. It is read as OpenSSL reads it,
//! with byte order marks and OpenSSL's own certificate form. Refuses a file that is not a regular file,
//! or that is larger than any real bundle.
//!
//! Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html>

mod machine;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use aws_smithy_http_client::tls::TrustStore;
use data_encoding::BASE64;
use keyward_core::chain::Endpoints;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::error::{Because, CallError};

/// The bundle of a whole system takes less than a tenth of it.
const LARGEST: u64 = 16 * 1024 * 1024;
const TOO_LARGE: &str = "it is larger than 16 MiB";

/// The roots that connections trust.
///
/// # Errors
/// The bundle cannot be read, or holds nothing that can be trusted. Without a bundle: the machine has
/// no usable root.
pub(crate) fn roots(endpoints: &Endpoints) -> Result<TrustStore, CallError> {
    let Some(path) = &endpoints.ca_bundle else {
        return Ok(TrustStore::empty().with_pem_certificate(machine::roots()?));
    };
    let fail = |because: Because| CallError::CaBundle {
        path: path.clone(),
        because,
    };
    let text = read(&expand_home(path)).map_err(fail)?;
    let mut checked = RootCertStore::empty();
    let mut pem = Vec::new();
    for certificate in certificates(&text).map_err(fail)? {
        let der = CertificateDer::from(certificate.as_slice());
        // The connector would panic on what it cannot parse, so every certificate is tried here.
        checked
            .add(der)
            .map_err(|error| fail(Because::of(&error)))?;
        write_pem(&certificate, &mut pem);
    }
    if checked.is_empty() {
        return Err(fail(Because::text("it holds no PEM certificate")));
    }
    Ok(TrustStore::empty().with_pem_certificate(pem))
}

fn read(path: &Path) -> Result<String, Because> {
    let failed = |error: std::io::Error| Because::of(&error);
    let found = std::fs::metadata(path).map_err(failed)?;
    if !found.is_file() {
        return Err(Because::text("it is not a regular file"));
    }
    if found.len() > LARGEST {
        return Err(Because::text(TOO_LARGE));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Because::text(TOO_LARGE));
    }
    // Comments between the certificates may be in any encoding.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `~/x` is a path below the home folder in a config file.
fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

/// The certificates of a bundle that may sign servers, as DER.
fn certificates(text: &str) -> Result<Vec<Vec<u8>>, Because> {
    let found: Result<Vec<_>, _> = blocks(text)
        .iter()
        .map(|(label, body)| one(label, body))
        .collect();
    Ok(found?.into_iter().flatten().collect())
}

/// The PEM blocks: their labels and contents.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in text.lines() {
        // A mark starts a file, and also what was joined to one.
        let line = line.trim_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
        if let Some(label) = label(line, "BEGIN") {
            open = Some((label, String::new()));
        } else if label(line, "END").is_some() {
            found.extend(open.take());
        } else if let Some((_, body)) = &mut open {
            body.push_str(line);
        }
    }
    found
}

/// The label of a line such as `-----BEGIN CERTIFICATE-----`.
fn label<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let inside = line.strip_prefix("-----")?.strip_suffix("-----")?;
    inside.strip_prefix(word)?.strip_prefix(' ')
}

/// The certificate of one block; none if the block is something else, or is not trusted with
/// servers.
fn one(label: &str, body: &str) -> Result<Option<Vec<u8>>, Because> {
    let is_openssl = label == "TRUSTED CERTIFICATE";
    if !is_openssl && !["CERTIFICATE", "X509 CERTIFICATE"].contains(&label) {
        return Ok(None);
    }
    let der = BASE64
        .decode(body.as_bytes())
        .map_err(|error| Because::of(&error))?;
    let Some((_, rest)) = element(&der) else {
        return Err(Because::text("a certificate in it is cut"));
    };
    let certificate = der[..der.len() - rest.len()].to_vec();
    // The bytes after the certificate say what OpenSSL trusts it with.
    Ok((!is_openssl || signs_servers(rest)).then_some(certificate))
}

/// The object ids of `serverAuth` and of any purpose.
const SERVERS: [&[u8]; 2] = [&[0x2b, 6, 1, 5, 5, 7, 3, 1], &[0x55, 0x1d, 0x25, 0x00]];

/// Whether OpenSSL's addition to a certificate lets it sign servers: with a list of purposes only
/// for those, and never for those that it rejects.
///
/// Source: <https://docs.openssl.org/3.0/man1/openssl-x509/#trust-settings>
fn signs_servers(addition: &[u8]) -> bool {
    let Some((Element { content, .. }, _)) = element(addition) else {
        return true;
    };
    let mut rest = content;
    while let Some((Element { tag, content }, after)) = element(rest) {
        rest = after;
        let named = names_servers(content);
        match tag {
            // The purposes that are trusted.
            0x30 if !named => return false,
            // Those that are rejected.
            0xa0 if named => return false,
            _ => {}
        }
    }
    true
}

fn names_servers(mut list: &[u8]) -> bool {
    while let Some((Element { tag, content }, after)) = element(list) {
        if tag == 0x06 && SERVERS.contains(&content) {
            return true;
        }
        list = after;
    }
    false
}

/// One element of DER.
struct Element<'d> {
    tag: u8,
    content: &'d [u8],
}

/// The first element, and what follows it.
fn element(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits
                .iter()
                .fold(0, |length, digit| (length << 8) | usize::from(*digit));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Element { tag, content }, rest))
}

fn write_pem(der: &[u8], out: &mut Vec<u8>) {
    let body = BASE64.encode(der);
    out.extend_from_slice(b"-----BEGIN CERTIFICATE-----\n");
    for line in body.as_bytes().chunks(64) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.extend_from_slice(b"-----END CERTIFICATE-----\n");
}

#[cfg(test)]
mod tests;
