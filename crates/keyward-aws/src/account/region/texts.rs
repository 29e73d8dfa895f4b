//! Reads elements of EC2's XML that hold nothing but text. It is not an XML parser: it undoes no escapes, and a
//! cut element is none.

/// The texts of all elements of this name, in their order. The names that are asked for hold
/// nothing but text.
pub(super) fn texts<'x>(xml: &'x str, name: &str) -> impl Iterator<Item = &'x str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let start = rest.find(&open)? + open.len();
        let length = rest[start..].find(&close)?;
        let text = &rest[start..start + length];
        rest = &rest[start + length + close.len()..];
        Some(text)
    })
}

#[cfg(test)]
mod tests;
