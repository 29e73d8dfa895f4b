//! The graph as a page: the drawing, and the paths without MFA as a list.

use super::{escaped, svg};
use crate::graph::{EdgeKind, Graph};

/// The graph as an HTML page that needs nothing from elsewhere.
#[must_use]
pub fn html(graph: &Graph) -> String {
    let drawing = svg(graph);
    let open: Vec<String> = graph
        .edges
        .iter()
        .filter(|edge| edge.kind == EdgeKind::WithoutMfa)
        .map(|edge| {
            let name = |number: usize| escaped(&graph.nodes[number].lines.join(" "));
            format!("<li>{} → {}</li>\n", name(edge.from), name(edge.to))
        })
        .collect();
    let list = match open.is_empty() {
        true => "<p>No role can be assumed without MFA.</p>\n".to_owned(),
        false => format!("<ul>\n{}</ul>\n", open.concat()),
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Who can reach what</title>\n\
         <style>body {{ font-family: Helvetica, Arial, sans-serif; margin: 2em; }}</style>\n\
         </head>\n<body>\n<h1>Who can reach what</h1>\n{drawing}\
         <h2>Roles that can be assumed without MFA</h2>\n{list}</body>\n</html>\n"
    )
}
