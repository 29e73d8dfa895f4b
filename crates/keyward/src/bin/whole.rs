//! `keyward-full`: the whole program, which also works alone.

/// musl's allocator maps and unmaps as a short process goes; this one keeps what it has mapped.
#[cfg(target_env = "musl")]
#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    keyward::run()
}
