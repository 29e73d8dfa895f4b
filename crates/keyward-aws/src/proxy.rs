//! Proxies as the environment names them, read as Python and with it the AWS CLI and boto3 read
//! them: a variable in small letters comes before the one in capitals, also where it is empty.
//! Refuses a proxy that cannot be read: a call that was to go through it must not go past it.
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html>

use std::net::IpAddr;

use aws_smithy_http_client::proxy::ProxyConfig;

use crate::error::{Because, CallError};

/// The ways to read a variable; an empty one is not an absent one.
pub(crate) type Read<'r> = &'r dyn Fn(&str) -> Option<String>;

/// The first stop of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Route {
    /// To its server.
    Direct,
    /// To a proxy.
    Proxy(Proxy),
}

/// A proxy for one kind of endpoint. Its address may contain a password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// The variable that names it.
    variable: &'static str,
    url: String,
    scheme: Scheme,
    /// The hosts that are reached past it, on the endpoint's port.
    past: Vec<String>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proxy")
            .field("variable", &self.variable)
            .field("past", &self.past)
            .finish_non_exhaustive()
    }
}

/// The protocol of an endpoint, and its usual port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind {
    scheme: Scheme,
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scheme {
    Http,
    Https,
}

impl Kind {
    /// The kind of an endpoint; without one it is AWS's own.
    pub(crate) fn of(endpoint: Option<&str>) -> Self {
        let (scheme, rest) = match endpoint {
            Some(url) if url.starts_with("http://") => (Scheme::Http, &url["http://".len()..]),
            Some(url) => (Scheme::Https, url.strip_prefix("https://").unwrap_or(url)),
            None => (Scheme::Https, ""),
        };
        let usual = match scheme {
            Scheme::Http => 80,
            Scheme::Https => 443,
        };
        let port = host_and_port(rest).1.unwrap_or(usual);
        Self { scheme, port }
    }
}

/// The host of what follows the scheme of a URL, and its port where it names one.
fn host_and_port(rest: &str) -> (&str, Option<u16>) {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let authority = authority.rsplit('@').next().unwrap_or_default();
    if let Some((host, after)) = authority
        .strip_prefix('[')
        .and_then(|v6| v6.split_once(']'))
    {
        let port = after.strip_prefix(':').and_then(|port| port.parse().ok());
        return (host, port);
    }
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (host, port.parse().ok()),
        _ => (authority, None),
    }
}

impl Route {
    /// The route of an endpoint's connections.
    ///
    /// # Errors
    /// The variable for it does not name a usable proxy.
    pub(crate) fn of(kind: Kind, read: Read<'_>) -> Result<Self, CallError> {
        let own: [&'static str; 2] = match kind.scheme {
            Scheme::Https => ["https_proxy", "HTTPS_PROXY"],
            // A web server that runs a program sets the one in capitals from a request's header.
            Scheme::Http if read("REQUEST_METHOD").is_some() => ["http_proxy", "http_proxy"],
            Scheme::Http => ["http_proxy", "HTTP_PROXY"],
        };
        let Some((variable, value)) =
            first(own, read).or_else(|| first(["all_proxy", "ALL_PROXY"], read))
        else {
            return Ok(Self::Direct);
        };
        let url = address(&value).map_err(|why| CallError::Proxy {
            variable,
            because: Because::text(why),
        })?;
        let rules = first(["no_proxy", "NO_PROXY"], read).map(|(_, rules)| rules);
        Ok(Self::Proxy(Proxy {
            variable,
            url,
            scheme: kind.scheme,
            past: past(&rules.unwrap_or_default(), kind.port),
        }))
    }

    /// The route in the form that connections need.
    pub(crate) fn config(&self) -> Result<ProxyConfig, CallError> {
        let Self::Proxy(proxy) = self else {
            return Ok(ProxyConfig::disabled());
        };
        let made = match proxy.scheme {
            Scheme::Http => ProxyConfig::http(proxy.url.as_str()),
            Scheme::Https => ProxyConfig::https(proxy.url.as_str()),
        };
        made.map(|made| made.no_proxy(proxy.past.join(",")))
            .map_err(|_| CallError::Proxy {
                variable: proxy.variable,
                because: Because::text(UNREADABLE),
            })
    }

