//! Choosing from a list by numbers, on any terminal: nothing is drawn twice.

use super::{Echo, Terminal};
use crate::screen::error::CliError;

impl Terminal {
    /// Lets the person choose some of a list by their numbers; Enter means the first, `all` all,
    /// `none` none. Answers that name no entry are asked again.
    pub(crate) fn choose(
        &mut self,
        question: &str,
        options: &[String],
    ) -> Result<Vec<usize>, CliError> {
        for (number, option) in options.iter().enumerate() {
            self.say(&format!("  {:>2}  {option}", number + 1));
        }
        loop {
            let answer = self.ask_or(&format!("{question} (numbers, all, none)"), "1")?;
            match picked(&answer, options.len()) {
                Some(chosen) => return Ok(chosen),
                None => self.say("Not taken: give numbers of the list, such as 1 or 1,3."),
            }
        }
    }

    /// Lets the person choose one of a list by its number; Enter alone leaves.
    pub(crate) fn pick(
        &mut self,
        question: &str,
        options: &[String],
    ) -> Result<Option<usize>, CliError> {
        for (number, option) in options.iter().enumerate() {
            self.say(&format!("  {:>2}  {option}", number + 1));
        }
        loop {
            let answer = self.ask(&format!("{question} (a number, Enter leaves)"), Echo::Shown)?;
            match picked(&answer, options.len()).as_deref() {
                Some([one]) => return Ok(Some(*one)),
                _ if answer.is_empty() => return Ok(None),
                _ => self.say("Not taken: give one number of the list."),
            }
        }
    }
}

/// Returns the entries of a list of `count` that an answer names, from 0.
fn picked(answer: &str, count: usize) -> Option<Vec<usize>> {
    match answer.to_lowercase().as_str() {
        "all" => return Some((0..count).collect()),
        "none" => return Some(Vec::new()),
        _ => {}
    }
    answer
        .split([',', ' '])
        .filter(|word| !word.is_empty())
        .map(|word| {
            word.parse()
                .ok()
                .filter(|n| (1..=count).contains(n))
                .map(|n: usize| n - 1)
        })
        .collect::<Option<Vec<_>>>()
        .filter(|chosen| !chosen.is_empty())
}

#[cfg(test)]
mod tests;
