//! Who acts for `acme`: administrators of accounts that it entrusts its registry to.

use ambar_api::operations::{self, DelegationOrder, NewAccessKey};
use ambar_domain::clock::Timestamp;
use ambar_domain::delegation::Trustee;
use ambar_domain::ids::{AccountId, DelegationId};
use ambar_domain::level::Level;

use super::{Ask, Login, TestRegistry};

impl TestRegistry {
    /// Entrusts the registry of `acme` to another account, under the name of that account's id.
    pub(crate) async fn entrust(&self, to: &AccountId, level: Level, until: Option<Timestamp>) -> DelegationId {
        let order = DelegationOrder {
            name: to.as_str().parse().unwrap(),
            trustee: Trustee::Account(to.clone()),
            level: Some(level),
            until,
            description: "".parse().unwrap(),
        };
        operations::grant_delegation(&self.state, &self.operator(), &self.account, order).await.unwrap()
    }

    /// Administrators of three accounts to which `acme` entrusts its registry: with read, edit and manage.
    pub(crate) async fn delegates(&self) -> [Login; 3] {
        let mut logins = Vec::new();
        for (name, level) in [("looker", Level::Read), ("builder", Level::Edit), ("keeper", Level::Manage)] {
            let (account, login) = self.other_account(name).await;
            self.entrust(&account, level, None).await;
            logins.push(login);
        }
        logins.try_into().unwrap()
    }

    /// Signs a request on behalf of `acme`.
    pub(crate) fn on_behalf(&self, login: &Login, request: Ask) -> Ask {
        request.header("x-domain-id", self.account.as_str()).signed(login, self.now())
    }

    /// A login for docker, asked for on behalf of `acme`.
    pub(crate) async fn docker_login_on_behalf(&self, login: &Login) -> Login {
        let answer = self.on_behalf(login, self.post("/v2/manage/utils/secret")).send().await;
        let command: Vec<String> = answer.assert(200).header("x-swr-dockerlogin").split(' ').map(str::to_owned).collect();
        let (login_user, login_key) = (command[3].clone(), command[5].clone());
        assert!(login_user.starts_with("tr-west-1@"), "{login_user}");
        let access_key = login_user.split_once('@').unwrap().1.parse().unwrap();
        Login { user: login.user.clone(), key: NewAccessKey { access_key, secret_key: login_key.clone(), login_user, login_key } }
    }
}
