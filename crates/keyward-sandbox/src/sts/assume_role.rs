//! AssumeRole: shapes first, then the code, then both sides' policies, then the lengths that
//! only the role knows.

use std::time::Duration;

use keyward_core::id::{ExternalId, RoleArn, RoleSessionName, SourceIdentity};
use keyward_iam::{Caller as TrustCaller, Context, Decision, evaluate_trust};

use super::{issue, mfa, session_policy, tags, write_credentials};
use crate::authorize::{Gathered, Wanted, context, refusal, set_mfa, set_tags};
use crate::call::Call;
use crate::failure::Failure;
use crate::state::{Accounts, Chained, Mfa, Principal, RoleSession, SessionTags, Sessions};
use crate::xml::Xml;

/// The longest session of a role that temporary credentials assume.
const CHAINED: u64 = 3600;

/// The request of the caller, shapes checked.
struct AssumeRoleRequest {
    role: RoleArn,
    name: RoleSessionName,
    external_id: Option<ExternalId>,
    source_identity: Option<SourceIdentity>,
    seconds: u64,
    tags: SessionTags,
}

impl AssumeRoleRequest {
    /// The actions that the role must let the caller do. Tags and a source identity are granted
    /// apart, and also when they only come along from the session before.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    fn actions(&self) -> impl Iterator<Item = &'static str> {
        let tags = (!self.tags.values.is_empty()).then_some("sts:TagSession");
        let source = self
            .source_identity
            .as_ref()
            .map(|_| "sts:SetSourceIdentity");
        std::iter::once("sts:AssumeRole").chain(tags).chain(source)
    }
}

/// The root user may not assume a role, whichever accounts it trusts.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
pub(super) fn assume_role(
    call: &Call,
    accounts: &mut Accounts,
    sessions: &mut Sessions,
) -> Result<Xml, Failure> {
    if call.caller.is_root() {
        return Err(Failure::denied(
            "Roles may not be assumed by root accounts.",
        ));
    }
    let request = read(call)?;
    let chained = match call.caller.session() {
        Some(_) => Chained::Yes,
        None => Chained::No,
    };
    // Before the code is spent: an impossible length should not cost one.
    if chained == Chained::Yes && request.seconds > CHAINED {
        return Err(Failure::validation(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed \
             by role chaining.",
        ));
    }
    let mfa = mfa::spend(call, accounts)?;
    decide(call, accounts, &request, mfa)?;
    let lifetime = Duration::from_secs(request.seconds);
    let session = role_session(call, accounts, request, chained)?;
    let account = session.role.account().ok_or_else(Failure::invalid_token)?;
    let (role, name) = (session.role.clone(), session.name.clone());
    let source_identity = session.source_identity.clone();
    let packed = session_policy::packed_size(&call.params, &session.tags.values);
    let principal = Principal::Role(Box::new(session));
    let id = accounts
        .role(&role)
        .map(|role| role.id.clone())
        .unwrap_or_default();
    let session = issue(call, sessions, account.clone(), lifetime, principal);
    let mut xml = Xml::new();
    write_credentials(&mut xml, &session);
    xml.element("AssumedRoleUser", |xml| {
        let arn = format!(
            "arn:aws:sts::{account}:assumed-role/{}/{name}",
            role.role_name()
        );
        xml.text("AssumedRoleId", format!("{id}:{name}"))
            .text("Arn", arn);
    })
    .maybe("PackedPolicySize", packed)
    .maybe("SourceIdentity", source_identity);
    Ok(xml)
}

fn read(call: &Call) -> Result<AssumeRoleRequest, Failure> {
    let params = &call.params;
    let word = "Member must satisfy regular expression pattern: [\\w+=,.@-]*";
    let role_arn = params.require("RoleArn")?;
    let role = role_arn
        .parse()
        .map_err(|_| Failure::validation(format!("{role_arn} is invalid")))?;
    Ok(AssumeRoleRequest {
        role,
        name: params.demand("RoleSessionName", word)?,
        external_id: params.read(
            "ExternalId",
            "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*",
        )?,
        source_identity: source_identity(call, params.read("SourceIdentity", word)?)?,
        seconds: params
            .number("DurationSeconds", 900, 43_200)?
            .unwrap_or(3600),
        tags: tags::read(params, call.caller.session())?,
    })
}

