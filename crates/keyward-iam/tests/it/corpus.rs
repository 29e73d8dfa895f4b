//! Every case of the corpus has its verdict.

use serde_json::Value;

use crate::case::{Case, word};

fn check(name: &str, corpus: &str, least: usize) {
    let mut count = 0;
    for (number, line) in corpus.lines().enumerate() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let decision = Case::read(&entry["case"]).unwrap().decide().unwrap();
        let verdict = entry["verdict"].as_str().unwrap();
        assert_eq!(word(&decision), verdict, "line {} of {name}", number + 1);
        let simulators = entry.get("simulator").and_then(Value::as_str);
        assert_ne!(simulators, Some(verdict), "line {} of {name}", number + 1);
        count += 1;
    }
    assert!(count >= least, "{name} has {count} cases");
}

#[test]
fn identity_policies_decide_as_the_simulator_says() {
    let corpus = include_str!("../corpus/identity.jsonl");
    check("identity.jsonl", corpus, 120);
}

#[test]
fn boundaries_and_other_limits_decide_as_the_simulator_says() {
    let corpus = include_str!("../corpus/limits.jsonl");
    check("limits.jsonl", corpus, 120);
}

#[test]
fn trust_policies_decide_as_the_simulator_says() {
    let corpus = include_str!("../corpus/trust.jsonl");
    check("trust.jsonl", corpus, 120);
}

#[test]
fn the_simulators_own_readings_are_not_ours() {
    let corpus = include_str!("../corpus/explained.jsonl");
    check("explained.jsonl", corpus, 30);
}

#[test]
fn what_cannot_be_judged_is_refused() {
    let case = |extra: &str| {
        let text = format!(
            r#"{{"principal":"arn:aws:iam::123456789012:user/alice","action":"s3:GetObject",
                "resource":"arn:aws:s3:::b/k","context":{{}},"identity":[]{extra}}}"#
        );
        Case::read(&serde_json::from_str(&text).unwrap())
            .map(|_| ())
            .map_err(|error| error.to_string())
    };
    assert_eq!(case(""), Ok(()));
    for field in ["resource_policy", "resource_control", "key_policy"] {
        let refused = case(&format!(r#","{field}":{{}}"#));
        let expect = format!("a case has no `{field}`; it cannot be judged");
        assert_eq!(refused, Err(expect));
    }
    let principal = r#","boundary":{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;
    assert!(case(principal).unwrap_err().contains("leave it out"));
}
