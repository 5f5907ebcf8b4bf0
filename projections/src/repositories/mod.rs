//! What repositories hold: manifests, the tags that point at them, and what each manifest is made of.
//!
//! A row of a manifest stands for one stay of it in a repository: deleted and pushed again, it is another row. What a manifest is made of
//! never changes and is kept for its whole history. Everything a repository holds ends with it.

mod accessories;
mod apply;
mod properties;
mod queries;
mod version_history;
pub(crate) mod version_pages;
mod versions;

pub use accessories::{Accessory, is_listed, list_accessories, list_referencing_tags};
pub(crate) use apply::{CHILD, MAX_CHILDREN, apply};
pub use properties::{PropertyChange, list_property_history};
pub use queries::{
    ManifestRow, PushOrder, Referrer, find_account, find_manifest, find_push_order, find_tag, is_blob_referenced, list_referrers,
    list_repositories, list_repositories_of_closed_accounts, list_tags, repository_exists,
};
pub use version_history::{VersionRecord, list_version_history};
pub use version_pages::{PageOrder, VersionPlace, list_versions_behind};
pub use versions::{Version, VersionFilter, VersionOrder, find_version, list_versions};
