//! What is asked of a server: a path of unescaped segments, parameters, a body.

use std::fmt::Write as _;

use ambar_domain::repository_name::RepositoryName;
use http::Method;
use serde_json::Value;

/// A call before it is signed.
#[derive(Debug)]
pub(crate) struct Request {
    pub(super) method: Method,
    /// Escaped, without the parameters.
    pub(super) path: String,
    /// The same with them.
    pub(super) target: String,
    pub(super) body: Option<Value>,
    pub(super) last_event: Option<String>,
}

impl Request {
    pub(crate) fn new(method: Method, segments: &[&str]) -> Self {
        let path: String = segments.iter().map(|segment| format!("/{}", escaped(segment))).collect();
        Self { method, target: path.clone(), path, body: None, last_event: None }
    }

    pub(crate) fn get(segments: &[&str]) -> Self {
        Self::new(Method::GET, segments)
    }

    /// A path below an organization.
    pub(crate) fn on_organization(method: Method, organization: &str, rest: &[&str]) -> Self {
        Self::new(method, &[&["v2", "manage", "namespaces", organization], rest].concat())
    }

    /// A path below an image.
    pub(crate) fn on_repository(method: Method, repository: &RepositoryName, rest: &[&str]) -> Self {
        let (organization, path) = (repository.organization_str(), in_path(repository.path()));
        Self::on_organization(method, organization, &[&["repos", path.as_str()], rest].concat())
    }

    /// A path below the shares of an image.
    pub(crate) fn on_shares(method: Method, repository: &RepositoryName, rest: &[&str]) -> Self {
        let (organization, path) = (repository.organization_str(), in_path(repository.path()));
        Self::on_organization(method, organization, &[&["repositories", path.as_str(), "access-domains"], rest].concat())
    }

    /// A path below an image in the own API.
    pub(crate) fn on_repository_v1(method: Method, repository: &RepositoryName, rest: &[&str]) -> Self {
        Self::new(method, &[&["v1", "repositories", in_path(repository.as_str()).as_str()], rest].concat())
    }

    /// Adds a parameter; none is added for what is not given.
    pub(crate) fn with(mut self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        if let Some(value) = value {
            let sign = if self.target.contains('?') { '&' } else { '?' };
            let _ = write!(self.target, "{sign}{}={}", escaped(name), escaped(value.as_ref()));
        }
        self
    }

    pub(crate) fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Where a stream of events is to go on.
    pub(crate) fn behind(mut self, event: Option<String>) -> Self {
        self.last_event = event;
        self
    }
}

/// In paths a `/` of a name is written `$`.
fn in_path(name: &str) -> String {
    name.replace('/', "$")
}

/// Text as one segment of a path, or one parameter.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_name_is_made_of_it_stays_one_segment_and_one_parameter() {
        let request = Request::get(&["v3", "users", "a/b?c#d é"]).with("name", Some("x&y=z+")).with("none", None::<&str>);
        assert_eq!(request.target, "/v3/users/a%2Fb%3Fc%23d%20%C3%A9?name=x%26y%3Dz%2B");
        assert_eq!(request.path, "/v3/users/a%2Fb%3Fc%23d%20%C3%A9");
    }

    #[test]
    fn a_slash_in_the_name_of_an_image_is_written_as_the_api_wants_it() {
        let name: RepositoryName = "team/web/front".parse().unwrap();
        assert_eq!(Request::on_repository(Method::GET, &name, &["tags"]).target, "/v2/manage/namespaces/team/repos/web%24front/tags");
        assert_eq!(Request::on_repository_v1(Method::GET, &name, &["access"]).target, "/v1/repositories/team%24web%24front/access");
    }
}
