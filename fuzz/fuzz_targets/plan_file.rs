//! Any bytes as the file of a saved plan: nothing panics, and a plan that is read is written and
//! read again the same. Showing it never panics either.
#![no_main]

use keyward_account::plan::show::show;
use keyward_account::plan::wire::{read, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    let Ok(file) = read(input) else {
        return;
    };
    for saved in &file.plans {
        assert!(!show(&saved.plan).is_empty());
    }
    let again = read(&write(&file)).expect("a written plan is read");
    assert_eq!(again, file);
});
