//! The graph as SVG, without scripts and without anything from elsewhere.

use std::fmt::Write as _;

use super::escaped;
use crate::graph::layout::{Path, Rectangle, layout};
use crate::graph::{Column, EdgeKind, Graph, Node};

const LEGEND: f64 = 44.0;
const ENTRY: f64 = 240.0;

/// The graph as an SVG document.
#[must_use]
pub fn svg(graph: &Graph) -> String {
    sized(graph).0
}

/// The graph as an SVG document, and its width in pixels.
pub(crate) fn sized(graph: &Graph) -> (String, f64) {
    let layout = layout(graph);
    let legend: Vec<EdgeKind> = EdgeKind::ALL
        .into_iter()
        .filter(|kind| {
            let drawn = graph.edges.iter().any(|edge| edge.kind == *kind);
            drawn || ![EdgeKind::ByToken, EdgeKind::InAccount].contains(kind)
        })
        .collect();
    let entries = legend.iter().fold(0.0, |width, _| width + ENTRY);
    let width = layout.width.max(entries + 32.0);
    let height = layout.height + LEGEND;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"Helvetica, Arial, sans-serif\" \
         font-size=\"13\" role=\"img\">\n<title>Who can reach what</title>\n\
         <defs>{}{}</defs>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
        arrow("with", "#1f7a4d") + &arrow("token", "#1a56b0"),
        arrow("without", "#c62828")
    );
    for (column, x) in &layout.headings {
        let title = column.title();
        line(
            &mut text,
            format_args!(
                "<text x=\"{x:.1}\" y=\"26\" font-weight=\"bold\" fill=\"#333333\">{title}</text>"
            ),
        );
    }
    let mut paths: Vec<&Path> = layout.paths.iter().collect();
    // Edges without MFA are drawn last, above the others.
    paths.sort_by_key(|path| match path.edge.kind {
        EdgeKind::InAccount => 0,
        EdgeKind::Member => 1,
        EdgeKind::ByToken => 2,
        EdgeKind::WithMfa => 3,
        EdgeKind::WithoutMfa => 4,
    });
    for path in paths {
        let names = [path.edge.from, path.edge.to].map(|n| escaped(&graph.nodes[n].lines[0]));
        let said = format!("{} → {}: {}", names[0], names[1], path.edge.kind.legend());
        line(
            &mut text,
            format_args!(
                "<path d=\"{}\" {}><title>{said}</title></path>",
                curve(&path.points),
                style(path.edge.kind)
            ),
        );
    }
    for (node, place) in graph.nodes.iter().zip(&layout.boxes) {
        boxed(&mut text, node, *place);
    }
    let mut x = 16.0;
    let y = layout.height + LEGEND / 2.0;
    for kind in legend {
        let (end, label, below) = (x + 36.0, x + 44.0, y + 4.5);
        line(
            &mut text,
            format_args!(
                "<path d=\"M{x:.1} {y:.1} L{end:.1} {y:.1}\" {}/><text x=\"{label:.1}\" y=\"{below:.1}\" fill=\"#333333\">{}</text>",
                style(kind),
                kind.legend()
            ),
        );
        x += ENTRY;
    }
    text.push_str("</svg>\n");
    (text, width)
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    writeln!(text, "{what}").expect("a text takes every line");
}

/// The head of a line that says who may assume what.
fn arrow(id: &str, color: &str) -> String {
    format!(
        "<marker id=\"{id}\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"9\" \
         markerHeight=\"9\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">\
         <path d=\"M0 0 L8 4 L0 8 z\" fill=\"{color}\"/></marker>"
    )
}

fn style(kind: EdgeKind) -> &'static str {
    match kind {
        EdgeKind::Member => "fill=\"none\" stroke=\"#7a8699\" stroke-width=\"1.2\"",
        EdgeKind::WithMfa => {
            "fill=\"none\" stroke=\"#1f7a4d\" stroke-width=\"1.8\" marker-end=\"url(#with)\""
        }
        EdgeKind::WithoutMfa => {
            "fill=\"none\" stroke=\"#c62828\" stroke-width=\"2.6\" stroke-dasharray=\"7 4\" marker-end=\"url(#without)\""
        }
        EdgeKind::ByToken => {
            "fill=\"none\" stroke=\"#1a56b0\" stroke-width=\"1.8\" marker-end=\"url(#token)\""
        }
        EdgeKind::InAccount => "fill=\"none\" stroke=\"#c9ced6\" stroke-width=\"1\"",
    }
}

fn curve(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    for (at, (x, y)) in points.iter().enumerate() {
        let Some((before, level)) = at.checked_sub(1).map(|before| points[before]) else {
            path = format!("M{x:.1} {y:.1}");
            continue;
        };
        // Within a column the line goes out to the right and comes back.
        let (first, second) = match before < *x {
            true => (f64::midpoint(before, *x), f64::midpoint(before, *x)),
            false => (before.max(*x) + 60.0, before.max(*x) + 60.0),
        };
        path.push_str(&format!(
            " C{first:.1} {level:.1} {second:.1} {y:.1} {x:.1} {y:.1}"
        ));
    }
    path
}

fn boxed(text: &mut String, node: &Node, place: Rectangle) {
    let fill = match node.column {
        Column::Outsiders => "#fce8e6",
        Column::Users => "#e8f0fe",
        Column::Groups => "#fef7e0",
        Column::Roles => "#e6f4ea",
        Column::ChainedRoles => "#f3e8fd",
        Column::Accounts => "#f1f3f4",
    };
    let Rectangle {
        x,
        y,
        width,
        height,
    } = place;
    line(
        text,
        format_args!(
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"5\" fill=\"{fill}\" stroke=\"#5f6b7a\"/>"
        ),
    );
    let mut base = y + 19.0;
    for (at, label) in node.lines.iter().enumerate() {
        let weight = match (at, node.lines.len()) {
            (0, 2..) => " font-weight=\"bold\"",
            _ => "",
        };
        let left = x + 7.0;
        line(
            text,
            format_args!(
                "<text x=\"{left:.1}\" y=\"{base:.1}\" fill=\"#111111\"{weight}>{}</text>",
                escaped(label)
            ),
        );
        base += 17.0;
    }
}
