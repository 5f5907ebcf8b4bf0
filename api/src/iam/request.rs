//! What is asked: bodies in JSON, and that of `POST /v3/auth/tokens`. Fields that are not known are passed over: clients send more.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::IamError;
use crate::json;

/// Reads a body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, IamError> {
    json::read(body).map_err(|_| IamError::Malformed { reason: "the body is not what is asked for here" })
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
    #[serde(default)]
    assume_role: Option<AssumeRole>,
}

/// The agency of another account that is to be acted under.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "TokenAssumeRole")]
pub(super) struct AssumeRole {
    #[serde(default)]
    pub(super) domain_id: Option<String>,
    #[serde(default)]
    pub(super) domain_name: Option<String>,
    pub(super) agency_name: String,
    /// For a temporary access key.
    #[serde(default)]
    pub(super) duration_seconds: Option<i64>,
}

/// What a token is asked for with.
pub(super) enum Proof {
    /// A password.
    Password(PasswordUser),
    /// A call that is signed or has a token, by a user whom another account's registry is entrusted to.
    AssumeRole(AssumeRole),
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
    /// Reads a request for a token.
    pub(super) fn parse(body: &[u8]) -> Result<(Proof, Option<Scope>), IamError> {
        let malformed = |reason| IamError::Malformed { reason };
        let Self { auth } = read(body)?;
        if auth.identity.methods == ["assume_role"] {
            let role = auth.identity.assume_role.ok_or(malformed("identity.assume_role is missing"))?;
            return Ok((Proof::AssumeRole(role), auth.scope));
        }
        if auth.identity.methods != ["password"] {
            return Err(malformed("the method is 'password' or 'assume_role'"));
        }
        let user = auth.identity.password.ok_or(malformed("identity.password is missing"))?.user;
        if user.id.is_none() && (user.name.is_none() || user.domain.is_none()) {
            return Err(malformed("a user is given by its id, or by its name and its domain"));
        }
        Ok((Proof::Password(user), auth.scope))
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
