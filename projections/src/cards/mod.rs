//! Repositories as lists show them: one card each, found, filtered and sorted without a look at what they hold.
//!
//! The numbers on a card are kept up to date by counting: a manifest counts while a tag names it, or an index that has a tag lists it; a config
//! or layer counts once while a manifest that counts names it.

mod apply;
mod contents;
mod queries;
mod shared;

pub(crate) use apply::apply;
pub use queries::{AccountOverview, CardOrder, CardQuery, RepositoryCard, account_overview, find_card, list_cards, list_cards_after};
pub use shared::{SharedCard, SharedCardQuery, list_shared_cards, list_shared_cards_after};
