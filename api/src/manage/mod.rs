//! The SWR management API: `/v2/manage` and `/v3/manage`, for clients that nobody here wrote.
//!
//! A call is read whole, since its signature covers the body; then who sent it is found out; then an operation proves the right that it
//! needs. What the paths mean is in `route`, what goes wrong in `error`; shapes, codes and numbers are in `ambar_schemas::swr`.

mod accessories;
mod authority;
mod body;
mod error;
mod lists;
mod logins;
pub(crate) mod openapi;
mod organizations;
mod permissions;
mod repositories;
mod respond;
mod route;
mod shared_repositories;
mod shares;
mod tags;
mod totals;
mod versions;

use ambar_domain::grants::Granting;
use ambar_domain::level::Level;
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::Parameters;
use axum::body::Body;
use axum::response::Response;

use self::authority::{OnOrganization, OnRepository};
use self::error::ManageError;
use self::route::{Meaning, Operation};
use crate::auth::{Member, authenticate_api};
use crate::call::Call;
use crate::extract::Version;

pub(crate) use versions::{list_versions, show_version};

/// Answers a call to what is behind `/v2/manage/` or `/v3/manage/`.
pub(crate) async fn serve(call: &Call, version: Version, path: &str, body: Body) -> Response {
    match answer(call, version, path, body).await {
        Ok(response) => response,
        Err(error) => error.into_response(&call.request_id),
    }
}

async fn answer(call: &Call, version: Version, path: &str, body: Body) -> Result<Response, ManageError> {
    let body = body::take(call, body).await?;
    let identity = authenticate_api(call, &body)?;
    let member = Member::prove(&identity)?;
    let meaning = match version {
        Version::V2 => route::parse_v2(&call.parts.method, path),
        Version::V3 => route::parse_v3(&call.parts.method, path),
    };
    match meaning {
        Meaning::Operation(operation) => execute(call, &member, operation, &body).await,
        Meaning::OtherMethod { allow } => Err(ManageError::MethodNotAllowed { allow }),
        Meaning::Nothing => Err(SwrCode::UrlNotFound.into()),
    }
}

async fn execute(call: &Call, member: &Member, operation: Operation<'_>, body: &[u8]) -> Result<Response, ManageError> {
    let parameters = Parameters::read(call.query().pairs())?;
    match operation {
        Operation::ListNamespaces => lists::make(call, member, organizations::list).await,
        Operation::CreateNamespace => organizations::create(call, member, body).await,
        Operation::ListRepositories => lists::make(call, member, repositories::list).await,
        Operation::ListRepositoriesV3 => lists::make(call, member, repositories::list_v3).await,
        Operation::ListSharedRepositories => lists::make(call, member, shared_repositories::list).await,
        Operation::ListSharedRepositoriesV3 => lists::make(call, member, shared_repositories::list_v3).await,
        Operation::ListQuotas => totals::quotas(call, member),
        Operation::ShowFeatureGates => Ok(totals::feature_gates()),
        Operation::ShowOverview => lists::make(call, member, |call, member, _| totals::overview(call, member)).await,
        Operation::ShowReports { resource, frequency } => totals::report(call, member, &resource, &frequency),
        Operation::ShowAgency => totals::agency(call, member),
        Operation::CreateAgency => totals::create_agency(call, member).await,
        Operation::CreateSecret => logins::create_secret(call, member, &parameters).await,
        Operation::CreateAuthorizationToken => logins::create_authorization_token(call, member).await,
        Operation::NotYet => Err(SwrCode::NotImplemented.into()),
        operation => match on_organization(call, member, operation, body).await? {
            Done::Response(response) => Ok(response),
            Done::Other(operation) => on_repository(call, member, operation, body, &parameters).await,
        },
    }
}

/// Whether an operation was one of those at hand.
enum Done<'a> {
    Response(Response),
    Other(Operation<'a>),
}

