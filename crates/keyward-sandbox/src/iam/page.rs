//! Lists in pages: `MaxItems` and `Marker` in, `IsTruncated` and `Marker` out.

use crate::failure::Failure;
use crate::params::Params;
use crate::xml::Xml;

/// Items of one page and where the next begins.
pub(super) struct Page<T> {
    pub(super) items: Vec<T>,
    next: Option<usize>,
}

/// Cuts the page that a call asks for. AWS returns up to a hundred unless the request says
/// otherwise.
pub(super) fn cut<T>(
    params: &Params,
    items: impl IntoIterator<Item = T>,
) -> Result<Page<T>, Failure> {
    let most = params.number("MaxItems", 1, 1000)?.unwrap_or(100);
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let start = match params.get("Marker") {
        None => 0,
        Some(marker) => marker
            .strip_prefix("practice-")
            .and_then(|n| n.parse().ok())
            .ok_or_else(|| Failure::validation("Invalid Marker."))?,
    };
    let mut rest = items.into_iter().skip(start);
    let items: Vec<T> = rest.by_ref().take(most).collect();
    let next = rest.next().map(|_| start + items.len());
    Ok(Page { items, next })
}

impl<T> Page<T> {
    /// Writes the list and whether there is more.
    pub(super) fn write(self, xml: &mut Xml, name: &'static str, each: impl FnMut(&mut Xml, T)) {
        let next = self.next;
        xml.list(name, self.items, each);
        write_next(xml, next);
    }

    /// Writes a list of texts and whether there is more.
    pub(super) fn write_texts<'a>(
        &'a self,
        xml: &mut Xml,
        name: &'static str,
        each: impl Fn(&'a T) -> &'a str,
    ) {
        xml.texts(name, self.items.iter().map(each));
        write_next(xml, self.next);
    }

    /// Writes only whether there is more, for answers that spread a page over several lists.
    pub(super) fn write_end(&self, xml: &mut Xml) {
        write_next(xml, self.next);
    }
}

fn write_next(xml: &mut Xml, next: Option<usize>) {
    xml.text("IsTruncated", next.is_some())
        .maybe("Marker", next.map(|n| format!("practice-{n}")));
}
