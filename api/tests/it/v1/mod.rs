//! The own API: every route for every kind of caller, the account's events, histories, and temporary logins.

mod access;
mod bad_input;
mod callers;
mod center;
mod events;
mod export;
mod follow;
mod histories;
mod logins;
mod new_logins;
mod versions;

use serde_json::Value;

use crate::support::{Answer, Login, TestRegistry};

impl TestRegistry {
    /// A signed GET.
    async fn look(&self, login: &Login, path: &str) -> Answer {
        self.get(path).signed(login, self.now()).send().await
    }

    /// The items of a list that fits one page.
    async fn items(&self, login: &Login, path: &str) -> Vec<Value> {
        let answer = self.look(login, path).await;
        answer.assert(200).json()["items"].as_array().unwrap().clone()
    }
}

/// A field of every item.
fn all(items: &[Value], field: &str) -> Vec<String> {
    items.iter().map(|item| item[field].as_str().unwrap_or_else(|| panic!("no {field} in {item}")).to_owned()).collect()
}