/// Lets the trust policy and the caller's own policies decide, for tags and a source identity as
/// well. A role that does not exist is refused in the same words as one that does not trust the
/// caller.
fn decide(
    call: &Call,
    accounts: &Accounts,
    request: &AssumeRoleRequest,
    mfa: Mfa,
) -> Result<(), Failure> {
    let context = trust_context(call, accounts, request, mfa);
    let arn = call.caller.arn(accounts);
    let role = request.role.as_str();
    let principal = arn.parse().expect("a caller has an ARN");
    let trust = accounts.role(&request.role).map(|entity| &entity.trust);
    let behind = match call.caller.session().map(|session| &session.principal) {
        Some(Principal::Role(session)) => Some(&session.role),
        _ => None,
    };
    let caller = TrustCaller {
        arn: &principal,
        role: behind,
        account: &call.caller.account,
    };
    let gathered = Gathered::of(&call.caller, accounts);
    for action in request.actions() {
        let unknown = Decision::ImplicitlyDenied {
            because: keyward_iam::ImplicitDeny::Trust,
        };
        let permissions = gathered.permissions();
        let decision = trust.map_or(unknown, |trust| {
            let action = action.parse().expect("these are actions");
            evaluate_trust(
                &action,
                trust,
                &request.role,
                &caller,
                &permissions,
                &context,
            )
        });
        match decision {
            Decision::Allowed { .. } | Decision::NeedsNoPermission => {}
            Decision::ExplicitlyDenied { .. } => {
                let wanted = Wanted {
                    action,
                    resource: role,
                    shown: role,
                };
                return Err(refusal(&arn, wanted, &decision));
            }
            // AWS gives no reason here.
            Decision::ImplicitlyDenied { .. } => {
                return Err(Failure::denied(format!(
                    "User: {arn} is not authorized to perform: {action} on resource: {role}"
                )));
            }
        }
    }
    Ok(())
}

fn trust_context(
    call: &Call,
    accounts: &Accounts,
    request: &AssumeRoleRequest,
    mfa: Mfa,
) -> Context {
    let mut context = context(call, accounts);
    context.set("sts:RoleSessionName", request.name.as_str());
    if let Some(id) = &request.external_id {
        context.set("sts:ExternalId", id.as_str());
    }
    if let Some(source) = &request.source_identity {
        context.set("sts:SourceIdentity", source.as_str());
    }
    let requested: Vec<String> = request.tags.values.keys().cloned().collect();
    if !requested.is_empty() {
        set_tags(&mut context, "aws:RequestTag", &request.tags.values);
        context.set_many("aws:TagKeys", requested);
    }
    let transitive: Vec<String> = request.tags.transitive.iter().cloned().collect();
    if !transitive.is_empty() {
        context.set_many("sts:TransitiveTagKeys", transitive);
    }
    // A code on the call itself is as fresh as can be, whatever the credentials were made with.
    if let Mfa::At(_) = mfa {
        set_mfa(&mut context, call, mfa);
    }
    context
}

/// Returns the session, if the role allows sessions that long.
fn role_session(
    call: &Call,
    accounts: &Accounts,
    request: AssumeRoleRequest,
    chained: Chained,
) -> Result<RoleSession, Failure> {
    let account = request.role.account().ok_or_else(Failure::invalid_token)?;
    let longest = accounts
        .role(&request.role)
        .map_or(0, |role| role.max_session.as_secs());
    if request.seconds > longest {
        return Err(Failure::validation(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let policies = session_policy::read(&call.params, accounts, &account)?;
    Ok(RoleSession {
        role: request.role,
        name: request.name,
        policies,
        tags: request.tags,
        source_identity: request.source_identity,
        chained,
    })
}

/// A source identity, once set, stays for the whole chain.
fn source_identity(
    call: &Call,
    asked: Option<SourceIdentity>,
) -> Result<Option<SourceIdentity>, Failure> {
    let inherited = match call.caller.session().map(|session| &session.principal) {
        Some(Principal::Role(session)) => session.source_identity.clone(),
        _ => None,
    };
    match (inherited, asked) {
        (Some(set), Some(asked)) if set != asked => Err(Failure::denied(
            "Source identity cannot be changed in a role chain.",
        )),
        (inherited, asked) => Ok(inherited.or(asked)),
    }
}
