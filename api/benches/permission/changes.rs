//! What may happen right before somebody pulls.

use ambar_api::AppState;
use ambar_api::operations::{self, Properties};
use ambar_domain::account::DelegationChange;
use ambar_domain::grants::Granting;
use ambar_domain::ids::{AccountId, DelegationId, UserId};
use ambar_domain::level::{Level, Role, Visibility};
use ambar_domain::manifest::ManifestFacts;
use ambar_domain::repository::RepositoryCommand;
use chrono::Duration;

use crate::callers::create_user;
use crate::data::DataSet;
use crate::registry::{Outcome, operator};

/// What changes, and for whom.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    /// A user of the account that owns the images is granted something, or loses it.
    OtherUser,
    /// The same in an account that the caller has nothing to do with.
    OtherAccount,
    /// What lets the caller pull.
    Own,
    /// A manifest is pushed to another image.
    Push,
}

/// What lets a caller pull, and may change without keeping it from that.
#[derive(Debug, Clone)]
pub(crate) enum Right {
    /// A role of its own.
    Role(UserId),
    /// A grant on the image.
    Grant(UserId),
    /// A share of the image with the account `other`.
    Share,
    /// That the image is public.
    Public,
    /// A delegation to the account `other`.
    Delegation(DelegationId),
}

/// Others, and who does what happens.
pub(crate) struct Changes {
    account: AccountId,
    user: UserId,
    image: String,
    stranger: UserId,
    /// The images that are pushed to in turn, so that none gets more versions than images have.
    pushed: Vec<String>,
    pushes: u64,
    /// Every change is undone by the next one of its kind.
    again: bool,
}

/// The organization of the account that nobody else has to do with.
const ELSEWHERE: &str = "elsewhere";

/// How many images are pushed to.
const PUSHED: u64 = 1_000;

impl Changes {
    pub(crate) async fn arrange(state: &AppState, data: &DataSet) -> Outcome<Self> {
        let third = operations::create_account(state, &operator(), &"third".parse()?, &"tr-west-3".parse()?).await?;
        operations::create_organization(state, &operator(), &third, &ELSEWHERE.parse()?).await?;
        let [user, stranger] = [create_user(state, &data.account, "bystander").await?, create_user(state, &third, "stranger").await?];
        let pushed = (7..data.repositories.min(7 + PUSHED)).map(|number| data.repository(number)).collect();
        Ok(Self { account: data.account.clone(), user, image: data.repository(6), stranger, pushed, pushes: 0, again: false })
    }

    pub(crate) async fn make(&mut self, state: &AppState, change: Change, right: &Right, repository: &str) -> Outcome<()> {
        self.again = !self.again;
        match change {
            Change::OtherUser => {
                let image = self.image.parse()?;
                if self.again {
                    let grants = vec![(self.user.clone(), Level::Read)];
                    return Ok(operations::grant_on_repository(state, &operator(), &image, grants, Granting::Whatever).await?);
                }
                Ok(operations::revoke_on_repository(state, &operator(), &image, vec![self.user.clone()]).await?)
            }
            Change::OtherAccount => {
                let grants = vec![(self.stranger.clone(), self.level())];
                Ok(operations::grant_on_organization(state, &operator(), &ELSEWHERE.parse()?, grants, Granting::Whatever).await?)
            }
            Change::Own => self.change(state, right, repository).await,
            Change::Push => self.push(state).await,
        }
    }

    fn level(&self) -> Level {
        if self.again { Level::Edit } else { Level::Read }
    }

    async fn change(&self, state: &AppState, right: &Right, repository: &str) -> Outcome<()> {
        let (by, repository) = (operator(), repository.parse()?);
        match right {
            // It has the other role as well.
            Right::Role(user) => operations::set_administrator(state, &by, user, Role::SwrAdministrator, self.again).await?,
            Right::Grant(user) => {
                let grants = vec![(user.clone(), self.level())];
                operations::grant_on_repository(state, &by, &repository, grants, Granting::Whatever).await?;
            }
            Right::Share => {
                let until = Some(state.clock.now() + Duration::days(30 + i64::from(self.again)));
                operations::change_share(state, &by, &repository, &"other".parse()?, until, None).await?;
            }
            Right::Public => {
                for visibility in [Visibility::Private, Visibility::Public] {
                    let properties = Properties { visibility: Some(visibility), ..Properties::default() };
                    operations::change_properties(state, &by, &repository, properties).await?;
                }
            }
            Right::Delegation(delegation) => {
                let change = DelegationChange { level: Some(Some(self.level())), until: None, description: None };
                operations::change_delegation(state, &by, &self.account, delegation, change).await?;
            }
        }
        Ok(())
    }

    async fn push(&mut self, state: &AppState) -> Outcome<()> {
        self.pushes += 1;
        let manifest = ManifestFacts {
            media_type: "application/vnd.oci.image.manifest.v1+json".to_owned(),
            size_bytes: 500,
            artifact_type: None,
            config: None,
            layers: vec![],
            children: vec![],
            subject: None,
            platforms: vec![],
        };
        let digest = format!("sha256:{:064x}", self.pushes).parse()?;
        let command = RepositoryCommand::PushManifest { account: self.account.clone(), digest, manifest, tags: vec!["latest".parse()?] };
        let image = self.pushed.get(usize::try_from(self.pushes)? % self.pushed.len()).ok_or("there is no image to push to")?;
        Ok(state.aggregates.repositories.execute(image, command, &operator()).await?)
    }
}
