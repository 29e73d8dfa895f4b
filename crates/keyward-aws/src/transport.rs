//! Connections: TLS with ring, whom to trust, proxies, and the one runtime that drives them.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use keyward_core::plan::Endpoints;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::{Because, CallError};
use crate::settings::{Settings, Timeouts};

/// An idle connection older than this is not trusted with a code that works only once.
const IDLE: Duration = Duration::from_secs(10);

/// Runtime and connection pools, each made when first needed.
pub(crate) struct Transport {
    pub(crate) runtime: tokio::runtime::Runtime,
    loopback: Mutex<Option<SharedHttpConnector>>,
    outward: Mutex<Option<SharedHttpConnector>>,
}

impl Transport {
    pub(crate) fn new() -> Result<Self, CallError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
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
        Ok(http_client_fn(move |_, _| connector.clone()))
    }

    /// The same pool below the SDK, for requests that are not AWS's.
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
            return once(&self.loopback, || Ok(builder().build_http()));
        }
        once(&self.outward, || {
            let trust = trust(&settings.endpoints)?;
            let context = TlsContext::builder()
                .with_trust_store(trust)
                .build()
                .map_err(|error| CallError::Runtime {
                    because: Because::of(&error),
                })?;
            let proxy = if settings.proxy_from_env {
                ProxyConfig::from_env()
            } else {
                ProxyConfig::disabled()
            };
            Ok(builder()
                .proxy_config(proxy)
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .tls_context(context)
                .build())
        })
    }
}

/// The connector in `slot`, made by `make` when there is none yet.
fn once(
    slot: &Mutex<Option<SharedHttpConnector>>,
    make: impl FnOnce() -> Result<Connector, CallError>,
) -> Result<SharedHttpConnector, CallError> {
    let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(connector) = slot.as_ref() {
        return Ok(connector.clone());
    }
    Ok(slot.insert(SharedHttpConnector::new(make()?)).clone())
}

fn is_plain_and_near(endpoint: &str) -> bool {
    let Some(rest) = endpoint.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
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

/// Whom to trust: a CA bundle replaces the machine's roots, as in every SDK.
fn trust(endpoints: &Endpoints) -> Result<TrustStore, CallError> {
    let Some(path) = &endpoints.ca_bundle else {
        return Ok(TrustStore::default());
    };
    let fail = |because: Because| CallError::CaBundle {
        path: path.clone(),
        because,
    };
    let pem = std::fs::read(expand_home(path)).map_err(|error| fail(Because::of(&error)))?;
    // The connector would panic on what it cannot parse, so every certificate is tried here.
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| fail(Because::of(&error)))?;
        roots
            .add(certificate)
            .map_err(|error| fail(Because::of(&error)))?;
    }
    if roots.is_empty() {
        return Err(fail(Because::text("it holds no PEM certificate")));
    }
    Ok(TrustStore::empty().with_pem_certificate(pem))
}

/// `~/x` is a path below the home folder in a config file.
fn expand_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(path),
    }
}

#[cfg(test)]
mod tests;
