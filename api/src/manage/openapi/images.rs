//! Images and their shares.

use ambar_schemas::swr::error::SwrCode;
use ambar_schemas::swr::repository::{CreateRepository, RepositoriesV3, Repository, RepositoryItem, UpdateRepository};
use ambar_schemas::swr::share::{MaybeShare, Share, WantedShare};

use super::parameters::{RANGE, markers, of_images, order, page};
use super::{ON_ORGANIZATION, ON_REPOSITORY, row};
use crate::openapi::{Operation, Parameter, Shape};

pub(super) fn operations() -> Vec<Operation> {
    [repositories(), lists(), shared_lists(), shares()].into_iter().flatten().collect()
}

fn repositories() -> Vec<Operation> {
    let image = "/v2/manage/namespaces/{namespace}/repos/{repository}";
    vec![
        row("POST", "/v2/manage/namespaces/{namespace}/repos", "CreateRepository", "Creates an image without versions")
            .takes::<CreateRepository>()
            .done(201, "It is there")
            .refuses_with(ON_ORGANIZATION)
            .refuses_with(&[SwrCode::ParameterMissing, SwrCode::ParameterInvalid, SwrCode::PublicInvalid, SwrCode::RepositoryInvalid])
            .refuses_with(&[SwrCode::RepositoryExists, SwrCode::Busy, SwrCode::DescriptionTooLong]),
        row("GET", image, "ShowRepository", "Shows an image").gives::<Repository>(200, "The image").refuses_with(ON_REPOSITORY),
        row("PATCH", image, "UpdateRepository", "Changes what describes an image")
            .details("What is absent stays as it is. An image that is shared does not become public.")
            .takes::<UpdateRepository>()
            .done(201, "It is changed")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(&[SwrCode::ParameterInvalid, SwrCode::Busy, SwrCode::DescriptionTooLong]),
        row("DELETE", image, "DeleteRepository", "Deletes an image with all its versions")
            .done(204, "It is gone")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(&[SwrCode::Busy]),
    ]
}

/// What any list of images may be refused with.
const ON_LISTS: &[SwrCode] = &[SwrCode::ParameterInvalid, SwrCode::OrganizationInvalid, SwrCode::PublicInvalid, SwrCode::OrderInvalid];

fn lists() -> Vec<Operation> {
    vec![
        row("GET", "/v2/manage/repos", "ListRepositories", "Lists images of the account")
            .with_all(of_images())
            .with_all(order(&["name", "updated_time", "tag_count", "size", "download_count"]))
            .with_all(page())
            .gives::<Vec<RepositoryItem>>(200, "The images; behind 4 MiB of descriptions, descriptions are left out")
            .header_if(200, "Content-Range", false, RANGE)
            .refuses_with(ON_LISTS),
        row("GET", "/v3/manage/repos", "ListRepositoriesV3", "Lists images of the account by markers")
            .with_all(of_images())
            .with_all(markers())
            .gives::<RepositoriesV3>(200, "A page of images")
            .refuses_with(ON_LISTS),
    ]
}

fn shared_lists() -> Vec<Operation> {
    vec![
        row("GET", "/v2/manage/shared-repositories", "ListSharedRepositories", "Lists shared images")
            .with_all(of_shares("center"))
            .with_all(of_images())
            .with_all(order(&["name", "updated_time", "updated_at", "tag_count", "size", "download_count"]))
            .with_all(page())
            .gives::<Vec<RepositoryItem>>(200, "The images")
            .header_if(200, "Content-Range", false, RANGE)
            .refuses_with(ON_LISTS),
        row("GET", "/v3/manage/shared-repositories", "ListSharedRepositoriesV3", "Lists shared images by markers")
            .with_all(of_shares("shared_by"))
            .with_all(of_images())
            .with_all(markers())
            .gives::<RepositoriesV3>(200, "A page of images")
            .refuses_with(ON_LISTS),
    ]
}

/// Whose shares are listed, under the name that it has, and which.
fn of_shares(whose: &'static str) -> Vec<Parameter> {
    let by = "Those that the account shares, or that others share with it. Mandatory here or in the filter.";
    let lasting = "Those of which a share lasts, which is so if nothing is said, or those that were shared and are no more. Of these others are \
                   told the name, the account and the times of the share.";
    vec![
        Parameter::query(whose, Shape::one_of(&["self", "thirdparty"]), by),
        Parameter::query("domain_name", Shape::text(), "Those that this account shares."),
        Parameter::query("status", Shape::one_of(&["true", "false"]), lasting),
    ]
}

fn shares() -> Vec<Operation> {
    let all = "/v2/manage/namespaces/{namespace}/repositories/{repository}/access-domains";
    let one = "/v2/manage/namespaces/{namespace}/repositories/{repository}/access-domains/{domain}";
    let written =
        &[SwrCode::ParameterMissing, SwrCode::ParameterInvalid, SwrCode::DomainInvalid, SwrCode::Busy, SwrCode::DescriptionTooLong];
    vec![
        row("GET", all, "ListShares", "Lists the accounts that an image is shared with")
            .gives::<Vec<Share>>(200, "The shares")
            .refuses_with(ON_REPOSITORY),
        row("POST", all, "CreateShare", "Shares a private image with another account")
            .takes::<WantedShare>()
            .done(201, "Its users may pull")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(written)
            .refuses_with(&[SwrCode::ShareExists, SwrCode::ShareQuota]),
        row("GET", one, "ShowShare", "Says whether an image is shared with an account")
            .gives::<MaybeShare>(200, "The share, if it is")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(&[SwrCode::DomainInvalid]),
        row("PATCH", one, "UpdateShare", "Changes the end or the description of a share")
            .takes::<WantedShare>()
            .done(201, "It is changed")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(written)
            .refuses_with(&[SwrCode::ShareNotFound]),
        row("DELETE", one, "DeleteShare", "Ends a share")
            .done(204, "Its users may not pull any more")
            .refuses_with(ON_REPOSITORY)
            .refuses_with(&[SwrCode::DomainInvalid, SwrCode::ShareNotFound, SwrCode::Busy]),
    ]
}
