//! `POST` and `GET /v3/auth/tokens`: a password, or what another account has entrusted, is exchanged for a token, and a token is told what it
//! says.

use std::collections::BTreeSet;

use ambar_domain::ids::{ProjectId, UserId};
use ambar_domain::level::Role;
use ambar_domain::policy::access::Caller as Person;
use ambar_projections::ViewsError;
use ambar_projections::identity::{self, Account, User};
use ambar_schemas::iam::token::{
    AssumedBy, OneToken, Service, ServiceEndpoint, Token, TokenAgency, TokenDomain, TokenHolder, TokenMethod, TokenProject, TokenUser,
};
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode};

use super::assume_role::assume;
use super::caller::Caller;
use super::claims::{Claims, Holder, find_holder, sign};
use super::error::IamError;
use super::request::{Proof, Scope, TokenRequest};
use super::respond::respond;
use super::roles;
use super::sign_in::{SignedIn, sign_in};
use crate::auth::Identity;
use crate::call::Call;
use crate::limits::{Limit, count_refusal};
use crate::operations;

const X_SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

/// A token for a password, or for whoever acts for another account.
pub(super) async fn create(call: &Call, body: &[u8]) -> Result<Response, IamError> {
    let (proof, scope) = TokenRequest::parse(body)?;
    let mut holder = match proof {
        Proof::Password(claimed) => signed_in(call, sign_in(call, &claimed).await?),
        Proof::AssumeRole(role) => assume(&Caller::prove(call, body)?, &role)?,
    };
    holder.claims.project = scope.map(|scope| project_of(&scope, holder.acts_in())).transpose()?.flatten();
    may_take(call, &holder.claims.user)?;
    operations::note_token(call.state(), &call.context(), holder.claims.to_record()).await?;
    let token = sign(call.state(), &holder.claims);
    answer(call, StatusCode::CREATED, &token, &holder)
}

/// Refuses a user who has taken too many tokens and temporary access keys of late: each is an event.
pub(super) fn may_take(call: &Call, user: &UserId) -> Result<(), IamError> {
    call.registry.limits.tokens.take(user).map_err(|wait| {
        count_refusal(Limit::TokensPerMinute);
        IamError::TooManyTokens { wait }
    })
}

fn signed_in(call: &Call, SignedIn { user, account, password_version }: SignedIn) -> Holder {
    let state = call.state();
    let issued_at = state.clock.now();
    let claims = Claims {
        user: user.user.clone(),
        account: account.account.clone(),
        project: None,
        password: Some(password_version),
        access_key: None,
        acting: None,
        temporary_until: None,
        issued: issued_at.timestamp(),
        expires: (issued_at + state.settings.iam_token_lifetime).timestamp(),
        id: state.ids.uuid(),
    };
    let caller = Person::User { user: user.user.clone(), account: account.account.clone(), administrator: user.administrator };
    Holder { caller, user, account, entrusted: None, claims }
}

/// What a token says, for its own user and for administrators of the account.
pub(super) fn show(call: &Call, identity: &Identity) -> Result<Response, IamError> {
    let token = call.header(X_SUBJECT_TOKEN).ok_or(IamError::Malformed { reason: "the header X-Subject-Token is missing" })?;
    let holder = find_holder(call.state(), token.as_bytes())?.ok_or(IamError::NotFound { what: "token" })?;
    if identity.user() != Some(&holder.user.user) && !identity.is_administrator_of(&holder.account.account) {
        return Err(IamError::Denied);
    }
    answer(call, StatusCode::OK, token, &holder)
}

/// The project that a token is to be for, if it is not to be for the whole account. There are no others than the account's own.
fn project_of(scope: &Scope, account: &Account) -> Result<Option<ProjectId>, IamError> {
    match (&scope.project, &scope.domain) {
        (Some(project), None) if project.means(account.project_id.as_str(), account.project_name.as_str()) => {
            Ok(Some(account.project_id.clone()))
        }
        (None, Some(domain)) if domain.means(account.account.as_str(), account.name.as_str()) => Ok(None),
        (None, None) => Ok(None),
        (Some(_), Some(_)) => Err(IamError::Malformed { reason: "a scope is a project or a domain, not both" }),
        (Some(_), None) | (None, Some(_)) => Err(IamError::ScopeRefused),
    }
}

fn answer(call: &Call, status: StatusCode, token: &str, holder: &Holder) -> Result<Response, IamError> {
    let mut response = respond(status, &OneToken { token: describe(call, holder)? });
    let token = HeaderValue::try_from(token).map_err(|error| IamError::Unavailable(Box::new(error)))?;
    response.headers_mut().insert(X_SUBJECT_TOKEN, token);
    Ok(response)
}

fn describe(call: &Call, holder: &Holder) -> Result<Token, ViewsError> {
    let Holder { user, account: home, claims, entrusted, .. } = holder;
    let account = holder.acts_in();
    let domain_of = |account: &Account| TokenDomain { id: account.account.clone(), name: account.name.clone() };
    let domain = domain_of(account);
    let person = TokenUser { id: user.user.clone(), name: user.name.clone(), domain: domain_of(home), password_expires_at: "" };
    let roles = match entrusted {
        Some((_, agency)) => agency.level.into_iter().map(roles::brief_level).collect(),
        None => roles_of(call, user)?.into_iter().map(roles::brief).collect(),
    };
    let (method, user, assumed_by) = match entrusted {
        // To clients the agency is the user, and who acts has assumed it.
        Some((_, agency)) => {
            let name = format!("{}/{}", account.name, agency.name);
            let agency = TokenAgency { id: agency.delegation.clone(), name, domain: domain.clone() };
            (TokenMethod::AssumeRole, TokenHolder::Agency(agency), Some(AssumedBy { user: person }))
        }
        None => (TokenMethod::Password, TokenHolder::User(person), None),
    };
    let project = claims.project.clone();
    Ok(Token {
        methods: [method],
        issued_at: claims.issued_at().unwrap_or_default(),
        expires_at: claims.expires_at().unwrap_or_default(),
        user,
        assumed_by,
        roles,
        catalog: if call.query().first("nocatalog").is_some() { Vec::new() } else { catalog(call, account) },
        domain: project.is_none().then(|| domain.clone()),
        project: project.map(|id| TokenProject { id, name: account.project_name.clone(), domain }),
    })
}

/// The user's roles, its own and its groups'.
fn roles_of(call: &Call, user: &User) -> Result<BTreeSet<Role>, ViewsError> {
    let reader = call.state().views.reader()?;
    let mut roles: BTreeSet<_> = identity::list_user_roles(&reader, &user.user)?.into_iter().collect();
    for group in identity::list_administrator_groups(&reader, &user.user)? {
        roles.extend(identity::list_group_roles(&reader, &group)?);
    }
    Ok(roles)
}

/// Where the services are: both are here.
fn catalog(call: &Call, account: &Account) -> Vec<Service> {
    let Some(base) = call.base_url() else { return Vec::new() };
    let region = &account.project_name;
    let service = |name, url| {
        let endpoint = ServiceEndpoint { id: name, interface: "public", region: region.clone(), region_id: region.clone(), url };
        Service { id: name, name, kind: name, endpoints: [endpoint] }
    };
    vec![service("iam", format!("{base}/v3")), service("swr", format!("{base}/v2"))]
}
