//! The positions of boxes and lines: columns from left to right in a fixed order, boxes in a column
//! by the mean place of their neighbours. A line that skips a column gets its own place there, so
//! it crosses no boxes.

use super::{Column, Edge, Graph};

const GAP: f64 = 14.0;
const LINE: f64 = 17.0;
const PADDING: f64 = 7.0;
/// The room for one letter. The reader's typeface is unknown, so a bold letter of a wide typeface
/// fits.
const LETTER: f64 = 8.8;
/// The space between columns; wider in a tall drawing, so that lines are not too steep.
const BETWEEN: f64 = 110.0;
const WIDEST_BETWEEN: f64 = 400.0;
const PLACE_HEIGHT: f64 = 4.0;
const ROUNDS: usize = 12;
/// The room above the boxes, for the headings.
const TOP: f64 = 44.0;
const MARGIN: f64 = 16.0;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Rectangle {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A line: its edge, and the points that it passes through.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Path {
    pub(super) edge: Edge,
    pub(super) points: Vec<(f64, f64)>,
}

/// A drawing without its looks.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Layout {
    /// By the numbers of the nodes.
    pub(super) boxes: Vec<Rectangle>,
    pub(super) paths: Vec<Path>,
    /// The headings with their left edges.
    pub(super) headings: Vec<(Column, f64)>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// An item that needs room in a column: a box, or the place of a line that passes.
#[derive(Debug, Clone)]
struct Item {
    node: Option<usize>,
    column: usize,
    height: f64,
    y: f64,
}

struct Builder<'g> {
    graph: &'g Graph,
    columns: Vec<Column>,
    items: Vec<Item>,
    /// For each edge the items that it passes, both ends included.
    routes: Vec<Vec<usize>>,
    neighbours: Vec<Vec<usize>>,
}

/// Lays a graph out.
pub(super) fn layout(graph: &Graph) -> Layout {
    let mut builder = Builder::new(graph);
    builder.route();
    builder.order();
    builder.finish()
}

impl<'g> Builder<'g> {
    fn new(graph: &'g Graph) -> Self {
        let mut columns: Vec<Column> = graph.nodes.iter().map(|node| node.column).collect();
        columns.sort_unstable();
        columns.dedup();
        let items = graph
            .nodes
            .iter()
            .enumerate()
            .map(|(number, node)| Item {
                node: Some(number),
                column: columns.partition_point(|column| *column < node.column),
                height: 2.0 * PADDING + LINE * count(node.lines.len()),
                y: 0.0,
            })
            .collect();
        Self {
            graph,
            columns,
            items,
            routes: Vec::new(),
            neighbours: Vec::new(),
        }
    }

    fn route(&mut self) {
        for edge in &self.graph.edges {
            let (from, to) = (self.items[edge.from].column, self.items[edge.to].column);
            let mut route = vec![edge.from];
            for column in from + 1..to {
                route.push(self.items.len());
                self.items.push(Item {
                    node: None,
                    column,
                    height: PLACE_HEIGHT,
                    y: 0.0,
                });
            }
            route.push(edge.to);
            self.routes.push(route);
        }
        self.neighbours = vec![Vec::new(); self.items.len()];
        for step in self.routes.iter().flat_map(|route| route.windows(2)) {
            self.neighbours[step[0]].push(step[1]);
            self.neighbours[step[1]].push(step[0]);
        }
    }

    /// Orders every column by the mean height of the neighbours to the left, then to the right.
    fn order(&mut self) {
        let mut stacks: Vec<Vec<usize>> = vec![Vec::new(); self.columns.len()];
        for (number, item) in self.items.iter().enumerate() {
            stacks[item.column].push(number);
        }
        for stack in &stacks {
            self.stack(stack);
        }
        for round in 0..ROUNDS {
            let count = stacks.len();
            for step in 1..count {
                let (column, side) = match round % 2 {
                    0 => (step, step - 1),
                    _ => (count - 1 - step, count - step),
                };
                let mut keyed: Vec<(f64, usize)> = stacks[column]
                    .iter()
                    .map(|item| (self.mean(*item, side), *item))
                    .collect();
                keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
                stacks[column] = keyed.into_iter().map(|(_, item)| item).collect();
                self.stack(&stacks[column]);
            }
        }
        let tallest = stacks.iter().map(|s| self.height(s)).fold(0.0, f64::max);
        // The remaining space is distributed, so that lines between columns of different heights do not
        // meet in one place.
        for stack in &stacks {
            let room = (tallest - self.height(stack)) / count(stack.len());
            for (at, item) in stack.iter().enumerate() {
                self.items[*item].y += room * (count(at) + 0.5);
            }
        }
    }

    fn mean(&self, item: usize, column: usize) -> f64 {
        let middles: Vec<f64> = self.neighbours[item]
            .iter()
            .map(|other| &self.items[*other])
            .filter(|other| other.column == column)
            .map(|other| other.y + other.height / 2.0)
            .collect();
        match middles.len() {
            0 => self.items[item].y + self.items[item].height / 2.0,
            some => middles.iter().sum::<f64>() / count(some),
        }
    }

    fn stack(&mut self, order: &[usize]) {
        let mut y = TOP;
        for item in order {
            self.items[*item].y = y;
            y += self.items[*item].height + GAP;
        }
    }

    fn height(&self, stack: &[usize]) -> f64 {
        let room = stack.iter().map(|item| self.items[*item].height + GAP);
        room.sum::<f64>()
    }

    fn finish(self) -> Layout {
        let mut layout = Layout::default();
        let mut x = MARGIN;
        let bottom = self.items.iter().map(|item| item.y + item.height);
        let between = (bottom.fold(0.0, f64::max) / 10.0).clamp(BETWEEN, WIDEST_BETWEEN);
        let mut columns = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            let nodes = self.graph.nodes.iter().filter(|n| n.column == *column);
            let lines = nodes.flat_map(|node| &node.lines);
            let longest = lines.map(|line| line.chars().count()).max().unwrap_or(0);
            let width = 2.0 * PADDING + LETTER * count(longest.max(column.title().len()));
            columns.push((x, width));
            layout.headings.push((*column, x));
            x += width;
            if at + 1 < self.columns.len() {
                x += between;
            }
        }
        layout.width = x + MARGIN;
        for item in &self.items {
            let (x, width) = columns[item.column];
            if item.node.is_some() {
                layout.boxes.push(Rectangle {
                    x,
                    y: item.y,
                    width,
                    height: item.height,
                });
            }
            layout.height = layout.height.max(item.y + item.height + MARGIN);
        }
        for (edge, route) in self.graph.edges.iter().zip(&self.routes) {
            let points = self.points(*edge, route, &columns);
            let edge = *edge;
            layout.paths.push(Path { edge, points });
        }
        layout
    }

    fn points(&self, edge: Edge, route: &[usize], columns: &[(f64, f64)]) -> Vec<(f64, f64)> {
        let middle = |item: usize| self.items[item].y + self.items[item].height / 2.0;
        let (left, width) = columns[self.items[edge.from].column];
        let start = (left + width, middle(edge.from));
        let (to, to_width) = columns[self.items[edge.to].column];
        // A line within a column, or back, ends at the right side, where it began.
        let end = match self.items[edge.from].column < self.items[edge.to].column {
            true => (to, middle(edge.to)),
            false => (to + to_width, middle(edge.to)),
        };
        let mut points = vec![start];
        for place in &route[1..route.len() - 1] {
            let (x, width) = columns[self.items[*place].column];
            points.push((x, middle(*place)));
            points.push((x + width, middle(*place)));
        }
        points.push(end);
        points
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}
