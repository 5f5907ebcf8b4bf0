//! Logging in as clients do: Basic, or a bearer token from where the registry's challenge points.

use crate::connection::{Connection, Request};
use crate::endpoint::Endpoint;
use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use std::sync::Arc;

/// User and key of a registry login.
#[derive(Clone)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Key, or password.
    pub key: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

impl Login {
    /// Value of the Authorization header field for Basic.
    #[must_use]
    pub fn basic(&self) -> String {
        format!("Basic {}", STANDARD.encode(format!("{}:{}", self.user, self.key)))
    }

    /// Value of the Authorization header field that the registry asks for: a token for `scopes` where it has a token service, else Basic.
    pub async fn authorization(&self, endpoint: &Endpoint, scopes: &[String]) -> Result<String> {
        let mut anonymous = Connection::new(Arc::new(endpoint.with_authorization(None)));
        let refusal = anonymous.send(&Request { method: "GET", target: "/v2/", headers: &[], body: &[] }).await?;
        if refusal.head.status != 401 {
            bail!("GET /v2/ without a login answers {}, not 401", refusal.head.status);
        }
        let challenge = refusal.head.field("www-authenticate").context("401 without WWW-Authenticate")?;
        let Some(parameters) = challenge.strip_prefix("Bearer ") else {
            return Ok(self.basic());
        };
        let realm = parameter(parameters, "realm").context("a challenge without a realm")?;
        let (_, path) = realm.split_once("://").and_then(|(_, rest)| rest.split_once('/')).context("the realm is not a URL")?;
        let mut target = format!("/{path}?service={}", parameter(parameters, "service").unwrap_or_default());
        for scope in scopes {
            target.push_str("&scope=");
            target.push_str(scope);
        }
        let mut service = Connection::new(Arc::new(endpoint.with_authorization(Some(self.basic()))));
        let answer = service.send(&Request { method: "GET", target: &target, headers: &[], body: &[] }).await?;
        if answer.head.status != 200 {
            bail!("the token service answers {}: {}", answer.head.status, String::from_utf8_lossy(&answer.body));
        }
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).context("the token is not JSON")?;
        let token = answer["token"].as_str().or_else(|| answer["access_token"].as_str()).context("an answer without a token")?;
        Ok(format!("Bearer {token}"))
    }
}

fn parameter<'a>(challenge: &'a str, name: &str) -> Option<&'a str> {
    let start = challenge.find(&format!("{name}=\""))? + name.len() + 2;
    challenge[start..].split('"').next()
}
