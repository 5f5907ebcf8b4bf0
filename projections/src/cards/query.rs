//! What can be asked for in a list of cards.

use ambar_domain::clock::Timestamp;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::Visibility;
use ambar_domain::organization_name::OrganizationName;
use ambar_domain::repository::Category;

/// What a list is sorted by; what is equal is sorted by the number of the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CardOrder {
    /// The name inside the organization.
    #[default]
    Name,
    /// The last change.
    UpdatedAt,
    /// How many tags there are.
    TagCount,
    /// The size.
    Size,
    /// How often it was pulled.
    PullCount,
}

impl CardOrder {
    pub(crate) const ALL: [Self; 5] = [Self::Name, Self::UpdatedAt, Self::TagCount, Self::Size, Self::PullCount];

    /// What stands for it in statements and rows.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Name => 1,
            Self::UpdatedAt => 2,
            Self::TagCount => 3,
            Self::Size => 4,
            Self::PullCount => 5,
        }
    }
}

/// Which repositories of an account are wanted.
#[derive(Debug, Clone)]
pub struct CardQuery {
    /// The account that owns them.
    pub account: AccountId,
    /// Only those of this organization.
    pub organization: Option<OrganizationName>,
    /// Only those whose name inside the organization contains this.
    pub name_contains: Option<String>,
    /// Only those of this category.
    pub category: Option<Category>,
    /// Only those.
    pub visibility: Option<Visibility>,
    /// Only those on which this user has a grant, or on whose organization. `None` for administrators, who see all.
    pub visible_to: Option<UserId>,
    /// Only those of which a share lasts at this moment.
    pub shared_at: Option<Timestamp>,
}

impl CardQuery {
    /// Everything that the account owns.
    #[must_use]
    pub fn of(account: AccountId) -> Self {
        Self { account, organization: None, name_contains: None, category: None, visibility: None, visible_to: None, shared_at: None }
    }

    /// Without what limits nothing: every name contains the empty text.
    pub(super) fn simplified(&self) -> Self {
        Self { name_contains: self.name_contains.clone().filter(|text| !text.is_empty()), ..self.clone() }
    }
}
