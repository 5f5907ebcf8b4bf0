//! The table of the registry protocol's operations for the OpenAPI document.

use ambar_domain::digest::Digest;
use ambar_domain::organization_name::OrganizationName;
use ambar_schemas::oci::error::{ErrorBody, ErrorCode};
use ambar_schemas::oci::media_type;
use ambar_schemas::oci::referrers::ReferrersIndex;
use ambar_schemas::oci::tags::TagList;
use serde_json::json;

use crate::openapi::{Operation, Parameter, Proof, Shape, Surface};

/// The types of manifests that clients push.
const MANIFESTS: [&str; 4] =
    [media_type::OCI_MANIFEST, media_type::OCI_INDEX, media_type::DOCKER_MANIFEST, media_type::DOCKER_MANIFEST_LIST];

const BYTES: &str = "application/octet-stream";
const DIGEST: &str = "Docker-Content-Digest";

pub(crate) fn operations() -> Vec<Operation> {
    let base = [base()].into_iter().chain([catalog()]);
    let in_repository = [tags(), referrers(), manifests(), blobs(), uploads()].into_iter().flatten();
    let in_repository = in_repository.map(|operation| operation.refuses_as(&[ErrorCode::NameInvalid]));
    let all: Vec<_> = base.chain(in_repository).map(|operation| operation.refuses_as(ANY).naming(named)).collect();
    all.into_iter().flat_map(with_head).collect()
}

/// What any call may be refused with: also for a block, and after too many failed logins.
const ANY: &[ErrorCode] =
    &[ErrorCode::Unauthorized, ErrorCode::Denied, ErrorCode::TooManyRequests, ErrorCode::Unavailable, ErrorCode::Unknown];

/// What is read by `GET` is there by `HEAD` as well.
fn with_head(operation: Operation) -> Vec<Operation> {
    let head = match operation.id {
        "CheckApi" => "CheckApiHead",
        "ListAllRepositories" => "ListAllRepositoriesHead",
        "ListTagsOfRepository" => "ListTagsOfRepositoryHead",
        "ListReferrers" => "ListReferrersHead",
        "PullManifest" => "CheckManifest",
        "PullBlob" => "CheckBlob",
        "ShowUpload" => "ShowUploadHead",
        _ => return vec![operation],
    };
    let head = operation.head(head);
    vec![operation, head]
}

fn base() -> Operation {
    row("GET", "/v2/", "CheckApi", "Says that the registry is here, and how to log in").gives_as(
        200,
        "The caller is logged in",
        "application/json",
        Some(Shape::Plain(json!({ "type": "object" }))),
    )
}

fn catalog() -> Operation {
    row("GET", "/v2/_catalog", "ListAllRepositories", "Is not offered: the management API lists what a user may see")
        .refuses_as(&[ErrorCode::Unsupported])
}

fn tags() -> Vec<Operation> {
    vec![
        row("GET", "/v2/{organization}/{repository}/tags/list", "ListTagsOfRepository", "Lists the tags of a repository")
            .with(Parameter::query("n", Shape::number(0, u64::from(u32::MAX)), "The most that the page has; never more than 1000."))
            .with(Parameter::query("last", Shape::text(), "The last tag of the page before."))
            .gives::<TagList>(200, "A page of tags, in byte order")
            .header_if(200, "Link", false, "Where the next page is.")
            .refuses_as(&[ErrorCode::PaginationNumberInvalid, ErrorCode::NameUnknown]),
    ]
}

fn referrers() -> Vec<Operation> {
    let path = "/v2/{organization}/{repository}/referrers/{digest}";
    vec![
        row("GET", path, "ListReferrers", "Lists the manifests whose subject this is")
            .with(Parameter::query("artifactType", Shape::text(), "Those of this type."))
            .with(Parameter::query("last", Shape::text(), "The last referrer of the page before, by its digest."))
            .gives_as(
                200,
                "A page of them; an empty one where there are none",
                media_type::OCI_INDEX,
                Some(Shape::written::<ReferrersIndex>()),
            )
            .header_if(200, "Link", false, "Where the next page is.")
            .header_if(200, "OCI-Filters-Applied", false, "`artifactType`, where it was asked for.")
            .refuses_as(&[ErrorCode::DigestInvalid, ErrorCode::PaginationNumberInvalid, ErrorCode::NameUnknown]),
    ]
}

