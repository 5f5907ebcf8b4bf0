//! Where a server is: a scheme and a host, and nothing behind them, since clients of the API keep nothing else.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use http::Uri;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The address of a server, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct ServerUrl {
    secure: bool,
    host: String,
}

/// The text is no address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a server's address is https:// and a host, with a port if need be, such as https://registry.example.com:5000")]
pub(crate) struct InvalidServerUrl;

impl ServerUrl {
    /// The host, with its port where one was given.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is spoken to over TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.secure
    }

    /// The same host by the other scheme.
    pub(super) fn otherwise(&self) -> Self {
        Self { secure: !self.secure, host: self.host.clone() }
    }

    /// Whether others can listen: plain HTTP that leaves the machine.
    pub(crate) fn is_open(&self) -> bool {
        let name = self.host.rsplit_once(':').map_or(self.host.as_str(), |(name, _)| name).trim_matches(['[', ']']);
        let stays_here = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        !self.secure && !stays_here
    }
}

impl FromStr for ServerUrl {
    type Err = InvalidServerUrl;

    fn from_str(text: &str) -> Result<Self, InvalidServerUrl> {
        let uri: Uri = text.parse().map_err(|_| InvalidServerUrl)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) | None => return Err(InvalidServerUrl),
        };
        let host = uri.authority().map(http::uri::Authority::as_str).filter(|host| !host.contains('@')).ok_or(InvalidServerUrl)?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !text.contains('#');
        if bare { Ok(Self { secure, host: host.to_owned() }) } else { Err(InvalidServerUrl) }
    }
}

impl TryFrom<String> for ServerUrl {
    type Error = InvalidServerUrl;

    fn try_from(text: String) -> Result<Self, InvalidServerUrl> {
        text.parse()
    }
}

impl From<ServerUrl> for String {
    fn from(url: ServerUrl) -> Self {
        url.to_string()
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", if self.secure { "https" } else { "http" }, self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host_and_no_more() {
        for text in ["https://registry.example.com", "https://registry.example.com:5000/", "http://[::1]:5000"] {
            assert_eq!(text.parse::<ServerUrl>().unwrap().to_string(), text.trim_end_matches('/'));
        }
        for text in ["registry.example.com", "ftp://a", "https://a/b", "https://a?b", "https://a#b", "https://u:p@a", "https://", ""] {
            text.parse::<ServerUrl>().expect_err(text);
        }
    }

    #[test]
    fn plain_http_is_open_unless_it_stays_on_the_machine() {
        let is_open = |text: &str| text.parse::<ServerUrl>().unwrap().is_open();
        assert!(is_open("http://registry.example.com") && is_open("http://10.0.0.1:5000"));
        assert!(!is_open("http://127.0.0.1:5000") && !is_open("http://[::1]:5000") && !is_open("http://localhost"));
        assert!(!is_open("https://registry.example.com"));
    }
}
