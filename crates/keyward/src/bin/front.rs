//! `keyward`: on Linux the front program, which is nothing but the hit path and starts the whole
//! program for anything else. Other systems have no hit path; there it is the whole program.

/// musl's allocator maps and unmaps as a short process goes; this one keeps what it has mapped.
#[cfg(target_env = "musl")]
#[global_allocator]
static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    return keyward_ready::front::run();
    #[cfg(not(target_os = "linux"))]
    return keyward::run();
}
