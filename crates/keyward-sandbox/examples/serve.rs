//! Serves the practice account until standard input ends, for clients in other languages:
//! prints the URL and nothing else.

use std::error::Error;
use std::io::{Read, Write};

use keyward_sandbox::{Accounts, Options, Sandbox};

fn main() -> Result<(), Box<dyn Error>> {
    let sandbox = Sandbox::start(Accounts::practice(), Options::default())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", sandbox.url())?;
    out.flush()?;
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}
