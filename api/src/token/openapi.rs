//! The table of the token endpoint's operations for the OpenAPI document.

use ambar_schemas::oci::error::ErrorCode;
use ambar_schemas::oci::token::TokenResponse;
use schemars::JsonSchema;

use crate::openapi::{Operation, Parameter, Proof, Shape, Surface};

/// A login in a form, as OAuth 2 clients send it.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "the form is read field by field; this says which there are")]
struct TokenForm {
    /// `password`; `refresh_token` is refused like a wrong login.
    grant_type: String,
    /// `<project>@<access key>`.
    username: Option<String>,
    /// The login key.
    password: Option<String>,
    /// What the token is for, such as `repository:team/web:pull,push`; several with spaces between them.
    scope: Option<String>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let form = "application/x-www-form-urlencoded";
    let both = [
        row("GET", "GetToken", "Exchanges a registry login for a token", Proof::Login)
            .details("Without a login, a token for nobody where the operator allows anonymous pulls.")
            .with(Parameter::query(
                "scope",
                Shape::text(),
                "What the token is for, such as `repository:team/web:pull,push`; may be repeated.",
            ))
            .with(Parameter::query("service", Shape::text(), "Passed over.")),
        row("POST", "PostToken", "Exchanges a registry login in a form for a token", Proof::Nothing)
            .takes_as(form, Some(Shape::read::<TokenForm>()), true)
            .refuses_with_status(400, ErrorCode::Unsupported)
            .refuses_as(&[ErrorCode::SizeInvalid]),
    ];
    let refused = &[ErrorCode::Unauthorized, ErrorCode::Denied, ErrorCode::TooManyRequests, ErrorCode::Unavailable, ErrorCode::Unknown];
    both.map(|operation| operation.gives::<TokenResponse>(200, "The token").refuses_as(refused)).into()
}

fn row(method: &'static str, id: &'static str, summary: &'static str, proof: Proof) -> Operation {
    Operation::new(method, "/token", id, summary).of(Surface::Tokens, proof)
}