    /// The variable that names the proxy which a URL's connection goes through.
    pub(crate) fn variable(&self, url: &str) -> Option<&'static str> {
        let Self::Proxy(proxy) = self else {
            return None;
        };
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let (host, _) = host_and_port(rest);
        let is_past = proxy.past.iter().any(|rule| matches(rule, host));
        (!is_past).then_some(proxy.variable)
    }
}

/// The first variable that is set, unless it is empty: an empty one switches the other off.
fn first(names: [&'static str; 2], read: Read<'_>) -> Option<(&'static str, String)> {
    let (name, value) = names
        .into_iter()
        .find_map(|name| Some((name, read(name)?)))?;
    let value = value.trim().to_owned();
    (!value.is_empty()).then_some((name, value))
}

const UNREADABLE: &str = "it is not an address such as http://proxy.example.com:8080";

/// The address of a proxy, which needs no scheme.
fn address(value: &str) -> Result<String, &'static str> {
    let url = match value.split_once("://") {
        Some(("http" | "https", _)) => value.to_owned(),
        Some(_) => return Err("only proxies that speak `http://` or `https://` can be used"),
        None => format!("http://{value}"),
    };
    let (_, rest) = url.split_once("://").ok_or(UNREADABLE)?;
    if rest.matches('@').count() > 1 {
        return Err("an `@` in its password must be written as `%40`");
    }
    // The rest of an invalid port would become part of the host.
    let (host, _) = host_and_port(rest);
    let is_v6 = rest.contains('[');
    let bad = host.is_empty() || (host.contains(':') && !is_v6) || ends_in_no_port(rest);
    match bad || ProxyConfig::http(url.as_str()).is_err() {
        true => Err(UNREADABLE),
        false => Ok(url),
    }
}

/// Whether the port is not a number.
fn ends_in_no_port(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let after = authority.rsplit(['@', ']']).next().unwrap_or_default();
    after
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_err())
}

/// The hosts that are reached past a proxy by a port: rules without a port, and those with it.
fn past(rules: &str, port: u16) -> Vec<String> {
    rules
        .split(',')
        .map(str::trim)
        .filter_map(|rule| match host_and_port(rule) {
            (_, Some(other)) if other != port => None,
            // A network such as 10.0.0.0/8 is kept whole.
            (host, Some(_)) => Some(host.to_owned()),
            (_, None) => Some(rule.to_owned()),
        })
        .filter(|rule| !rule.is_empty())
        .collect()
}

/// Whether a rule without a port names a host. A domain includes those below it.
fn matches(rule: &str, host: &str) -> bool {
    if rule == "*" {
        return true;
    }
    if let Ok(ip) = host.parse::<IpAddr>() {
        return within(rule.trim_matches(['[', ']']), ip);
    }
    let (rule, host) = (rule.to_ascii_lowercase(), host.to_ascii_lowercase());
    let domain = rule.trim_start_matches('.');
    host == domain
        || host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// Whether an address is the rule's, or of the rule's network.
fn within(rule: &str, ip: IpAddr) -> bool {
    let (network, bits) = match rule.split_once('/') {
        Some((network, bits)) => (network, bits.parse::<u32>().ok()),
        None => (rule, Some(128)),
    };
    let (Ok(network), Some(bits)) = (network.parse::<IpAddr>(), bits) else {
        return false;
    };
    match (network, ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => {
            let off = 32_u32.saturating_sub(bits);
            u32::from(network).checked_shr(off) == u32::from(ip).checked_shr(off)
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) => {
            let off = 128_u32.saturating_sub(bits);
            u128::from(network).checked_shr(off) == u128::from(ip).checked_shr(off)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests;
