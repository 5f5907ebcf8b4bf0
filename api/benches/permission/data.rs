//! What a permission is looked up in: an account with many repositories, users and grants, written into the event log as what happened.

use std::path::Path;
use std::sync::Arc;

use ambar_api::{AppState, Settings, operations};
use ambar_domain::access_key::{LoginKeyHash, SealedSecret};
use ambar_domain::clock::{Clock, ManualClock, Timestamp};
use ambar_domain::description::AccessKeyDescription;
use ambar_domain::ids::{AccountId, UserId};
use ambar_domain::level::{Level, Visibility};
use ambar_domain::organization::OrganizationEvent;
use ambar_domain::repository::RepositoryEvent;
use ambar_domain::user::UserEvent;
use ambar_storage::blobs::disk::DiskBlobs;
use ambar_storage::event_log::sqlite::SqliteEventLog;
use ambar_storage::event_log::{Append, EventLog};
use chrono::Duration;
use futures::future::try_join_all;
use uuid::Uuid;

use crate::registry::{Outcome, append, operator, state};

/// How many repositories an organization has, and how many there are for each user.
pub(crate) const IN_ORGANIZATION: u64 = 100;
const FOR_A_USER: u64 = 10;
/// One repository in so many is shared with the other account.
const SHARED: u64 = 10;
/// How many appends are under way at once.
const IN_FLIGHT: u64 = 512;

/// What there is.
pub(crate) struct DataSet {
    pub(crate) account: AccountId,
    pub(crate) other: AccountId,
    pub(crate) repositories: u64,
    now: Timestamp,
}

impl DataSet {
    fn organizations(&self) -> u64 {
        (self.repositories / IN_ORGANIZATION).max(1)
    }

    /// The repositories of an organization are those whose numbers have its own as rest.
    pub(crate) fn organization(&self, number: u64) -> String {
        format!("team-{:04}", number % self.organizations())
    }

    pub(crate) fn repository(&self, number: u64) -> String {
        format!("{}/service-{number:06}", self.organization(number))
    }

    /// The repositories beside it, and itself.
    pub(crate) fn beside(&self, number: u64) -> Vec<String> {
        let organizations = self.organizations();
        let numbers = (number % organizations..self.repositories).step_by(usize::try_from(organizations).unwrap_or(usize::MAX));
        numbers.map(|number| self.repository(number)).collect()
    }
}

/// Writes the log in a folder, and then opens the views over it.
pub(crate) async fn write(folder: &Path, repositories: u64) -> Outcome<(AppState, DataSet)> {
    let log: Arc<dyn EventLog> = Arc::new(SqliteEventLog::open(&folder.join("events.db"))?);
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH + Duration::days(20_000)));
    let blobs = Arc::new(DiskBlobs::open(&folder.join("content"), clock.clone())?);
    let accounts = state(&folder.join("views-of-accounts"), &log, &clock, &blobs)?;
    let account = operations::create_account(&accounts, &operator(), &"acme".parse()?, &"tr-west-1".parse()?).await?;
    let other = operations::create_account(&accounts, &operator(), &"other".parse()?, &"tr-west-2".parse()?).await?;
    drop(accounts);
    let data = DataSet { account, other, repositories, now: clock.now() };
    write_all(&*log, repositories / FOR_A_USER, |number| user(&data, number)).await?;
    write_all(&*log, data.organizations(), |number| organization(&data, number)).await?;
    write_all(&*log, repositories, |number| repository(&data, number)).await?;
    let state = state(&folder.join("views"), &log, &clock, &blobs)?;
    let settings = Settings { anonymous_pull: true, ..Settings::default() };
    Ok((AppState { settings: Arc::new(settings), ..state }, data))
}

async fn write_all(log: &dyn EventLog, count: u64, life: impl Fn(u64) -> Outcome<Append>) -> Outcome<()> {
    for begin in (0..count).step_by(IN_FLIGHT as usize) {
        let lives = (begin..count.min(begin + IN_FLIGHT)).map(&life).collect::<Outcome<Vec<_>>>()?;
        try_join_all(lives.into_iter().map(|life| log.append(life))).await?;
    }
    Ok(())
}

/// Far from those ids that are counted up.
fn user_id(number: u64) -> UserId {
    UserId::from(Uuid::from_u64_pair(number.wrapping_mul(0x9e37_79b9_7f4a_7c15), number))
}

fn user(data: &DataSet, number: u64) -> Outcome<Append> {
    let events = vec![
        UserEvent::Created {
            account: data.account.clone(),
            name: format!("user-{number:06}").parse()?,
            console_access: false,
            programmatic_access: true,
        },
        UserEvent::AccessKeyCreated {
            access_key: format!("{number:020}").parse()?,
            login_key_hash: LoginKeyHash::new(format!("{number:064x}")),
            sealed_secret: SealedSecret::new(format!("v1.{number:090}")),
            description: AccessKeyDescription::default(),
        },
    ];
    append(user_id(number).as_str(), data.now, events)
}

/// Ten users hold something on each organization.
fn organization(data: &DataSet, number: u64) -> Outcome<Append> {
    let mut events = vec![OrganizationEvent::Created { account: data.account.clone() }];
    for repository in data.beside(number) {
        events.push(OrganizationEvent::RepositoryAdmitted { repository: repository.parse()? });
    }
    let users = (number..data.repositories / FOR_A_USER).step_by(usize::try_from(data.organizations())?);
    events.extend(users.map(|user| OrganizationEvent::AccessGranted { user: user_id(user), level: Level::Edit, previous_level: None }));
    append(&data.organization(number), data.now, events)
}

/// One user holds something on each repository.
fn repository(data: &DataSet, number: u64) -> Outcome<Append> {
    let user = user_id(number / FOR_A_USER);
    let mut events = vec![
        RepositoryEvent::Created { account: data.account.clone(), visibility: Visibility::Private },
        RepositoryEvent::AccessGranted { user, level: Level::Read, previous_level: None },
    ];
    if number.is_multiple_of(SHARED) {
        events.push(RepositoryEvent::ShareCreated { account: data.other.clone(), until: None, description: "".parse()? });
    }
    append(&data.repository(number), data.now, events)
}
