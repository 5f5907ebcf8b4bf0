//! Images (reference, section 7.3).

use ambar_domain::level::Visibility;
use ambar_domain::repository::{Category, Description};
use ambar_domain::repository_name::RepositoryName;
use ambar_projections::Reader;
use ambar_projections::cards::{self, CardOrder, CardQuery, RepositoryCard};
use ambar_projections::repositories::list_tags;
use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::filter::{DEFAULT_LIMIT, MAX_LIMIT, Parameters};
use ambar_schemas::swr::repository::{CreateRepository, RepositoriesV3, Repository, RepositoryItem, RepositoryItemV3, UpdateRepository};
use axum::response::Response;
use http::StatusCode;

use super::authority::{OnOrganization, OnRepository};
use super::body::read;
use super::error::ManageError;
use super::respond::{empty, json, page};
use super::shares::too_long;
use crate::auth::Member;
use crate::call::Call;
use crate::operations::{self, Properties};

/// How many tags an image of a list comes with.
const LISTED_TAGS: usize = 100;

/// How many bytes of descriptions a page has at most.
const DESCRIPTION_BYTES: usize = 4 << 20;

pub(super) async fn create(call: &Call, holder: &OnOrganization, body: &[u8]) -> Result<Response, ManageError> {
    let wanted: CreateRepository = read(body)?;
    // Clients write the name in a body as it is, and some as in a path.
    let path = wanted.repository.ok_or(SwrCode::ParameterMissing)?.replace('$', "/");
    let name: RepositoryName = format!("{}/{path}", holder.name).parse()?;
    let is_public = wanted.is_public.ok_or(SwrCode::PublicInvalid)?;
    let properties = properties(Some(is_public), wanted.category.as_deref(), wanted.description)?;
    operations::create_repository(call.state(), &call.context(), &name, properties).await?;
    Ok(empty(StatusCode::CREATED))
}

pub(super) async fn update(call: &Call, holder: &OnRepository, body: &[u8]) -> Result<Response, ManageError> {
    let wanted: UpdateRepository = read(body)?;
    let properties = properties(wanted.is_public, wanted.category.as_deref(), wanted.description)?;
    operations::change_properties(call.state(), &call.context(), &holder.name, properties).await?;
    Ok(empty(StatusCode::CREATED))
}

pub(super) async fn delete(call: &Call, holder: &OnRepository) -> Result<Response, ManageError> {
    operations::delete_repository(call.state(), &call.context(), &holder.name).await?;
    Ok(empty(StatusCode::NO_CONTENT))
}

pub(super) fn show(call: &Call, holder: &OnRepository) -> Result<Response, ManageError> {
    let mut card = cards::find_card(&call.state().views.reader()?, &holder.name)?.ok_or(SwrCode::RepositoryNotFound)?;
    if holder.member.account != holder.owner {
        // Others see the image, and not who works on it.
        (card.creator, card.creator_name) = (None, None);
    }
    let path = pull_path(call, &card.name);
    let repository = Repository {
        id: card.id,
        ns_id: card.organization_id,
        name: card.name.path().to_owned(),
        category: card.category.as_str(),
        description: card.description.to_string(),
        creator_id: card.creator.map(|creator| creator.to_string()).unwrap_or_default(),
        creator_name: card.creator_name.map(|name| name.to_string()).unwrap_or_default(),
        size: card.size_bytes,
        is_public: card.visibility == Visibility::Public,
        num_images: card.tag_count,
        num_download: card.pull_count,
        url: "",
        internal_path: path.clone(),
        path,
        created: card.created_at,
        updated: card.updated_at,
        domain_id: card.account.to_string(),
        priority: 0,
    };
    Ok(json(StatusCode::OK, &repository))
}

pub(super) fn list(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let wanted = parameters.page()?;
    let (order, descending) = order(parameters)?;
    let query = query(member, parameters)?;
    let reader = call.state().views.reader()?;
    let snapshot = reader.snapshot()?;
    let (listed, total) = cards::list_cards(&snapshot, &query, order, descending, number(wanted.offset), number(wanted.limit))?;
    let items = within_bounds(listed).into_iter().map(|card| item(call, &snapshot, card, false, total)).collect::<Result<Vec<_>, _>>()?;
    Ok(page(&items, wanted.offset, total, wanted.counted))
}

pub(super) fn list_v3(call: &Call, member: &Member, parameters: &Parameters<'_>) -> Result<Response, ManageError> {
    let query = query(member, parameters)?;
    let (after, limit) = marker(parameters)?;
    let listed = cards::list_cards_after(&call.state().views.reader()?, &query, after, limit + 1)?;
    Ok(json(StatusCode::OK, &page_v3(within_bounds(listed).into_iter().map(|card| item_v3(card, false)), limit)))
}

/// A page of long descriptions has the first of them and leaves the others empty; each image alone shows its own.
pub(super) fn within_bounds(mut cards: Vec<RepositoryCard>) -> Vec<RepositoryCard> {
    let mut room = DESCRIPTION_BYTES;
    for card in &mut cards {
        match room.checked_sub(card.description.as_str().len()) {
            Some(left) => room = left,
            None => card.description = Description::default(),
        }
    }
    cards
}

