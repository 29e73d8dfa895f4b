//! Authentication of a call: from the claim of the signature to a known, active key with the right
//! secret, the right token and time left.

use keyward_core::Timestamp;
use keyward_core::secret::SecretAccessKey;

use crate::call::{Caller, Credential, Service};
use crate::failure::Failure;
use crate::inbound::Inbound;
use crate::sigv4::Claim;
use crate::state::{Accounts, KeyStatus, LastUsed, Owner, Principal, Session, Sessions};

/// Verifies a request and names its caller.
pub(crate) fn authenticate(
    request: &Inbound,
    claim: &Claim,
    accounts: &mut Accounts,
    sessions: &Sessions,
    now: Timestamp,
) -> Result<Caller, Failure> {
    let (caller, secret) = find(claim, accounts, sessions, now)?;
    claim.verify(request, &secret, now)?;
    if caller
        .session()
        .is_some_and(|session| session.expires <= now)
    {
        return Err(Failure::expired_token());
    }
    note_use(&caller, claim, accounts, now);
    Ok(caller)
}

/// Writes down when a key, or the role behind a session, was last used.
fn note_use(caller: &Caller, claim: &Claim, accounts: &mut Accounts, now: Timestamp) {
    let used = LastUsed {
        at: now,
        service: claim.service.clone(),
        region: claim.region.clone(),
    };
    match caller.session().map(|session| &session.principal) {
        Some(Principal::Role(session)) => {
            if let Some(role) = accounts.role_mut(&session.role) {
                role.last_used = Some(used);
            }
        }
        Some(_) => {}
        None => {
            if let Some(key) = accounts.key_mut(&claim.access_key_id) {
                key.last_used = Some(used);
            }
        }
    }
}

/// The service that a request was signed for.
pub(crate) fn service(claim: &Claim) -> Result<Service, Failure> {
    Service::parse(&claim.service).ok_or_else(|| {
        Failure::signature(
            "Credential should be scoped to correct service: 'sts', 'iam', 'cloudformation' or 'ec2'. ",
        )
    })
}

fn find(
    claim: &Claim,
    accounts: &Accounts,
    sessions: &Sessions,
    now: Timestamp,
) -> Result<(Caller, SecretAccessKey), Failure> {
    let id = &claim.access_key_id;
    if let Some((account, owner, key)) = accounts.key(id) {
        let usable = key.status == KeyStatus::Active && key.known_from <= now;
        // A token beside a long-lived key is a mistake that AWS does not forgive.
        if !usable || claim.token.is_some() {
            return Err(Failure::invalid_token());
        }
        let caller = Caller {
            account: account.id.clone(),
            credential: match owner {
                Owner::Root => Credential::Root,
                Owner::User(user) => Credential::LongTerm { user },
            },
        };
        return Ok((caller, key.secret.clone()));
    }
    let session = sessions.get(id).filter(|session| lives(session, accounts));
    let session = session.ok_or_else(Failure::invalid_token)?;
    // Exposed to be compared with what the client sent.
    if claim.token.as_deref() != Some(session.token.expose()) {
        return Err(Failure::invalid_token());
    }
    let caller = Caller {
        account: session.account.clone(),
        credential: Credential::Temporary(Box::new(session.clone())),
    };
    Ok((caller, session.secret.clone()))
}

/// A session ends with the user or role that it speaks for.
pub(crate) fn lives(session: &Session, accounts: &Accounts) -> bool {
    let Some(account) = accounts.account(&session.account) else {
        return false;
    };
    match &session.principal {
        Principal::Root { .. } => true,
        Principal::User { name, .. } => account.users.contains_key(name),
        Principal::Federated { user, .. } => account.users.contains_key(user),
        Principal::Role(role) => accounts.role(&role.role).is_some(),
    }
}
