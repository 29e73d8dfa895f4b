use std::collections::BTreeMap;

use super::*;

/// The route of an endpoint in an environment: `direct`, `VARIABLE URL`, or the error.
fn check(variables: &[(&str, &str)], endpoint: &str, expect: &str) {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    let read = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    let message = match Route::of(Kind::of(Some(endpoint)), &read) {
        Ok(route) => match (route.variable(endpoint), &route) {
            (Some(variable), Route::Proxy(proxy)) => format!("{variable} {}", proxy.url),
            _ => "direct".to_owned(),
        },
        Err(CallError::Proxy { variable, because }) => format!("{variable}: {because}"),
        Err(other) => other.to_string(),
    };
    assert_eq!(message, expect, "{variables:?} {endpoint}");
}

const AWS: &str = "https://sts.us-east-1.amazonaws.com";

#[test]
fn small_letters_come_before_capitals_as_in_boto3() {
    let upper = ("HTTPS_PROXY", "http://upper:1");
    check(&[], AWS, "direct");
    check(&[upper], AWS, "HTTPS_PROXY http://upper:1");
    check(
        &[upper, ("https_proxy", "http://lower:1")],
        AWS,
        "https_proxy http://lower:1",
    );
    // An empty one switches the other off.
    check(&[upper, ("https_proxy", "")], AWS, "direct");
    check(
        &[("all_proxy", "http://all:1")],
        AWS,
        "all_proxy http://all:1",
    );
    check(&[("HTTP_PROXY", "http://plain:1")], AWS, "direct");
    check(
        &[("HTTP_PROXY", "http://plain:1")],
        "http://sts.example.com",
        "HTTP_PROXY http://plain:1",
    );
    check(
        &[("HTTP_PROXY", "http://plain:1"), ("REQUEST_METHOD", "GET")],
        "http://sts.example.com",
        "direct",
    );
}

#[test]
fn an_address_that_cannot_be_read_is_an_error() {
    for (value, expect) in [
        ("proxy.corp:8080", "HTTPS_PROXY http://proxy.corp:8080"),
        ("proxy.corp", "HTTPS_PROXY http://proxy.corp"),
        (
            " https://user:p%40ss@proxy.corp:3128 ",
            "HTTPS_PROXY https://user:p%40ss@proxy.corp:3128",
        ),
        ("[::1]:3128", "HTTPS_PROXY http://[::1]:3128"),
        (
            "http://proxy.corp:eighty",
            "HTTPS_PROXY: it is not an address such as http://proxy.example.com:8080",
        ),
        (
            "http://proxy corp:8080",
            "HTTPS_PROXY: it is not an address such as http://proxy.example.com:8080",
        ),
        (
            "http://",
            "HTTPS_PROXY: it is not an address such as http://proxy.example.com:8080",
        ),
        (
            "socks5://proxy.corp:1080",
            "HTTPS_PROXY: only proxies that speak `http://` or `https://` can be used",
        ),
        (
            "http://user:p@ss@proxy.corp:8080",
            "HTTPS_PROXY: an `@` in its password must be written as `%40`",
        ),
    ] {
        check(&[("HTTPS_PROXY", value)], AWS, expect);
    }
}

#[test]
fn hosts_are_reached_past_the_proxy_by_name_and_port() {
    let is_past = |rules: &str, endpoint: &str, expect: bool| {
        let expect = match expect {
            true => "direct",
            false => "https_proxy http://proxy:1",
        };
        check(
            &[("https_proxy", "http://proxy:1"), ("no_proxy", rules)],
            endpoint,
            expect,
        );
    };
    is_past("amazonaws.com", AWS, true);
    is_past(".amazonaws.com", AWS, true);
    is_past("AmazonAWS.com", AWS, true);
    is_past("amazonaws.com:443", AWS, true);
    is_past("amazonaws.com:8443", AWS, false);
    is_past("naws.com", AWS, false);
    is_past("*", AWS, true);
    is_past("a.example, sts.local:4566", "https://sts.local:4566", true);
    is_past("sts.local:4566", "https://sts.local:4567", false);
    is_past("sts.local:4566", "https://sts.local", false);
    is_past("10.0.0.0/8", "https://10.1.2.3:8443/", true);
    is_past("10.0.0.0/8", "https://11.1.2.3", false);
    is_past("10.1.2.3:8443", "https://10.1.2.3:8443/", true);
    is_past("fd00::/8", "https://[fd12::1]:8443", true);
    is_past("0.0.0.0/0", "https://10.1.2.3", true);
    check(
        &[
            ("https_proxy", "http://proxy:1"),
            ("NO_PROXY", "amazonaws.com"),
        ],
        AWS,
        "direct",
    );
}

#[test]
fn the_connections_take_every_route() {
    for (variables, endpoint) in [
        (vec![], AWS),
        (vec![("https_proxy", "user:pass@proxy:1")], AWS),
        (vec![("http_proxy", "proxy:1")], "http://sts.example.com"),
    ] {
        let read = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name)?;
            Some(found.1.to_owned())
        };
        let route = Route::of(Kind::of(Some(endpoint)), &read).unwrap();
        assert!(route.config().is_ok(), "{route:?}");
    }
}
