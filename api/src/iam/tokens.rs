//! `POST` and `GET /v3/auth/tokens`: a password, or what another account has entrusted, is exchanged for a token, and a token is told what it
//! says.

use std::collections::BTreeSet;

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::ProjectId;
use ambar_domain::level::Role;
use ambar_domain::policy::access::Caller;
use ambar_projections::ViewsError;
use ambar_projections::identity::{self, Account, User};
use axum::response::Response;
use chrono::SecondsFormat;
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::assume_role::assume;
use super::claims::{Claims, Holder, find_holder, sign};
use super::error::IamError;
use super::request::{Proof, Scope, TokenRequest};
use super::respond::respond;
use super::roles;
use super::sign_in::{SignedIn, sign_in};
use crate::auth::Identity;
use crate::call::Call;

const X_SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");

/// A token for a password, or for whoever acts for another account.
pub(super) async fn create(call: &Call, body: &[u8]) -> Result<Response, IamError> {
    let (proof, scope) = TokenRequest::parse(body)?;
    let mut holder = match proof {
        Proof::Password(claimed) => signed_in(call, sign_in(call, &claimed).await?),
        Proof::AssumeRole(role) => assume(call, body, &role)?,
    };
    holder.claims.project = scope.map(|scope| project_of(&scope, holder.acts_in())).transpose()?.flatten();
    let token = sign(call.state(), &holder.claims);
    answer(call, StatusCode::CREATED, &token, &holder)
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
        issued: issued_at.timestamp(),
        expires: (issued_at + state.settings.iam_token_lifetime).timestamp(),
        id: state.ids.uuid(),
    };
    let caller = Caller::User { user: user.user.clone(), account: account.account.clone(), administrator: user.administrator };
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
    let mut response = respond(status, &json!({ "token": describe(call, holder)? }));
    let token = HeaderValue::try_from(token).map_err(|error| IamError::Unavailable(Box::new(error)))?;
    response.headers_mut().insert(X_SUBJECT_TOKEN, token);
    Ok(response)
}

fn describe(call: &Call, holder: &Holder) -> Result<Value, ViewsError> {
    let Holder { user, account: home, claims, entrusted, .. } = holder;
    let account = holder.acts_in();
    let domain_of = |account: &Account| json!({ "id": account.account, "name": account.name });
    let domain = domain_of(account);
    let person = json!({ "id": user.user, "name": user.name, "domain": domain_of(home), "password_expires_at": "" });
    let mut token = json!({
        "issued_at": claims.issued_at().map(written),
        "expires_at": claims.expires_at().map(written),
        "catalog": if call.query().first("nocatalog").is_some() { json!([]) } else { catalog(call, account) },
    });
    if let Some((_, agency)) = entrusted {
        // To clients the agency is the user, and who acts has assumed it.
        let name = format!("{}/{}", account.name, agency.name);
        token["methods"] = json!(["assume_role"]);
        token["user"] = json!({ "id": agency.delegation, "name": name, "domain": domain });
        token["assumed_by"] = json!({ "user": person });
        token["roles"] = agency.level.into_iter().map(roles::brief_level).collect();
    } else {
        token["methods"] = json!(["password"]);
        token["user"] = person;
        token["roles"] = roles_of(call, user)?.into_iter().map(roles::brief).collect();
    }
    match &claims.project {
        Some(project) => token["project"] = json!({ "id": project, "name": account.project_name, "domain": domain }),
        None => token["domain"] = domain,
    }
    Ok(token)
}

fn written(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
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
fn catalog(call: &Call, account: &Account) -> Value {
    let Some(base) = call.base_url() else { return json!([]) };
    let service = |name: &str, url: String| {
        let endpoint =
            json!({ "id": name, "interface": "public", "region": account.project_name, "region_id": account.project_name, "url": url });
        json!({ "id": name, "name": name, "type": name, "endpoints": [endpoint] })
    };
    json!([service("iam", format!("{base}/v3")), service("swr", format!("{base}/v2"))])
}
