//! Reads a team file from a path or an address. Plain HTTP is accepted only from this machine, because
//! an attacker on the network could choose the roles that are used.

use std::path::Path;

use keyward_aws::{Aws, HttpRequest, Method, Settings};
use keyward_core::chain::Endpoints;
use keyward_core::text::shown_url;
use zeroize::Zeroizing;

use super::Team;
use crate::screen::error::CliError;
use crate::state::local_state::now;
use crate::system::locations;
use crate::system::read_limited;

/// No team file is longer.
const LONGEST: usize = 256 * 1024;

/// Reads the file at a path or an address.
pub(crate) fn read(source: &str) -> Result<Team, CliError> {
    let bytes = if source.starts_with("https://") || source.starts_with("http://") {
        download(source)?
    } else {
        let path = Path::new(source);
        let unreadable = |e: std::io::Error| {
            CliError::usage(format!("`{}` cannot be read", locations::show(path))).because(e)
        };
        read_limited::read(path, read_limited::DOCUMENT).map_err(unreadable)?
    };
    if bytes.len() > LONGEST {
        return Err(CliError::usage(format!(
            "`{source}` is too long for a team file"
        )));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| CliError::usage(format!("`{source}` is not UTF-8 text")))?;
    Team::parse(&text).map_err(|error| {
        CliError::usage(format!("the team file `{source}` cannot be used")).because(error)
    })
}

fn download(url: &str) -> Result<Vec<u8>, CliError> {
    let local = ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"];
    if url.starts_with("http://") && !local.iter().any(|start| url.starts_with(start)) {
        return Err(CliError::usage(
            "keyward does not fetch a team file over plain http, where others on the network can change it",
        )
        .hint("use an https address, or a copy of the file"));
    }
    let aws = Aws::new(Settings {
        endpoints: Endpoints::default(),
        region: None,
        partition_hint: None,
        now,
        proxy_from_env: true,
    });
    let request = HttpRequest {
        method: Method::Get,
        url: url.to_owned(),
        headers: Vec::new(),
        body: Zeroizing::new(Vec::new()),
    };
    let failed = || CliError::failed(format!("`{}` cannot be fetched", shown_url(url)));
    let answer = aws.http(request).map_err(|e| {
        let steps = e.next_steps();
        failed().because(e).hint_all(steps)
    })?;
    match answer.status {
        200 => Ok(answer.body.to_vec()),
        301..=308 => Err(failed()
            .because(format!("it redirects (status {})", answer.status))
            .hint("use the address that it redirects to")),
        status => {
            let error = failed().because(format!("the server answered with status {status}"));
            Err(match answer.passing_refusal() {
                Some(step) => error.hint(step),
                None => error.hint(
                    "check the address; where the server asks for a sign-in, save the file yourself and give its path",
                ),
            })
        }
    }
}