/// One more than the page holds tells that there is a next one.
pub(super) fn page_v3(listed: impl Iterator<Item = RepositoryItemV3>, limit: usize) -> RepositoriesV3 {
    let mut repos: Vec<_> = listed.collect();
    let more = repos.len() > limit;
    repos.truncate(limit);
    let next_marker = repos.last().map(|last| last.id).filter(|_| more);
    RepositoriesV3 { repos, next_marker }
}

/// Where a page of version 3 begins, and how much it has.
pub(super) fn marker(parameters: &Parameters<'_>) -> Result<(Option<i64>, usize), ManageError> {
    let invalid = || ManageError::told(SwrCode::ParameterInvalid, "marker and limit are numbers, limit from 1 to 1000");
    let after = parameters.get("marker").map(|text| text.parse().map_err(|_| invalid())).transpose()?;
    let limit = parameters.get("limit").map_or(Ok(DEFAULT_LIMIT), |text| text.parse().map_err(|_| invalid()))?;
    if (1..=MAX_LIMIT).contains(&limit) { Ok((after, number(limit))) } else { Err(invalid()) }
}

/// What lists of images can be sorted by; the newest first if nothing is said.
pub(super) fn order(parameters: &Parameters<'_>) -> Result<(CardOrder, bool), ManageError> {
    let descending = parameters.descending()?;
    let order = match parameters.get("order_column") {
        None => return Ok((CardOrder::UpdatedAt, descending.unwrap_or(true))),
        Some("name") => CardOrder::Name,
        Some("updated_time") => CardOrder::UpdatedAt,
        Some("tag_count") => CardOrder::TagCount,
        // Ours: the original sorts by neither.
        Some("size") => CardOrder::Size,
        Some("download_count") => CardOrder::PullCount,
        Some(_) => return Err(SwrCode::OrderInvalid.into()),
    };
    Ok((order, descending.unwrap_or(false)))
}

/// What SQLite counts with.
pub(super) fn number(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

pub(super) fn query(member: &Member, parameters: &Parameters<'_>) -> Result<CardQuery, ManageError> {
    Ok(CardQuery {
        organization: parameters.get("namespace").map(str::parse).transpose()?,
        name_contains: parameters.get("name").map(str::to_owned),
        category: category(parameters.get("category"))?,
        visibility: visibility(parameters)?,
        visible_to: (!member.sees_everything()).then(|| member.user.clone()),
        ..CardQuery::of(member.account.clone())
    })
}

pub(super) fn visibility(parameters: &Parameters<'_>) -> Result<Option<Visibility>, ManageError> {
    match parameters.get("is_public") {
        None => Ok(None),
        Some("true") => Ok(Some(Visibility::Public)),
        Some("false") => Ok(Some(Visibility::Private)),
        Some(_) => Err(SwrCode::PublicInvalid.into()),
    }
}

pub(super) fn category(word: Option<&str>) -> Result<Option<Category>, ManageError> {
    word.map(|word| word.parse().map_err(|error| ManageError::told(SwrCode::ParameterInvalid, error))).transpose()
}

fn properties(is_public: Option<bool>, word: Option<&str>, description: Option<String>) -> Result<Properties, ManageError> {
    Ok(Properties {
        visibility: is_public.map(|public| if public { Visibility::Public } else { Visibility::Private }),
        category: category(word.filter(|word| !word.is_empty()))?,
        description: description.map(|text| text.parse().map_err(too_long)).transpose()?,
    })
}

/// `registry/organization/name`, as pull commands have it.
pub(super) fn pull_path(call: &Call, name: &RepositoryName) -> String {
    format!("{}/{name}", call.host())
}

/// With the first of its tags.
pub(super) fn item(
    call: &Call,
    reader: &Reader,
    card: RepositoryCard,
    status: bool,
    total_range: u64,
) -> Result<RepositoryItem, ManageError> {
    let path = pull_path(call, &card.name);
    Ok(RepositoryItem {
        tags: if card.tag_count == 0 { Vec::new() } else { list_tags(reader, &card.name, None, LISTED_TAGS)? },
        name: card.name.path().to_owned(),
        category: card.category.as_str(),
        description: card.description.to_string(),
        size: card.size_bytes,
        is_public: card.visibility == Visibility::Public,
        num_images: card.tag_count,
        num_download: card.pull_count,
        created_at: card.created_at,
        updated_at: card.updated_at,
        logo: "",
        url: "",
        internal_path: path.clone(),
        path,
        domain_name: card.account_name.to_string(),
        namespace: card.name.organization_str().to_owned(),
        status,
        total_range,
    })
}

pub(super) fn item_v3(card: RepositoryCard, status: bool) -> RepositoryItemV3 {
    RepositoryItemV3 {
        id: card.id,
        name: card.name.path().to_owned(),
        category: card.category.as_str(),
        description: card.description.to_string(),
        size: card.size_bytes,
        is_public: card.visibility == Visibility::Public,
        num_images: card.tag_count,
        num_download: card.pull_count,
        created_at: card.created_at,
        updated_at: card.updated_at,
        domain_name: card.account_name.to_string(),
        namespace_name: card.name.organization_str().to_owned(),
        status,
    }
}
