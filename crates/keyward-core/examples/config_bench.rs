//! Measures how long the config files take to read: `config_bench [PROFILES] [ROUNDS]` makes
//! files of that many profiles in memory and prints the best time of each step. It reads and
//! writes nothing else.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement needs the clock and prints its result"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use keyward_core::config::{ConfigFile, ConfigSet, FileKind};

fn main() {
    let mut numbers = std::env::args().skip(1).map(|arg| arg.parse::<usize>());
    let mut next = |default| match numbers.next() {
        None => default,
        Some(number) => number.expect("both arguments are whole numbers"),
    };
    let (profiles, rounds) = (next(100_000), next(10).max(1));
    let (config, credentials) = files(profiles);
    let best = |work: &dyn Fn()| -> Duration {
        let once = || {
            let start = Instant::now();
            work();
            start.elapsed()
        };
        (0..rounds).map(|_| once()).min().unwrap_or_default()
    };
    let parse = |kind, text: &str| {
        ConfigFile::parse(kind, "file", text).expect("the generated file is in order")
    };
    let parsing = best(&|| {
        black_box(parse(FileKind::Config, &config));
        black_box(parse(FileKind::Credentials, &credentials));
    });
    let parsed = (
        parse(FileKind::Config, &config),
        parse(FileKind::Credentials, &credentials),
    );
    let merging = best(&|| {
        black_box(ConfigSet::merge(Some(&parsed.0), Some(&parsed.1)));
    });
    let set = ConfigSet::merge(Some(&parsed.0), Some(&parsed.1));
    let names: Vec<_> = set.profiles().map(|p| p.name.clone()).collect();
    let looking = best(&|| {
        for name in &names {
            black_box(set.profile(name));
        }
    });
    println!("profiles      {profiles}");
    println!("bytes         {}", config.len() + credentials.len());
    println!("parse         {parsing:?}");
    println!("merge         {merging:?}");
    println!("parse+merge   {:?}", parsing + merging);
    println!("find each     {looking:?}");
}

/// A config file of chained roles and, for every tenth profile, keys in a credentials file. The
/// names are scattered, so that sorting has something to do.
fn files(profiles: usize) -> (String, String) {
    let mut config = String::from("[default]\nregion = us-east-1\n");
    let mut credentials = String::new();
    for n in 0..profiles {
        let name = n.wrapping_mul(7919) % profiles;
        let _ = write!(
            config,
            "\n[profile account-{name:06}]\nrole_arn = arn:aws:iam::123456789012:role/Role{name}\n\
             source_profile = default\nregion = eu-west-1\n"
        );
        if n % 10 == 0 {
            let _ = write!(
                credentials,
                "[account-{name:06}]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
                 aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
            );
        }
    }
    (config, credentials)
}
