//! A repository host on loopback with the shapes of GitHub's API, as far as secrets and
//! workflows go. It opens what it was sent, so that a test sees what a workflow would see.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

use crypto_box::SecretKey;
use serde_json::{Value, json};

/// The only token it accepts.
pub(crate) const TOKEN: &str = "ghp_EXAMPLEexampleEXAMPLEexample00000000";

/// A running host.
pub(crate) struct Host {
    state: Arc<Mutex<State>>,
    url: String,
}

/// The memory of the host, and its orders.
#[derive(Default)]
pub(super) struct State {
    /// Opened secrets, by path.
    pub(super) secrets: BTreeMap<String, String>,
    /// Method and path of each request.
    pub(super) requests: Vec<String>,
    /// Workflow runs, oldest first: how often they are looked at before they end.
    runs: Vec<u32>,
    /// The conclusion of every new run.
    pub(super) conclusion: &'static str,
    /// Requests that get no answer although they are carried out: the start of their line.
    pub(super) drop_after: Option<&'static str>,
    /// Requests that are refused: the start of their line, and how many go through first.
    pub(super) refuse: Option<(&'static str, u32)>,
}

impl Host {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/api/v3", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State {
            conclusion: "success",
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        // The thread ends with the test process; it holds nothing but memory.
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &shared);
            }
        });
        Self { state, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn seal_key() -> SecretKey {
    SecretKey::from([7; 32])
}

fn serve(mut stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    let _ = reader.read_line(&mut line);
    let mut length = 0;
    let mut authorized = false;
    loop {
        let mut header = String::new();
        if reader.read_line(&mut header).unwrap_or(0) < 3 {
            break;
        }
        let (name, value) = header.split_once(':').unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().unwrap(),
            "authorization" => authorized = value.trim() == format!("Bearer {TOKEN}"),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let request = line
        .trim_end()
        .trim_end_matches(" HTTP/1.1")
        .replacen("/api/v3", "", 1);
    let mut state = state.lock().unwrap();
    state.requests.push(request.clone());
    let (status, answer) = if authorized {
        state.answer(&request, &body)
    } else {
        (401, json!({"message": "Bad credentials"}))
    };
    if state
        .drop_after
        .is_some_and(|start| request.starts_with(start))
    {
        return;
    }
    let text = if answer.is_null() {
        String::new()
    } else {
        answer.to_string()
    };
    let _ = write!(
        stream,
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    );
}

impl State {
    fn answer(&mut self, request: &str, body: &[u8]) -> (u16, Value) {
        if let Some((start, left)) = &mut self.refuse
            && request.starts_with(*start)
        {
            if *left == 0 {
                return (422, json!({"message": "Validation Failed"}));
            }
            *left -= 1;
        }
        let (method, target) = request.split_once(' ').unwrap();
        let path = target.split('?').next().unwrap();
        if !path.starts_with("/repos/example/site") {
            return (404, json!({"message": "Not Found"}));
        }
        let body: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        match method {
            "GET" if path.ends_with("/secrets/public-key") => {
                let key = data_encoding::BASE64.encode(seal_key().public_key().as_bytes());
                (200, json!({"key_id": "568250167242549743", "key": key}))
            }
            "PUT" => {
                assert_eq!(body["key_id"], "568250167242549743");
                let sealed = body["encrypted_value"].as_str().unwrap();
                let sealed = data_encoding::BASE64.decode(sealed.as_bytes()).unwrap();
                let opened = seal_key().unseal(&sealed).unwrap();
                let known = self
                    .secrets
                    .insert(path.to_owned(), String::from_utf8(opened).unwrap());
                (if known.is_some() { 204 } else { 201 }, Value::Null)
            }
            "GET" if path == "/repos/example/site" => (
                200,
                json!({"name": "site", "full_name": "example/site", "default_branch": "trunk"}),
            ),
            "POST" if path.ends_with("/actions/workflows/check.yml/dispatches") => {
                assert_eq!(body["ref"], "trunk");
                self.runs.push(2);
                (204, Value::Null)
            }
            "GET" if path.ends_with("/actions/workflows/check.yml/runs") => (200, self.list_runs()),
            _ => (404, json!({"message": "Not Found"})),
        }
    }

    fn list_runs(&mut self) -> Value {
        let conclusion = self.conclusion;
        let runs: Vec<Value> = self
            .runs
            .iter_mut()
            .enumerate()
            .rev()
            .map(|(id, looks)| {
                let ended = *looks == 0;
                *looks = looks.saturating_sub(1);
                json!({
                    "id": 30_433_642 + id, "event": "workflow_dispatch",
                    "status": if ended { "completed" } else { "in_progress" },
                    "conclusion": ended.then_some(conclusion),
                    "html_url": format!("https://github.example/example/site/actions/runs/{id}"),
                })
            })
            .collect();
        json!({"total_count": runs.len(), "workflow_runs": runs})
    }
}
