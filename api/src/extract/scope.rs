//! Scopes of tokens: `repository:<name>:<actions>` (Docker Registry v2 authentication specification).

use serde::{Deserialize, Serialize};

/// What may be done with a repository, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Actions(u8);

impl Actions {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Pull.
    pub const PULL: Self = Self(1);
    /// Push, which includes pull: a client that pushes looks first at what is there.
    pub const PUSH: Self = Self(1 | 2);
    /// Delete.
    pub const DELETE: Self = Self(4);
    /// Everything.
    pub const ALL: Self = Self(1 | 2 | 4);

    /// Whether all of `other` is in it.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// What is in either.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in both.
    #[must_use]
    pub fn only(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn parse(text: &str) -> Self {
        text.split(',').fold(Self::NONE, |actions, action| actions.and(Self::named(action)))
    }

    fn named(action: &str) -> Self {
        match action {
            "pull" => Self::PULL,
            "push" => Self::PUSH,
            "delete" => Self::DELETE,
            "*" => Self::ALL,
            _ => Self::NONE,
        }
    }
}

/// What a token may be used for in one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The repository; any text, as it was asked for.
    #[serde(rename = "name")]
    pub repository: String,
    /// The actions.
    pub actions: Actions,
}

impl Serialize for Actions {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names = [("pull", Self::PULL), ("push", Self::PUSH), ("delete", Self::DELETE)];
        serializer.collect_seq(names.into_iter().filter(|(_, actions)| self.contains(*actions)).map(|(name, _)| name))
    }
}

impl<'de> Deserialize<'de> for Actions {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(names.iter().fold(Self::NONE, |actions, name| actions.and(Self::named(name))))
    }
}

impl Scope {
    /// Reads one scope; `None` for a resource of another type or a malformed one, which grants nothing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once(':')?;
        let (repository, actions) = rest.rsplit_once(':')?;
        let is_repository = kind == "repository" || kind.starts_with("repository(");
        (is_repository && !repository.is_empty()).then(|| Self { repository: repository.to_owned(), actions: Actions::parse(actions) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_scope_names_a_repository_and_actions() {
        let scope = Scope::parse("repository:team/web:pull,push").unwrap();
        assert_eq!((scope.repository.as_str(), scope.actions), ("team/web", Actions::PUSH));
        assert_eq!(Scope::parse("repository(plugin):a/b:*").unwrap().actions, Actions::ALL);
        assert_eq!(Scope::parse("repository:a/b:fly").unwrap().actions, Actions::NONE);
        for other in ["", "registry:catalog:*", "repository:", "repository::pull"] {
            assert_eq!(Scope::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_scope_survives_its_way_through_a_token() {
        let scope = Scope { repository: "a/b".to_owned(), actions: Actions::PUSH.and(Actions::DELETE) };
        let json = serde_json::to_string(&scope).unwrap();
        assert_eq!(json, r#"{"name":"a/b","actions":["pull","push","delete"]}"#);
        assert_eq!(serde_json::from_str::<Scope>(&json).unwrap(), scope);
    }

    proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in ".{0,60}") {
            let _ = Scope::parse(&text);
        }
    }
}
