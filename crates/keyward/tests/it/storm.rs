//! Many processes at once: one prompt, one call for each hop; and no process waits for a dead one.

use std::process::{Child, Stdio};

use crate::practice::Practice;

/// A home whose profiles get their codes from a command that counts its runs.
fn counting() -> Practice {
    let practice = Practice::with_key();
    practice.write("phone", &practice.code());
    let (count, phone) = (
        practice.path().join("prompts"),
        practice.path().join("phone"),
    );
    practice.config(&format!(
        "[profile alice]\nregion = eu-central-1\nmfa_serial = {}\nmfa_process = echo asked >> {} && cat {}\n\
         [profile role]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n",
        crate::practice::SERIAL,
        count.display(),
        phone.display(),
    ));
    practice
}

fn start(practice: &Practice) -> Child {
    let mut command = practice.command(&["credential-process", "role"]);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn a_hundred_at_once_make_one_prompt_and_one_call_per_hop() {
    let practice = counting();
    let children: Vec<Child> = (0..100).map(|_| start(&practice)).collect();
    let answers: Vec<_> = children
        .into_iter()
        .map(|child| child.wait_with_output().unwrap())
        .collect();
    for answer in &answers {
        assert!(
            answer.status.success(),
            "{}",
            String::from_utf8_lossy(&answer.stderr)
        );
        assert_eq!(answer.stdout, answers[0].stdout);
    }
    assert_eq!(practice.read("prompts").lines().count(), 1);
    assert_eq!(
        (
            practice.calls("GetSessionToken"),
            practice.calls("AssumeRole")
        ),
        (1, 1)
    );
}

#[test]
fn the_death_of_the_holder_leaves_nobody_hanging() {
    let practice = counting();
    // The first holds the lock at its prompt, which never answers while it lives.
    let hang = practice.path().join("hang");
    practice.write("hang", "");
    let config = practice.read(".aws/config").replace(
        "&& cat",
        &format!("&& if rm {} 2>/dev/null; then while kill -0 $PPID 2>/dev/null; do sleep 0.1; done; fi; cat", hang.display()),
    );
    practice.config(&config);
    let mut holder = start(&practice);
    while practice.read("prompts").is_empty() {
        std::thread::yield_now();
    }
    let waiters: Vec<Child> = (0..5).map(|_| start(&practice)).collect();
    holder.kill().unwrap();
    holder.wait().unwrap();
    // The next to hold the lock asks again and gets a code.
    for waiter in waiters {
        let answer = waiter.wait_with_output().unwrap();
        assert!(
            answer.status.success(),
            "{}",
            String::from_utf8_lossy(&answer.stderr)
        );
    }
    assert_eq!(practice.calls("GetSessionToken"), 1);
}

#[cfg(unix)]
#[test]
fn a_stranger_who_locks_the_folder_of_the_aws_files_stops_no_edit() {
    let practice = Practice::with_key();
    // A user who may open a folder may lock it. Most users' `~/.aws` is open to others.
    let folder = std::fs::File::open(practice.path().join(".aws")).unwrap();
    folder.lock().unwrap();
    let _ = practice.run(&["setup", "alice"]).ok();
    let written = practice.read(".aws/config");
    assert!(written.contains("credential-process alice"), "{written}");
    let locks = std::fs::read_dir(practice.path().join("keyward/locks")).unwrap();
    let names = locks.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("folder-")).count(), 1);
}
