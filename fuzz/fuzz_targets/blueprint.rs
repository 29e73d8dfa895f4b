//! Any text as a blueprint and as authorization details: nothing panics, every problem has a fix
//! and a place inside the text, and what was read renders, prints and is adopted again.
#![no_main]

use keyward_account::adopt::{Source, adopt};
use keyward_account::blueprint::Blueprint;
use keyward_account::desired::{render, wire};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match Blueprint::parse(text) {
        Ok(blueprint) => {
            for desired in render(&blueprint) {
                adopted(&wire::details(&desired.account).to_string());
            }
        }
        Err(error) => {
            let lines = text.split('\n').count();
            for problem in error.problems {
                assert!(!problem.message.is_empty() && !problem.fix.is_empty());
                assert!((1..=lines).contains(&problem.at.line));
            }
        }
    }
    adopted(text);
});

/// Valid details result in a text that can be judged.
fn adopted(details: &str) {
    if let Ok(account) = wire::read_details(details) {
        let adoption = adopt(&account, Source::Details, None);
        let _ = Blueprint::parse(&adoption.text);
    }
}
