//! The `Authorization` header: Basic with an access key's login, or a bearer token.

use ambar_domain::access_key::AccessKeyId;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// What a request proves its sender with. Nothing of it has been checked.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials<'a> {
    /// An access key's login: `<project>@<AK>` and the login key (requirement L1).
    Login {
        /// The part before the `@`.
        project: String,
        /// The access key.
        access_key: AccessKeyId,
        /// The password.
        login_key: String,
    },
    /// A token from the token endpoint.
    Token(&'a str),
}

impl std::fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Login { access_key, .. } => f.debug_struct("Login").field("access_key", access_key).finish_non_exhaustive(),
            Self::Token(_) => f.write_str("Token"),
        }
    }
}

/// The header or the user name is in no form that Ambar knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the credentials are malformed")]
pub struct InvalidAuthorization;

/// Reads an `Authorization` header.
///
/// # Errors
/// [`InvalidAuthorization`] if it is no well-formed Basic or Bearer header.
pub fn parse_authorization(header: &[u8]) -> Result<Credentials<'_>, InvalidAuthorization> {
    let header = std::str::from_utf8(header).map_err(|_| InvalidAuthorization)?;
    let (scheme, value) = header.trim().split_once(' ').ok_or(InvalidAuthorization)?;
    let value = value.trim_start();
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok(Credentials::Token(value));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(InvalidAuthorization);
    }
    let decoded = STANDARD.decode(value).map_err(|_| InvalidAuthorization)?;
    let decoded = String::from_utf8(decoded).map_err(|_| InvalidAuthorization)?;
    let (user, password) = decoded.split_once(':').ok_or(InvalidAuthorization)?;
    parse_login(user, password)
}

/// Whether a header says that a token follows.
#[must_use]
pub fn is_bearer(header: &[u8]) -> bool {
    header.trim_ascii_start().get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer "))
}

/// Reads a user name and a password; the user name is `<project>@<AK>`.
fn parse_login(user: &str, password: &str) -> Result<Credentials<'static>, InvalidAuthorization> {
    let (project, access_key) = user.rsplit_once('@').ok_or(InvalidAuthorization)?;
    let access_key = access_key.parse().map_err(|_| InvalidAuthorization)?;
    Ok(Credentials::Login { project: project.to_owned(), access_key, login_key: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_schemes_are_read() {
        let header = format!("basic {}", STANDARD.encode("tr-west-1@ABCDEFGHIJ0123456789:se:cret"));
        let expected = parse_login("tr-west-1@ABCDEFGHIJ0123456789", "se:cret").unwrap();
        assert_eq!(parse_authorization(header.as_bytes()), Ok(expected));
        assert_eq!(parse_authorization(b"Bearer a.b.c"), Ok(Credentials::Token("a.b.c")));
    }

    #[test]
    fn a_token_is_told_by_the_scheme_however_it_is_written() {
        assert!([&b"Bearer a.b.c"[..], b"bearer x", b" BEARER x"].iter().all(|header| is_bearer(header)));
        assert!(![&b"Basic YTpi"[..], b"", b"Bearer", b"Bearers x"].iter().any(|header| is_bearer(header)));
    }

    #[test]
    fn anything_else_is_malformed() {
        let no_key = format!("Basic {}", STANDARD.encode("user:password"));
        for header in ["", "Basic", "Basic ", "Basic !!!!", "Digest x", no_key.as_str(), "Basic OjpA"] {
            assert_eq!(parse_authorization(header.as_bytes()), Err(InvalidAuthorization), "{header}");
        }
        assert_eq!(parse_authorization(&[0xff, 0xfe]), Err(InvalidAuthorization));
    }

    #[test]
    fn credentials_show_no_secret_when_printed() {
        let login = parse_login("p@ABCDEFGHIJ0123456789", "hidden").unwrap();
        assert!(!format!("{login:?}{:?}", Credentials::Token("hidden")).contains("hidden"));
    }

    proptest! {
        #[test]
        fn no_header_breaks_the_parser(header in proptest::collection::vec(any::<u8>(), 0..100), text in "(Basic|Bearer) [ -~]{0,60}") {
            let _ = parse_authorization(&header);
            let _ = parse_authorization(text.as_bytes());
        }
    }
}
