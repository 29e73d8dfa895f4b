//! URLs as errors show them: without the name and password that a configured endpoint may hold.

/// The URL without `NAME:PASSWORD@` before its host.
pub(crate) fn without_user(url: &str) -> String {
    let host_at = url.find("://").map_or(0, |at| at + 3);
    let end = url[host_at..]
        .find(['/', '?', '#'])
        .map_or(url.len(), |at| host_at + at);
    match url[host_at..end].rfind('@') {
        Some(at) => [&url[..host_at], &url[host_at + at + 1..]].concat(),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests;
