//! Questions about accounts, users, groups, access keys, temporary logins and passwords.

mod access_keys;
mod accounts;
mod groups;
mod logins;
mod passwords;
mod users;

pub use access_keys::{AccessKey, SealedKey, SigningKey, find_signing_key, list_access_keys, list_sealed_secrets};
pub use accounts::{Account, find_account, find_account_by_name, find_closed_account, list_accounts};
pub use groups::{Group, find_group, find_group_by_id, list_group_roles, list_groups, list_groups_of_user};
pub use logins::{Login, TemporaryLogin, find_login, list_logins, was_login_key};
pub use passwords::{Password, find_password};
#[cfg(test)]
pub(crate) use users::WITH_ACCESS;
pub use users::{
    User, count_administrators, count_administrators_with_access, find_user, find_user_by_id, list_administrator_groups,
    list_administrators, list_group_members, list_user_roles, list_users,
};
