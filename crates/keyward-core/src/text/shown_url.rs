//! URLs as people see them: without the name and password that a configured endpoint may hold. An
//! unescaped `/`, `?` or `#` in a password leaves no sure end, and then nothing is shown.

/// The text in place of a URL that may not be shown.
pub const HIDDEN: &str = "***";

/// The URL as it may be shown. With a name and password, that is its scheme, host and port; where the
/// text does not say for sure which part is the host, it is [`HIDDEN`].
#[must_use]
pub fn shown_url(url: &str) -> String {
    if !url.contains('@') {
        return url.to_owned();
    }
    without_user(url).unwrap_or_else(|| HIDDEN.to_owned())
}

fn without_user(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme_fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, after) = rest.split_at(end);
    let (_, host) = authority.rsplit_once('@')?;
    let host_fits =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':' | '[' | ']');
    let sure = !scheme.is_empty()
        && scheme.chars().all(scheme_fits)
        && !host.is_empty()
        && host.chars().all(host_fits)
        && !after.contains('@');
    sure.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests;
