use super::*;

/// Returns the command that `cmd.exe` runs, by the rules that `cmd /?` prints.
fn run_by_cmd(arguments: &str) -> String {
    // Without this, commands of the registry would run first.
    let arguments = arguments.strip_prefix("/D ").unwrap();
    let (always, rest) = match arguments.strip_prefix("/S ") {
        Some(rest) => (true, rest),
        None => (false, arguments),
    };
    let line = rest.strip_prefix("/C ").unwrap().trim_start();
    let quotes = line.matches('"').count();
    let special = line.contains(['&', '<', '>', '(', ')', '@', '^', '|']);
    // Exactly two quotes around the name of a program are kept, without `/S`.
    let kept = !always && quotes == 2 && !special && line.contains(' ');
    if !line.starts_with('"') || kept {
        return line.to_owned();
    }
    let (before, after) = line.rsplit_once('"').unwrap();
    format!("{}{after}", &before[1..])
}

#[test]
fn the_quotes_of_a_line_reach_cmd_whole() {
    for line in [
        r#""C:\Program Files\PowerShell\7\pwsh.exe" -File "C:\My Scripts\get.ps1""#,
        r#""C:\Program Files\tool.exe" --json"#,
        r#"tool.exe --team "blue team""#,
        "tool.exe",
        r#""a" & "b""#,
    ] {
        assert_eq!(run_by_cmd(&for_cmd(line)), line);
    }
    // This part was lost before.
    let example = r#""C:\a b\pwsh.exe" -File "C:\c d\get.ps1""#;
    assert_ne!(run_by_cmd(&format!("/D /C {example}")), example);
}

#[cfg(unix)]
#[test]
fn a_line_is_run_by_sh() {
    let output = shell("echo \"two  words\"; exit 3").output().unwrap();
    assert_eq!(output.stdout, b"two  words\n");
    assert_eq!(output.status.code(), Some(3));
}
