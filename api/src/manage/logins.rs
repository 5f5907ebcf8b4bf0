//! Login commands (reference, section 7.8): a temporary login in the form that a shell and a client's configuration take.

use std::collections::BTreeMap;

use ambar_domain::login::LoginScope;
use ambar_projections::identity;
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use ambar_schemas::swr::login::{Auth, Auths};
use ambar_schemas::swr::time;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use http::header::CACHE_CONTROL;
use http::{HeaderName, HeaderValue, StatusCode};

use super::error::ManageError;
use super::respond::json;
use crate::auth::{BEARER_TOKEN, Member, authenticate_again};
use crate::call::Call;
use crate::operations::{IssuedLogin, LoginClient, LoginOrder, issue_login};

const X_SWR_DOCKERLOGIN: HeaderName = HeaderName::from_static("x-swr-dockerlogin");
const X_SWR_EXPIREAT: HeaderName = HeaderName::from_static("x-swr-expireat");

/// For `<project>@<id>`. A project may be named, and can only be the account's.
pub(super) async fn create_secret(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let lifetime = parameters.get("duration_seconds").map(seconds).transpose()?;
    if let Some(project) = parameters.get("projectname") {
        let account = identity::find_account(&call.state().views.reader()?, &member.account)?;
        if account.is_none_or(|account| account.project_name.as_str() != project) {
            return Err(ManageError::told(SwrCode::ParameterInvalid, "the account has no project of that name"));
        }
    }
    let issued = issue(call, member, "docker login", lifetime).await?;
    let user = format!("{}@{}", issued.project_name, issued.login);
    respond(call, &user, &issued)
}

/// For `bearertoken@<id>`.
pub(super) async fn create_authorization_token(call: &Call, member: &Member) -> Result<Response, ManageError> {
    let issued = issue(call, member, "authorization token", None).await.map_err(|error| match error {
        ManageError::Code(SwrCode::Denied) => SwrCode::EnhancedLoginDenied.into(),
        error => error,
    })?;
    respond(call, &format!("{BEARER_TOKEN}@{}", issued.login), &issued)
}

async fn issue(call: &Call, member: &Member, name: &'static str, lifetime: Option<Duration>) -> Result<IssuedLogin, ManageError> {
    let name = name.parse().map_err(|error| ManageError::Internal(SwrCode::Failed, Box::new(error)))?;
    let order = LoginOrder { name, client: LoginClient::Docker, lifetime, scope: LoginScope::EVERYTHING };
    let issued = issue_login(call.state(), &call.context(), &member.user, order).await?;
    // A password that was changed since the call was looked at does not stop what was issued behind that.
    authenticate_again(call)?;
    Ok(issued)
}

/// How long a login may last, the operation decides.
fn seconds(text: &str) -> Result<Duration, ManageError> {
    let seconds: u32 = text.parse().map_err(|_| ManageError::told(SwrCode::ParameterInvalid, "duration_seconds must be a number"))?;
    Ok(Duration::seconds(seconds.into()))
}

fn respond(call: &Call, user: &str, issued: &IssuedLogin) -> Result<Response, ManageError> {
    let (host, password) = (call.host(), &issued.login_key);
    let auth = Auth { auth: STANDARD.encode(format!("{user}:{password}")) };
    let command = format!("docker login -u {user} -p {password} {host}");
    let mut response = json(StatusCode::OK, &Auths { auths: BTreeMap::from([(host, auth)]) });
    for (name, value) in [(X_SWR_DOCKERLOGIN, command), (X_SWR_EXPIREAT, time::text(issued.until))] {
        let mut value = HeaderValue::try_from(value).map_err(|error| ManageError::Internal(SwrCode::Failed, Box::new(error)))?;
        value.set_sensitive(true);
        response.headers_mut().insert(name, value);
    }
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
