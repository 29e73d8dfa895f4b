//! The times at which a source is asked, and the answers in the meantime. Time is the test's.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use keyward_core::{Credentials, Timestamp};

use super::{Provider, Reason, RenewingCredentials, Source, Unavailable};

const START: i64 = 1_800_000_000;
const HOUR: i64 = 3600;

/// Returns numbered credentials for an hour, or a prepared answer.
struct Numbered {
    clock: Arc<AtomicI64>,
    asked: AtomicUsize,
    says: Mutex<Option<Unavailable>>,
    /// Held back until something comes, if there is a gate.
    gate: Option<Mutex<mpsc::Receiver<()>>>,
}

impl Provider for Numbered {
    fn credentials(&self) -> Result<Credentials, Unavailable> {
        let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        if let Some(gate) = &self.gate {
            let _ = gate.lock().unwrap().recv();
        }
        match self.says.lock().unwrap().clone() {
            Some(why) => Err(why),
            None => Ok(credentials(
                number,
                Some(self.clock.load(Ordering::SeqCst) + HOUR),
            )),
        }
    }
}

fn credentials(number: usize, end: Option<i64>) -> Credentials {
    Credentials {
        access_key_id: format!("ASIAIOSFODNN7EXAMPL{number}").parse().unwrap(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        session_token: Some("token".parse().unwrap()),
        expires_at: end.map(Timestamp::from_second),
        account_id: None,
    }
}

struct Stage {
    clock: Arc<AtomicI64>,
    provider: Arc<Numbered>,
    credentials: Arc<RenewingCredentials>,
}

impl Stage {
    fn new(first: Option<Credentials>, gate: Option<mpsc::Receiver<()>>) -> Self {
        let clock = Arc::new(AtomicI64::new(START));
        let provider = Arc::new(Numbered {
            clock: Arc::clone(&clock),
            asked: AtomicUsize::new(0),
            says: Mutex::default(),
            gate: gate.map(Mutex::new),
        });
        let read = Arc::clone(&clock);
        let source = Source {
            profile: "alice".parse().unwrap(),
            provider: Arc::clone(&provider) as Arc<dyn Provider>,
            first,
        };
        let now = move || Timestamp::from_second(read.load(Ordering::SeqCst));
        Self {
            clock,
            credentials: Arc::new(RenewingCredentials::new(source, Arc::new(now))),
            provider,
        }
    }

    /// Moves to so many seconds after the start, and asks.
    async fn at(&self, seconds: i64) -> Result<serde_json::Value, Unavailable> {
        self.clock.store(START + seconds, Ordering::SeqCst);
        let body = self.credentials.answer().await?;
        Ok(serde_json::from_slice(&body).unwrap())
    }

    /// The number of the credentials that are answered then.
    async fn number_at(&self, seconds: i64) -> usize {
        let document = self.at(seconds).await.unwrap();
        let id = document["AccessKeyId"].as_str().unwrap();
        id[id.len() - 1..].parse().unwrap()
    }

    fn asked(&self) -> usize {
        self.provider.asked.load(Ordering::SeqCst)
    }

    fn says(&self, why: Option<Unavailable>) {
        *self.provider.says.lock().unwrap() = why;
    }
}

fn person_needed() -> Unavailable {
    Unavailable {
        reason: Reason::PersonNeeded,
        message: "a code is needed".to_owned(),
    }
}

#[tokio::test]
async fn the_document_is_what_sdks_read() {
    let stage = Stage::new(None, None);
    assert_eq!(
        stage.at(0).await.unwrap(),
        serde_json::json!({
            "AccessKeyId": "ASIAIOSFODNN7EXAMPL1",
            "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "Token": "token",
            "Expiration": "2027-01-15T09:00:00Z",
        })
    );
}

#[tokio::test]
async fn what_was_fetched_beforehand_goes_out_first() {
    let stage = Stage::new(Some(credentials(7, Some(START + HOUR))), None);
    assert_eq!(stage.number_at(0).await, 7);
    assert_eq!(stage.asked(), 0);
}

#[tokio::test]
async fn new_ones_come_before_the_last_quarter_of_an_hour() {
    let stage = Stage::new(None, None);
    assert_eq!(stage.number_at(0).await, 1);
    assert_eq!(stage.number_at(HOUR - 16 * 60).await, 1);
    assert_eq!(stage.number_at(HOUR - 16 * 60 + 1).await, 2);
    // Asked once in sixteen minutes of each hour, and not in between.
    assert_eq!(stage.number_at(HOUR).await, 2);
    assert_eq!(stage.asked(), 2);
}

#[tokio::test]
async fn old_ones_go_out_while_they_are_good_and_no_longer() {
    let stage = Stage::new(None, None);
    assert_eq!(stage.number_at(0).await, 1);
    stage.says(Some(person_needed()));
    assert_eq!(stage.number_at(HOUR - 600).await, 1);
    assert_eq!(stage.number_at(HOUR - 1).await, 1);
    assert_eq!(stage.at(HOUR).await, Err(person_needed()));
    stage.says(None);
    assert_eq!(stage.number_at(HOUR + 10).await, 4);
}

#[tokio::test]
async fn a_failure_is_not_repeated_at_once() {
    let stage = Stage::new(None, None);
    stage.says(Some(person_needed()));
    for second in 0..5 {
        assert_eq!(stage.at(second).await, Err(person_needed()));
    }
    assert_eq!(stage.asked(), 1);
    stage.says(None);
    assert_eq!(stage.number_at(5).await, 2);
}

#[tokio::test]
async fn an_end_that_is_not_told_is_an_hour_away() {
    let stage = Stage::new(Some(credentials(7, None)), None);
    assert_eq!(
        stage.at(0).await.unwrap()["Expiration"],
        "2027-01-15T09:00:00Z"
    );
    assert_eq!(stage.number_at(HOUR - 600).await, 1);
}

#[tokio::test]
async fn a_long_lived_key_is_not_served() {
    let mut key = credentials(1, None);
    key.session_token = None;
    let stage = Stage::new(Some(key), None);
    // Credentials that were fetched beforehand are refused; the provider has newer ones.
    assert_eq!(stage.number_at(0).await, 1);
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn many_requests_make_one_fetch() {
    let (open, gate) = mpsc::channel();
    let stage = Stage::new(None, Some(gate));
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let credentials = Arc::clone(&stage.credentials);
            tokio::spawn(async move { credentials.answer().await })
        })
        .collect();
    while stage.asked() == 0 {
        tokio::task::yield_now().await;
    }
    open.send(()).unwrap();
    for answer in waiting {
        assert!(answer.await.unwrap().is_ok());
    }
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn a_fetch_outlives_the_request_that_began_it() {
    let (open, gate) = mpsc::channel();
    let stage = Stage::new(None, Some(gate));
    let credentials = Arc::clone(&stage.credentials);
    let request = tokio::spawn(async move { credentials.answer().await });
    while stage.asked() == 0 {
        tokio::task::yield_now().await;
    }
    request.abort();
    assert!(request.await.unwrap_err().is_cancelled());
    open.send(()).unwrap();
    assert_eq!(stage.number_at(0).await, 1);
}

#[tokio::test]
async fn old_ones_go_out_while_new_ones_are_slow() {
    let (open, gate) = mpsc::channel();
    let stage = Stage::new(Some(credentials(7, Some(START + HOUR))), Some(gate));
    assert_eq!(stage.number_at(HOUR - 60).await, 7);
    open.send(()).unwrap();
    while stage.number_at(HOUR - 60).await == 7 {
        tokio::task::yield_now().await;
    }
    assert_eq!(stage.asked(), 1);
}

#[tokio::test]
async fn what_is_fetched_while_a_lock_comes_is_thrown_away() {
    let (open, gate) = mpsc::channel();
    let stage = Stage::new(Some(credentials(0, Some(START + 60))), Some(gate));
    let why = Unavailable {
        reason: Reason::Locked,
        message: "locked".to_owned(),
    };
    let credentials = Arc::clone(&stage.credentials);
    let waiting = tokio::spawn(async move { credentials.answer().await });
    while stage.asked() == 0 {
        tokio::task::yield_now().await;
    }
    stage.credentials.close(&why);
    open.send(()).unwrap();
    assert_eq!(waiting.await.unwrap().unwrap_err(), why);
    assert_eq!(stage.at(0).await.unwrap_err(), why);
    assert_eq!(stage.at(HOUR).await.unwrap_err(), why);
    assert_eq!(stage.asked(), 1);
    assert!(stage.credentials.state().cached.is_none());
}