fn manifests() -> Vec<Operation> {
    let path = "/v2/{organization}/{repository}/manifests/{reference}";
    let reference = &[ErrorCode::DigestInvalid, ErrorCode::TagInvalid];
    let pull = row("GET", path, "PullManifest", "Gives a manifest as it was pushed")
        .with(if_none_match())
        .done(200, "The manifest, under the type that it was pushed with");
    let pull =
        MANIFESTS.iter().fold(pull, |pull, kind| pull.gives_as(200, "The manifest, under the type that it was pushed with", kind, None));
    let push = row("PUT", path, "PushManifest", "Takes a manifest whose blobs are there").with(Parameter::query(
        "tag",
        Shape::text(),
        "A tag to set, besides; several times for several.",
    ));
    let push = MANIFESTS.iter().fold(push, |push, kind| push.takes_as(kind, Some(Shape::Plain(json!({ "type": "object" }))), true));
    vec![
        pull.names_content(200)
            .done(304, "The client has it")
            .names_content(304)
            .refuses_as(reference)
            .refuses_as(&[ErrorCode::ManifestUnknown, ErrorCode::NameUnknown]),
        push.done(201, "It is there")
            .header(201, "Location", "Where.")
            .header(201, DIGEST, "Its digest.")
            .header_if(201, "OCI-Subject", false, "The digest of its subject.")
            .header_if(201, "OCI-Tag", false, "A tag that was set.")
            .refuses_as(reference)
            .refuses_as(&[ErrorCode::ManifestInvalid, ErrorCode::ManifestBlobUnknown, ErrorCode::SizeInvalid])
            .refuses_with_status(413, ErrorCode::ManifestInvalid)
            .refuses_with_status(414, ErrorCode::TagInvalid)
            .refuses_with_status(507, ErrorCode::Unavailable),
        row("DELETE", path, "DeleteManifest", "Removes a tag, or a manifest with every tag on it")
            .done(202, "It is gone")
            .refuses_as(reference)
            .refuses_as(&[ErrorCode::ManifestUnknown, ErrorCode::NameUnknown]),
    ]
}

fn blobs() -> Vec<Operation> {
    let path = "/v2/{organization}/{repository}/blobs/{digest}";
    vec![
        row("GET", path, "PullBlob", "Gives a blob, or a part of it")
            .with(Parameter::header("Range", Shape::text(), "The part that is asked for, such as `bytes=0-1023`."))
            .with(Parameter::header("If-Range", Shape::text(), "The entity tag that the part must be of."))
            .with(if_none_match())
            .gives_as(200, "The blob", BYTES, None)
            .names_content(200)
            .gives_as(206, "The part", BYTES, None)
            .names_content(206)
            .header(206, "Content-Range", "Which part.")
            .done(304, "The client has it")
            .names_content(304)
            .refuses_as(&[ErrorCode::DigestInvalid, ErrorCode::BlobUnknown, ErrorCode::NameUnknown, ErrorCode::RangeInvalid])
            .header(416, "Content-Range", "How large the blob is."),
        row("DELETE", path, "DeleteBlob", "Removes a blob that no manifest of the repository names")
            .done(202, "The repository does not serve it any more")
            .refuses_as(&[ErrorCode::DigestInvalid, ErrorCode::BlobUnknown, ErrorCode::NameUnknown])
            .refuses_as(&[ErrorCode::Unsupported]),
    ]
}

fn uploads() -> Vec<Operation> {
    let all = "/v2/{organization}/{repository}/blobs/uploads/";
    let one = "/v2/{organization}/{repository}/blobs/uploads/{session}";
    let start = row("POST", all, "StartUpload", "Begins to take a blob, takes a small one whole, or mounts one of another repository")
        .with(Parameter::query("digest", Shape::read::<Digest>(), "The digest of the blob that is the body."))
        .with(Parameter::query("mount", Shape::read::<Digest>(), "The blob to mount."))
        .with(Parameter::query(
            "from",
            Shape::text(),
            "The repository to mount it from; searched for in the organization if nothing is said.",
        ))
        .with(Parameter::query("digest-algorithm", Shape::one_of(&["sha256", "sha512"]), "What the digest will be made with."))
        .takes_as(BYTES, None, false)
        .done(201, "The blob is there")
        .done(202, "A session is open")
        .header(202, "OCI-Chunk-Min-Length", "What chunks should have at least.")
        .refuses_with_status(413, ErrorCode::SizeInvalid)
        .refuses_with_status(503, ErrorCode::TooManyRequests)
        .refuses_with_status(507, ErrorCode::Unavailable);
    let show = row("GET", one, "ShowUpload", "Says how far an upload has come").done(204, "It is open");
    let append = row("PATCH", one, "AppendToUpload", "Takes the next bytes of a blob").done(202, "They have arrived");
    let finish = row("PUT", one, "FinishUpload", "Takes the last bytes of a blob, and verifies all")
        .with(Parameter::query("digest", Shape::read::<Digest>(), "The digest that all bytes must have.").required())
        .done(201, "The blob is there");
    vec![
        standing(stored(start), 202),
        standing(show, 204).refuses_as(&[ErrorCode::BlobUploadUnknown]),
        standing(chunk(append), 202),
        stored(chunk(finish)),
        row("DELETE", one, "CancelUpload", "Gives an upload up")
            .done(204, "It is gone")
            .refuses_as(&[ErrorCode::BlobUploadUnknown])
            .refuses_with_status(409, ErrorCode::BlobUploadInvalid),
    ]
}

