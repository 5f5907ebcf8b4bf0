//! With which other accounts a repository is shared, and until when (requirements S1 and S3).
//!
//! A share that has reached its end counts no more, whether the event that says so is recorded or not: where one stands in the way of what
//! is asked, that event is recorded first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Live, RepositoryError, RepositoryEvent, ShareDescription};
use crate::aggregate::unless;
use crate::clock::Timestamp;
use crate::ids::AccountId;
use crate::level::Visibility;

/// How many accounts a repository can be shared with at once.
pub const MAX_SHARES: usize = 500;

/// The shares of one repository, those that have ended and are not yet recorded as ended among them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Shares(BTreeMap<AccountId, Share>);

/// What one other account has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Share {
    until: Option<Timestamp>,
    description: ShareDescription,
}

impl Share {
    fn lasts(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Shares {
    pub(super) fn set(&mut self, account: AccountId, until: Option<Timestamp>, description: ShareDescription) {
        self.0.insert(account, Share { until, description });
    }

    pub(super) fn remove(&mut self, account: &AccountId) {
        self.0.remove(account);
    }

    /// Says that the account's share has ended, if there is one that has.
    pub(super) fn expire(&self, account: &AccountId, now: Timestamp) -> Option<RepositoryEvent> {
        let until = self.0.get(account)?.until.filter(|until| *until <= now)?;
        Some(RepositoryEvent::ShareExpired { account: account.clone(), until })
    }

    fn find(&self, account: &AccountId, now: Timestamp) -> Option<&Share> {
        self.0.get(account).filter(|share| share.lasts(now))
    }

    fn count(&self, now: Timestamp) -> usize {
        self.0.values().filter(|share| share.lasts(now)).count()
    }
}

impl Live {
    pub(super) fn share_with(
        &self,
        account: AccountId,
        until: Option<Timestamp>,
        description: ShareDescription,
        now: Timestamp,
    ) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        if self.visibility == Visibility::Public {
            return Err(RepositoryError::PublicRepository);
        }
        if account == self.account {
            return Err(RepositoryError::SharedWithOwner);
        }
        require_future(until, now)?;
        if self.shares.find(&account, now).is_some() {
            return Err(RepositoryError::AlreadyShared);
        }
        if self.shares.count(now) >= MAX_SHARES {
            return Err(RepositoryError::TooManyShares { limit: MAX_SHARES });
        }
        let mut events: Vec<_> = self.shares.expire(&account, now).into_iter().collect();
        events.push(RepositoryEvent::ShareCreated { account, until, description });
        Ok(events)
    }

    pub(super) fn change_share(
        &self,
        account: AccountId,
        until: Option<Timestamp>,
        description: Option<ShareDescription>,
        now: Timestamp,
    ) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        let share = self.shares.find(&account, now).ok_or(RepositoryError::ShareNotFound)?;
        require_future(until, now)?;
        let description = description.unwrap_or_else(|| share.description.clone());
        let already_so = share.until == until && share.description == description;
        Ok(unless(already_so, RepositoryEvent::ShareChanged { account, until, description }))
    }

    pub(super) fn end_share(&self, account: AccountId, now: Timestamp) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        self.shares.find(&account, now).ok_or(RepositoryError::ShareNotFound)?;
        Ok(vec![RepositoryEvent::ShareEnded { account }])
    }

    /// What has to be recorded before the repository can be public: the end of every share; one that lasts stands in the way.
    pub(super) fn end_sharing(&self, now: Timestamp) -> Result<Vec<RepositoryEvent>, RepositoryError> {
        if self.shares.count(now) > 0 {
            return Err(RepositoryError::Shared);
        }
        Ok(self.shares.0.keys().filter_map(|account| self.shares.expire(account, now)).collect())
    }
}

fn require_future(until: Option<Timestamp>, now: Timestamp) -> Result<(), RepositoryError> {
    if until.is_some_and(|until| until <= now) { Err(RepositoryError::ShareEndsInThePast) } else { Ok(()) }
}