async fn on_organization<'a>(call: &Call, member: &Member, operation: Operation<'a>, body: &[u8]) -> Result<Done<'a>, ManageError> {
    let prove = async |namespace: &str, level| OnOrganization::prove(call, member, namespace, level).await;
    let response = match operation {
        Operation::ShowNamespace { namespace } => organizations::show(call, &prove(&namespace, Level::Read).await?)?,
        Operation::DeleteNamespace { namespace } => organizations::delete(call, &prove(&namespace, Level::Manage).await?).await?,
        Operation::ShowNamespaceAuth { namespace } => permissions::show_on_organization(call, &prove(&namespace, Level::Read).await?)?,
        Operation::CreateNamespaceAuth { namespace } => {
            permissions::grant_on_organization(call, &prove(&namespace, Level::Manage).await?, body, Granting::New).await?
        }
        Operation::UpdateNamespaceAuth { namespace } => {
            permissions::grant_on_organization(call, &prove(&namespace, Level::Manage).await?, body, Granting::Change).await?
        }
        Operation::DeleteNamespaceAuth { namespace } => {
            permissions::revoke_on_organization(call, &prove(&namespace, Level::Manage).await?, body).await?
        }
        Operation::CreateRepository { namespace } => repositories::create(call, &prove(&namespace, Level::Edit).await?, body).await?,
        operation => return Ok(Done::Other(operation)),
    };
    Ok(Done::Response(response))
}

async fn on_repository(
    call: &Call,
    member: &Member,
    operation: Operation<'_>,
    body: &[u8],
    parameters: &Parameters<'_>,
) -> Result<Response, ManageError> {
    let prove = async |named, level| OnRepository::prove(call, member, named, level).await;
    match operation {
        Operation::ShowRepository(named) => repositories::show(call, &prove(&named, Level::Read).await?),
        Operation::UpdateRepository(named) => repositories::update(call, &prove(&named, Level::Edit).await?, body).await,
        Operation::DeleteRepository(named) => repositories::delete(call, &prove(&named, Level::Manage).await?).await,
        Operation::ShowRepositoryAuth(named) => permissions::show_on_repository(call, &prove(&named, Level::Read).await?),
        Operation::CreateRepositoryAuth(named) => {
            permissions::grant_on_repository(call, &prove(&named, Level::Manage).await?, body, Granting::New).await
        }
        Operation::UpdateRepositoryAuth(named) => {
            permissions::grant_on_repository(call, &prove(&named, Level::Manage).await?, body, Granting::Change).await
        }
        Operation::DeleteRepositoryAuth(named) => permissions::revoke_on_repository(call, &prove(&named, Level::Manage).await?, body).await,
        Operation::ListTags(named) => tags::list(call, &prove(&named, Level::Read).await?, parameters).await,
        Operation::ListTagsV3(named) => tags::list_v3(call, &prove(&named, Level::Read).await?, parameters).await,
        Operation::CreateTag(named) => tags::create(call, &prove(&named, Level::Edit).await?, body).await,
        Operation::ShowTag(named, tag) => tags::show(call, &prove(&named, Level::Read).await?, &tag).await,
        Operation::ListAccessories(named, tag) => accessories::list(call, &prove(&named, Level::Read).await?, &tag, parameters).await,
        Operation::ListReferences(named, tag) => {
            accessories::list_references(call, &prove(&named, Level::Read).await?, &tag, parameters).await
        }
        Operation::DeleteTag(named, tag) => tags::delete(call, &prove(&named, Level::Manage).await?, &tag).await,
        Operation::ListShares(named) => shares::list(call, &prove(&named, Level::Manage).await?),
        Operation::CreateShare(named) => shares::create(call, &prove(&named, Level::Manage).await?, body).await,
        Operation::ShowShare(named, domain) => shares::show(call, &prove(&named, Level::Manage).await?, &domain),
        Operation::UpdateShare(named, domain) => shares::update(call, &prove(&named, Level::Manage).await?, &domain, body).await,
        Operation::DeleteShare(named, domain) => shares::delete(call, &prove(&named, Level::Manage).await?, &domain).await,
        // Answered before.
        _ => Err(SwrCode::UrlNotFound.into()),
    }
}