/// Says where an upload stands.
fn standing(operation: Operation, status: u16) -> Operation {
    operation
        .header(status, "Location", "Where it goes on.")
        .header(status, "Range", "The first and the last byte that have arrived.")
        .header(status, "Docker-Upload-UUID", "The session's id.")
}

/// Takes bytes of an upload that is open.
fn chunk(operation: Operation) -> Operation {
    operation
        .with(Parameter::header("Content-Range", Shape::text(), "Where the bytes belong: `<first>-<last>`."))
        .takes_as(BYTES, None, false)
        .refuses_as(&[ErrorCode::BlobUploadUnknown, ErrorCode::BlobUploadInvalid, ErrorCode::SizeInvalid])
        .refuses_with_status(409, ErrorCode::BlobUploadInvalid)
        .refuses_with_status(413, ErrorCode::SizeInvalid)
        .refuses_with_status(416, ErrorCode::BlobUploadInvalid)
        .header(416, "Range", "The first and the last byte that have arrived.")
        .header_if(416, "Location", false, "Where it goes on.")
        .refuses_with_status(503, ErrorCode::TooManyRequests)
        .refuses_with_status(507, ErrorCode::Unavailable)
}

/// Ends with a blob.
fn stored(operation: Operation) -> Operation {
    operation
        .header_if(201, "Location", true, "Where.")
        .header(201, DIGEST, "Its digest.")
        .refuses_as(&[ErrorCode::DigestInvalid, ErrorCode::SizeInvalid])
}

fn row(method: &'static str, path: &'static str, id: &'static str, summary: &'static str) -> Operation {
    Operation::new(method, path, id, summary).of(Surface::Registry, Proof::Registry)
}

impl Operation {
    /// By codes, each with its usual status.
    pub(crate) fn refuses_as(self, codes: &[ErrorCode]) -> Self {
        codes.iter().fold(self, |operation, code| operation.refuses_with_status(code.status(), *code))
    }

    pub(crate) fn refuses_with_status(self, status: u16, code: ErrorCode) -> Self {
        let refusing = self.refuses(status, format!("`{}`: {}", code.as_str(), code.message()), Shape::written::<ErrorBody>());
        match status {
            401 => refusing.header(401, "WWW-Authenticate", "How to log in."),
            405 => refusing.header(405, "Allow", "The methods that there are."),
            409 => refusing.retried(409, true),
            _ => refusing,
        }
    }

    /// The content is named by its digest, for clients to check and to remember.
    fn names_content(self, status: u16) -> Self {
        self.header(status, DIGEST, "Its digest.").header(status, "ETag", "The same.")
    }
}

fn if_none_match() -> Parameter {
    Parameter::header("If-None-Match", Shape::text(), "Entity tags of what the client has.")
}

fn named(name: &str) -> Option<Parameter> {
    const NO_BYTES: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    Some(match name {
        "organization" => Parameter::path("organization", Shape::read::<OrganizationName>(), "The organization.", "team"),
        "repository" => Parameter::path("repository", Shape::text(), "The repository's name in the organization.", "web"),
        "reference" => Parameter::path("reference", Shape::text(), "A tag or a digest.", "v1"),
        "digest" => Parameter::path("digest", Shape::read::<Digest>(), "A digest.", NO_BYTES),
        "session" => Parameter::path("session", Shape::text(), "The upload session, as its `Location` names it.", "session"),
        _ => return None,
    })
}
