//! The image centre: the public images of all accounts (requirement M5).

mod queries;

#[cfg(test)]
pub(crate) use queries::PAGE;
pub use queries::{CenterQuery, NewestVersion, PublicImage, list_public_images};
