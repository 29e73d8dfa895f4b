//! `login_session`: a console sign-in. keyward keeps its own sealed in the vault; `aws login` keeps its
//! own in the AWS CLI's file. keyward's comes first.

mod cli;
mod flow;
mod sealed;
mod service;

use keyward_core::Credentials;
use keyward_core::chain::{Base, CacheKey, Chain, LoginSession};
use keyward_core::id::{AccessKeyId, PrincipalArn, ProfileName};
use keyward_vault::IndexedSignIn;

use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::session::single_flight::SingleFlight;
use crate::session::source::{Obtain, SignIn, SourceContext};
use crate::state::local_state::LocalState;

pub(crate) use cli::is_kept as kept_by_the_aws_cli;
pub(crate) use flow::{BrowserMethod, Service};
pub(crate) use sealed::{cache, keep};

impl Obtain for LoginSession {
    fn obtain(&self, context: &SourceContext<'_>) -> Result<Credentials, CliError> {
        credentials(context, &self.profile, &self.session)
    }

    fn fingerprint(&self, _: &Chain) -> Option<CacheKey> {
        Some(fingerprint(&self.session))
    }

    fn forget_ended(
        &self,
        context: &SourceContext<'_>,
        ended: &AccessKeyId,
    ) -> Result<bool, CliError> {
        let principal: Option<PrincipalArn> = self.session.parse().ok();
        let Some(principal) = principal.filter(|one| listed(context.local, one).is_some()) else {
            return Ok(false);
        };
        sealed::forget_ended(context, &principal, ended)
    }

    fn replaced_by(&self, _: &LocalState) -> Option<String> {
        let profile = self.profile.argument();
        Some(format!(
            "sign in again: `keyward signin {profile}`, or `aws login --profile {profile}`"
        ))
    }
}

/// The session's credentials.
fn credentials(
    context: &SourceContext<'_>,
    profile: &ProfileName,
    session: &str,
) -> Result<Credentials, CliError> {
    let principal: Option<PrincipalArn> = session.parse().ok();
    if let Some(principal) = &principal {
        let asked = sealed::SignInRequest {
            context: *context,
            profile,
            session: principal,
        };
        if listed(context.local, principal).is_some() {
            return sealed::credentials(&asked);
        }
        if !cli::is_kept(session) && attended(context.sign_in) {
            return sealed::first(&asked);
        }
    }
    cli::credentials(context, profile, session)
}

/// The sign-in that the vault holds for a principal, as its index says.
pub(crate) fn listed<'w>(
    local: &'w LocalState,
    session: &PrincipalArn,
) -> Option<&'w IndexedSignIn> {
    let mut known = local.index.sign_ins.iter();
    known.find(|known| known.session == *session)
}

/// The same for the console sign-in that a chain starts from.
pub(crate) fn sealed_for<'w>(local: &'w LocalState, chain: &Chain) -> Option<&'w IndexedSignIn> {
    match &chain.base {
        Base::LoginSession(sign_in) => listed(local, &sign_in.session.parse().ok()?),
        _ => None,
    }
}

/// One process at a time makes, renews or forgets the sign-in of a principal.
pub(crate) fn flight<'a>(local: &'a LocalState, session: &PrincipalArn) -> SingleFlight<'a> {
    let waiting = "waiting for another keyward that is renewing the same console sign-in…";
    SingleFlight::new(local, lock_key(session), waiting)
}

/// The fingerprint of everything made from a console sign-in, whichever profile it was made for.
pub(crate) fn fingerprint(session: &str) -> CacheKey {
    CacheKey::of(&["console sign-in", session])
}

fn lock_key(session: &PrincipalArn) -> CacheKey {
    CacheKey::of(&["sealed console sign-in", session.as_str()])
}

/// Whether a sign-in may begin by itself: a person sits there and did not ask over and over.
fn attended(sign_in: SignIn) -> bool {
    sign_in != SignIn::Never && Terminal::open().is_some()
}
