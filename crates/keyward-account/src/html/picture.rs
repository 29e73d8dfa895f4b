//! The graph of who reaches what, inside a page.

use super::{Escaped, line};
use crate::graph::draw::sized;
use crate::graph::{EdgeKind, Graph};

/// The number of lines without MFA that are listed under the drawing.
const LISTED: usize = 100;

/// A drawing that is wider than the window shrinks to this part of its width at most, so that its
/// text of 13 pixels stays legible.
const LEGIBLE: f64 = 0.7;

/// Adds the drawing, and the roles that are open without MFA as a list for those who cannot see
/// it.
pub(crate) fn picture(out: &mut String, graph: &Graph) {
    out.push_str("<h2 id=\"reach\">Who reaches what</h2>\n");
    // Inside a page the drawing needs no name of its language.
    let (drawing, width) = sized(graph);
    let least = width * LEGIBLE;
    let drawing = drawing.replacen(
        " xmlns=\"http://www.w3.org/2000/svg\"",
        &format!(" style=\"min-width:{least:.0}px\""),
        1,
    );
    line(
        out,
        format_args!(
            "<div class=\"scroll picture\" tabindex=\"0\" role=\"region\" \
             aria-label=\"Who reaches what\">\n{drawing}</div>"
        ),
    );
    let name = |number: usize| graph.nodes[number].lines.join(" ");
    let open = graph.edges.iter();
    let open: Vec<String> = open
        .filter(|edge| edge.kind == EdgeKind::WithoutMfa)
        .map(|edge| format!("{} → {}", name(edge.from), name(edge.to)))
        .collect();
    if open.is_empty() {
        out.push_str("<p class=\"good\">No role can be assumed without MFA.</p>\n");
        return;
    }
    out.push_str("<h3 class=\"high\">Roles that can be assumed without MFA</h3>\n<ul>\n");
    for text in open.iter().take(LISTED) {
        line(out, format_args!("<li>{}</li>", Escaped(text)));
    }
    out.push_str("</ul>\n");
    if let Some(more) = open.len().checked_sub(LISTED).filter(|more| *more > 0) {
        line(out, format_args!("<p>and {more} more</p>"));
    }
}
