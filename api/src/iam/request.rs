//! What is asked: bodies in JSON, and that of `POST /v3/auth/tokens`. Fields that are not known are passed over: clients send more.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::IamError;

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, IamError> {
    serde_json::from_slice(body).map_err(|_| IamError::Malformed { reason: "the body is not what is asked for here" })
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct TokenRequest {
    auth: Auth,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TokenAuth")]
struct Auth {
    identity: Identity,
    #[serde(default)]
    scope: Option<Scope>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TokenIdentity")]
struct Identity {
    methods: Vec<String>,
    #[serde(default)]
    password: Option<Password>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TokenPassword")]
struct Password {
    user: PasswordUser,
}

/// Who signs in, and with what.
#[derive(Deserialize, JsonSchema)]
pub(super) struct PasswordUser {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) domain: Option<Named>,
    pub(super) password: String,
}

/// Something by its id or its name.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "ByIdOrName")]
pub(super) struct Named {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) name: Option<String>,
}

/// What a token is for.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "TokenScope")]
pub(super) struct Scope {
    #[serde(default)]
    pub(super) project: Option<Named>,
    #[serde(default)]
    pub(super) domain: Option<Named>,
}

impl TokenRequest {
    /// Reads a request for a token by password.
    pub(super) fn parse(body: &[u8]) -> Result<(PasswordUser, Option<Scope>), IamError> {
        let malformed = |reason| IamError::Malformed { reason };
        let Self { auth } = read(body)?;
        if auth.identity.methods != ["password"] {
            return Err(malformed("the only method is 'password'"));
        }
        let user = auth.identity.password.ok_or(malformed("identity.password is missing"))?.user;
        if user.id.is_none() && (user.name.is_none() || user.domain.is_none()) {
            return Err(malformed("a user is given by its id, or by its name and its domain"));
        }
        Ok((user, auth.scope))
    }
}

impl Named {
    /// Whether this is what has this id and this name.
    pub(super) fn means(&self, id: &str, name: &str) -> bool {
        (self.id.is_some() || self.name.is_some())
            && self.id.as_ref().is_none_or(|given| given == id)
            && self.name.as_ref().is_none_or(|given| given == name)
    }
}
