//! Connections: one pool for each route, and the one runtime that drives them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use crate::error::{Because, CallError, LONGEST_ANSWER, TooLong};
use crate::proxy::{Kind, Route};
use crate::settings::{Settings, Timeouts};
use crate::trust;

/// An idle connection older than this is not trusted with a code that works only once.
const IDLE: Duration = Duration::from_secs(10);

/// Runtime and connection pools, each made when first needed.
pub(crate) struct Transport {
    pub(crate) runtime: tokio::runtime::Runtime,
    loopback: Mutex<Option<SharedHttpConnector>>,
    /// By what an endpoint speaks and on which port: a proxy may serve one and not the other.
    outward: Mutex<BTreeMap<Kind, SharedHttpConnector>>,
}

/// Refuses to begin where the process may open too few files: the runtime panics there.
pub(crate) fn check_descriptors() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        /// The runtime's own, and those of a connection.
        const PAIRS: usize = 4;
        let pairs: std::io::Result<Vec<_>> = (0..PAIRS)
            .map(|_| std::os::unix::net::UnixStream::pair())
            .collect();
        drop(pairs?);
    }
    Ok(())
}

impl Transport {
    pub(crate) fn new() -> Result<Self, CallError> {
        let runtime = check_descriptors()
            .and_then(|()| {
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
            })
            .map_err(|error| CallError::Runtime {
                because: Because::of(&error),
            })?;
        Ok(Self {
            runtime,
            loopback: Mutex::default(),
            outward: Mutex::default(),
        })
    }

    /// The pool for an endpoint. A practice server on the loopback interface or a
    /// metadata service of the host needs neither the
    /// TLS roots, which take milliseconds to read, nor a proxy, which could not reach it.
    pub(crate) fn client(
        &self,
        endpoint: Option<&str>,
        settings: &Settings,
        timeouts: Timeouts,
    ) -> Result<SharedHttpClient, CallError> {
        let connector = self.connector(endpoint, settings, timeouts)?;
        let connector = SharedHttpConnector::new(Limited(connector));
        Ok(http_client_fn(move |_, _| connector.clone()))
    }

    /// The same connection pool without the SDK, for requests to other servers than AWS's.
    pub(crate) fn connector(
        &self,
        endpoint: Option<&str>,
        settings: &Settings,
        timeouts: Timeouts,
    ) -> Result<SharedHttpConnector, CallError> {
        let builder = || {
            Connector::builder()
                .connector_settings(
                    HttpConnectorSettings::builder()
                        .connect_timeout(timeouts.connect)
                        .build(),
                )
                .pool_idle_timeout(IDLE)
        };
        if endpoint.is_some_and(is_plain_and_near) {
            let mut slot = self.loopback.lock().unwrap_or_else(PoisonError::into_inner);
            let made = slot.get_or_insert_with(|| SharedHttpConnector::new(builder().build_http()));
            return Ok(made.clone());
        }
        let kind = Kind::of(endpoint);
        let mut outward = self.outward.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connector) = outward.get(&kind) {
            return Ok(connector.clone());
        }
        let context = TlsContext::builder()
            .with_trust_store(trust::roots(&settings.endpoints)?)
            .build()
            .map_err(|error| CallError::Runtime {
                because: Because::of(&error),
            })?;
        let connector = builder()
            .proxy_config(route(kind, settings)?.config()?)
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context)
            .build();
        let connector = SharedHttpConnector::new(connector);
        outward.insert(kind, connector.clone());
        Ok(connector)
    }
}

/// The route of an endpoint's connections, as the environment says.
fn route(kind: Kind, settings: &Settings) -> Result<Route, CallError> {
    match settings.proxy_from_env {
        true => Route::of(kind, &|name| {
            let value = std::env::var_os(name)?;
            // A value that is not text is not an address either, and gets the same refusal.
            Some(value.to_string_lossy().into_owned())
        }),
        false => Ok(Route::Direct),
    }
}

/// The variable that names the proxy which a URL's connection goes through, if one does.
pub(crate) fn proxy_for(url: &str, settings: &Settings) -> Option<&'static str> {
    if is_plain_and_near(url) {
        return None;
    }
    route(Kind::of(Some(url)), settings).ok()?.variable(url)
}

/// Reads whole answers, up to a size: the SDK itself has no limit. No operation here streams.
#[derive(Debug)]
struct Limited(SharedHttpConnector);

impl HttpConnector for Limited {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = self.0.call(request);
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            let mut stream = ByteStream::new(response.take_body());
            let mut bytes = Vec::new();
            while let Some(chunk) = stream.next().await {
                let chunk = chunk.map_err(|error| ConnectorError::io(error.into()))?;
                if bytes.len() + chunk.len() > LONGEST_ANSWER {
                    return Err(ConnectorError::other(TooLong.into(), None));
                }
                bytes.extend_from_slice(&chunk);
            }
            *response.body_mut() = SdkBody::from(bytes);
            Ok(response)
        })
    }
}

fn is_plain_and_near(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback() || is_metadata(ip))
}

/// The services of a container's or an instance's own host, which no proxy could ask for it.
fn is_metadata(ip: std::net::IpAddr) -> bool {
    match ip {
        std::net::IpAddr::V4(v4) => v4.is_link_local(),
        std::net::IpAddr::V6(v6) => v6.segments()[..2] == [0xfd00, 0x0ec2],
    }
}

#[cfg(test)]
mod tests;
