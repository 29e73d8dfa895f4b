//! TLS certificates that IAM stores past their end.

use crate::audit::benchmark::Benchmark;
use crate::audit::check::{Check, CheckFindings};
use crate::audit::finding::{Severity, Subject};
use crate::audit::input::{Input, NotRead};

pub(in crate::audit) const CHECK: Check = Check {
    id: "expired-certificate",
    title: "IAM stores no expired TLS certificate",
    reason: "An expired certificate that is put on a load balancer by mistake stops its service.",
    severity: Severity::Low,
    fix: "delete it: aws iam delete-server-certificate --server-certificate-name NAME",
    benchmark: Benchmark(["1.19", "1.19", "1.18", "2.18", "2.17"]),
    look,
};

fn look(input: &Input, found: &mut CheckFindings) -> Result<(), NotRead> {
    for certificate in input.certificates.get()? {
        if let Some(expires) = certificate.expires.filter(|at| *at < input.now) {
            let message = format!("expired on {expires}");
            found.add(Subject::Certificate(certificate.name.clone()), message);
        }
    }
    Ok(())
}
