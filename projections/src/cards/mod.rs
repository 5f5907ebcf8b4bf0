//! Repositories as lists show them: one card each, found, filtered and sorted without a look at what they hold.
//!
//! The numbers on a card are kept up to date by counting: a manifest counts while a tag names it, or an index that has a tag lists it; a config
//! or layer counts once while a manifest that counts names it.

mod apply;
mod card;
mod contents;
mod counts;
mod ended_shares;
mod lists;
mod look;
mod names;
mod overview;
pub(crate) mod page;
mod query;
pub(crate) mod search;
mod shared;
pub(crate) mod statements;
pub(crate) mod stretches;
mod wanted;

pub(crate) use apply::apply;
pub use card::{RepositoryCard, find_card};
pub(crate) use card::{card, select_cards};
pub use ended_shares::{EndedPage, count_ended_cards, count_ended_shares, list_ended_cards, list_ended_shares};
pub use lists::{list_cards, list_cards_after};
pub use overview::{AccountOverview, account_overview};
pub use query::{CardOrder, CardQuery};
pub(crate) use search::KeptNames;
#[cfg(test)]
pub(crate) use shared::COUNT_SHARES;
pub use shared::{SharedCard, SharedCardQuery, list_shared_cards, list_shared_cards_after};
