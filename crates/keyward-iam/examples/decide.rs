//! Decides cases from standard input, one JSON object a line, so that another evaluator's
//! answers can be compared with ours. Prints `Allowed`, `ExplicitlyDenied`, `ImplicitlyDenied`,
//! or `Error:` and why the case cannot be judged.
#![allow(clippy::print_stdout, reason = "printing is what this example is for")]

#[path = "../tests/it/case.rs"]
mod case;

use std::error::Error;
use std::io::{BufRead, stdin};

use case::{Case, word};

fn main() -> Result<(), Box<dyn Error>> {
    for line in stdin().lock().lines() {
        let decided = serde_json::from_str(&line?)
            .map_err(Into::into)
            .and_then(|case| Case::read(&case))
            .and_then(|case| case.decide());
        match decided {
            Ok(decision) => println!("{}", word(&decision)),
            // One line for each case.
            Err(error) => println!("Error: {}", error.to_string().replace('\n', " ")),
        }
    }
    Ok(())
}
