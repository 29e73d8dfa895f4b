//! The lines of a page that a person types.

use crate::book::outputs::commands;

/// A line as a person types it, with its comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
}

impl Line {
    /// The exit code that the comment names.
    fn named_code(&self) -> Option<i32> {
        let (_, comment) = self.text.split_once(" # ")?;
        let (_, after) = comment.split_once("exit ")?;
        let digits = after.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    }

    /// Whether the line, with its end, begins with this.
    pub(super) fn begins_with(&self, start: &str) -> bool {
        format!("{}\n", self.text).starts_with(start)
    }

    pub(super) fn may_end_with(&self, code: i32) -> bool {
        code == 0 || self.named_code() == Some(code)
    }

    /// Whether another program gets credentials.
    pub(super) fn starts_a_program(&self) -> bool {
        self.text.starts_with("keyward exec ") || self.text.contains("| ssh host 'eval")
    }
}

/// The blocks of a page: its `sh` blocks, and the commands of its console blocks below which the
/// page shows nothing. A block that begins with a comment is a file: its lines are one.
pub(super) fn blocks(page: &str) -> Vec<Vec<Line>> {
    let fenced = page.split("```").skip(1).step_by(2);
    let found = fenced.filter_map(|block| match block.split_once('\n')? {
        ("sh", text) => Some(lines(text)),
        ("console", _) => Some(silent(block)),
        _ => None,
    });
    found.filter(|lines| !lines.is_empty()).collect()
}

/// The `sh` blocks of a page.
pub(super) fn sh_blocks(page: &str) -> Vec<Vec<Line>> {
    let parts = page.split("```sh\n").skip(1);
    let texts = parts.filter_map(|part| part.split_once("```"));
    texts.map(|(text, _)| lines(text)).collect()
}

/// The commands of a console block that are shown without output.
fn silent(block: &str) -> Vec<Line> {
    let commands = commands(&format!("```{block}```\n"));
    let silent = commands.into_iter().filter(|step| step.shown.is_empty());
    silent.map(|step| Line { text: step.command }).collect()
}

fn lines(block: &str) -> Vec<Line> {
    let line = |text: &str| Line {
        text: text.to_owned(),
    };
    if block.starts_with('#') {
        return vec![line(block.trim_end())];
    }
    let whole = block.replace("\\\n", " ");
    let lines = whole.lines().filter(|text| !text.trim().is_empty());
    lines.map(line).collect()
}

#[test]
fn a_page_is_read_line_by_line_and_a_file_as_one() {
    let page = "```sh\na \\\n  b\nc   # exit 6 on d\n```\n```toml\ne\n```\n```sh\n# .f\ng\nh\n```\n```console\n$ i\nout\n$ j\n```\n";
    let found = blocks(page);
    let texts: Vec<Vec<&str>> = found
        .iter()
        .map(|block| block.iter().map(|line| line.text.as_str()).collect())
        .collect();
    assert_eq!(
        texts,
        [
            vec!["a    b", "c   # exit 6 on d"],
            vec!["# .f\ng\nh"],
            vec!["j"]
        ]
    );
    assert!(found[0][1].may_end_with(6) && found[0][1].may_end_with(0));
    assert!(!found[0][0].may_end_with(6));
}
