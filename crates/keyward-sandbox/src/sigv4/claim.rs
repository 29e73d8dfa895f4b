//! Reading what a request says about its signature, from the header or from the query.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::AccessKeyId;

use super::{Claim, SentIn};
use crate::clock::parse_compact;
use crate::failure::Failure;
use crate::inbound::Inbound;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The longest that a presigned URL lives: seven days.
const LONGEST: u64 = 7 * 24 * 3600;

/// The query parameters that the signer itself adds to a presigned URL.
const ADDED: &[&str] = &[
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-SignedHeaders",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
];

pub(super) fn read(request: &Inbound) -> Result<Claim, Failure> {
    match request.header("authorization") {
        Some(header) => from_header(request, header),
        None if request.query.contains("X-Amz-Signature=") => from_query(request),
        None => Err(Failure::unsigned()),
    }
}

/// The query of a presigned URL without what the signer added.
pub(super) fn unsigned_query(query: &str) -> String {
    query
        .split('&')
        .filter(|pair| !ADDED.contains(&pair.split('=').next().unwrap_or_default()))
        .collect::<Vec<_>>()
        .join("&")
}

fn from_header(request: &Inbound, header: &str) -> Result<Claim, Failure> {
    let Some(rest) = header.strip_prefix(ALGORITHM) else {
        return Err(Failure::incomplete(format!(
            "Authorization header must begin with '{ALGORITHM}'."
        )));
    };
    let part = |name: &'static str| {
        rest.split(',')
            .filter_map(|part| part.trim().split_once('='))
            .find(|(key, _)| *key == name)
    };
    let need = |name: &'static str| {
        part(name).map(|(_, value)| value).ok_or_else(|| {
            Failure::incomplete(format!("Authorization header requires '{name}' parameter."))
        })
    };
    let (credential, signed, signature) = (
        need("Credential")?,
        need("SignedHeaders")?,
        need("Signature")?,
    );
    let date = request.header("x-amz-date").ok_or_else(|| {
        Failure::incomplete(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        )
    })?;
    let token = request.header("x-amz-security-token").map(str::to_owned);
    Scope::read(credential)?.claim(signed, signature, time(date)?, token, SentIn::Headers)
}

fn from_query(request: &Inbound) -> Result<Claim, Failure> {
    let params = request.query_params();
    let need = |name: &'static str| {
        params.get(name).ok_or_else(|| {
            Failure::incomplete(format!(
                "AWS query-string parameters must include '{name}'."
            ))
        })
    };
    if need("X-Amz-Algorithm")? != ALGORITHM {
        return Err(Failure::incomplete("Unsupported AWS 'algorithm'."));
    }
    let seconds: u64 = need("X-Amz-Expires")?
        .parse()
        .ok()
        .filter(|seconds| (1..=LONGEST).contains(seconds))
        .ok_or_else(|| Failure::incomplete("X-Amz-Expires must be between 1 and 604800."))?;
    let place = SentIn::Query {
        lifetime: Duration::from_secs(seconds),
    };
    let token = params.get("X-Amz-Security-Token").map(str::to_owned);
    let (signed, signature) = (need("X-Amz-SignedHeaders")?, need("X-Amz-Signature")?);
    let time = time(need("X-Amz-Date")?)?;
    Scope::read(need("X-Amz-Credential")?)?.claim(signed, signature, time, token, place)
}

fn time(text: &str) -> Result<Timestamp, Failure> {
    parse_compact(text).ok_or_else(|| {
        Failure::incomplete(format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. See \
             http://en.wikipedia.org/wiki/ISO_8601"
        ))
    })
}

/// `KEY/DATE/REGION/SERVICE/aws4_request`.
struct Scope {
    access_key_id: AccessKeyId,
    date: String,
    region: String,
    service: String,
}

impl Scope {
    fn read(credential: &str) -> Result<Self, Failure> {
        let parts: Vec<&str> = credential.split('/').collect();
        let [key, date, region, service, "aws4_request"] = parts[..] else {
            return Err(Failure::incomplete(format!(
                "Credential must have exactly 5 slash-delimited elements, e.g. \
                 keyid/date/region/service/term, got '{credential}'"
            )));
        };
        Ok(Self {
            // AWS knows no key that is not shaped like one.
            access_key_id: key.parse().map_err(|_| Failure::invalid_token())?,
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
        })
    }

    fn claim(
        self,
        signed: &str,
        signature: &str,
        time: Timestamp,
        token: Option<String>,
        place: SentIn,
    ) -> Result<Claim, Failure> {
        Ok(Claim {
            access_key_id: self.access_key_id,
            region: self.region,
            service: self.service,
            token,
            scope_date: self.date,
            signed_headers: signed.split(';').map(str::to_ascii_lowercase).collect(),
            signature: signature.to_owned(),
            time,
            place,
        })
    }
}
