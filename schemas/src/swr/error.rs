//! Errors of the management API: the codes that clients know, and a body that every one of them understands (ADR 0007).

use schemars::JsonSchema;
use serde::Serialize;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $status:literal, $number:literal, $message:literal;)+) => {
        /// What went wrong, in the words clients know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum SwrCode { $($(#[$doc])* $variant),+ }

        impl SwrCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it is written in the answer.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => concat!("SVCSTG.SWR.", $number)),+ }
            }

            /// The HTTP status that goes with it.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status),+ }
            }

            /// The usual text.
            #[must_use]
            pub const fn message(self) -> &'static str {
                match self { $(Self::$variant => $message),+ }
            }
        }
    };
}

codes! {
    /// The account has as many organizations as it may.
    OrganizationQuota => 400, "4000097", "the account has as many organizations as it may have";
    /// The image is shared with as many accounts as may be.
    ShareQuota => 400, "4000100", "the image is shared with as many domains as may be";
    /// The user has as many temporary logins as may work at once.
    LoginQuota => 400, "4000101", "the user has as many temporary logins as may work at once";
    /// The name is no organization name.
    OrganizationInvalid => 400, "4001008", "name invalid: 'namespace' is invalid";
    /// `is_public` is no truth value.
    PublicInvalid => 400, "4001009", "is_public must be true or false";
    /// A parameter is missing.
    ParameterMissing => 400, "4001014", "a mandatory parameter is missing";
    /// The body is not what the operation takes.
    BodyInvalid => 400, "4001018", "the body is malformed";
    /// A parameter has a value that it cannot have.
    ParameterInvalid => 400, "4001025", "a parameter is invalid";
    /// The name is no repository name.
    RepositoryInvalid => 400, "4001029", "name invalid: 'repository' is invalid";
    /// The filter is malformed.
    FilterInvalid => 400, "4001035", "the filter is invalid";
    /// The account cannot be shared with.
    DomainInvalid => 400, "4001041", "the domain is invalid";
    /// The number stands for no level.
    AuthInvalid => 400, "4001065", "auth must be 1, 3 or 7";
    /// The user cannot be given a permission.
    UserInvalid => 400, "4001067", "the user is invalid";
    /// The image is not shared with the account.
    ShareNotFound => 400, "4001090", "the image is not shared with the domain";
    /// The list has no such order.
    OrderInvalid => 400, "4001096", "the order is invalid";
    /// The text is no tag.
    TagInvalid => 400, "4009021", "the tag is invalid";
    /// Nobody has proved who is asking.
    Unauthenticated => 401, "4010000", "authentication required";
    /// Whoever is asking may not.
    Denied => 403, "4039002", "you do not have the permission";
    /// Whoever is asking may have no login as a token.
    EnhancedLoginDenied => 403, "4030170", "you do not have the permission for a login as a token";
    /// There is no such organization, for whoever is asking.
    OrganizationNotFound => 404, "4040058", "the organization does not exist";
    /// There is no such repository, for whoever is asking.
    RepositoryNotFound => 404, "4040010", "the image does not exist";
    /// There is no such tag.
    TagNotFound => 404, "4040048", "the tag does not exist";
    /// The account that the call is made for has entrusted nothing to the caller's.
    DomainNotFound => 404, "4040041", "the domain does not exist";
    /// The user holds nothing on the organization.
    OrganizationPermissionNotFound => 404, "4040078", "the user has no permission on the organization";
    /// There is nothing under this address.
    UrlNotFound => 404, "4040083", "there is nothing at this address";
    /// The user holds nothing on the repository.
    PermissionNotFound => 404, "4040091", "the user has no permission on the image";
    /// The address has no such method.
    MethodNotAllowed => 405, "4050001", "the address has no such method";
    /// The organization has images.
    OrganizationNotEmpty => 406, "4060074", "the organization still has images";
    /// The name is taken.
    OrganizationExists => 409, "4090060", "the organization already exists";
    /// The name is taken.
    RepositoryExists => 409, "4090006", "the image already exists";
    /// The tag is there and must not be moved.
    TagExists => 409, "4090048", "the tag already exists";
    /// The user holds something on the organization.
    OrganizationPermissionExists => 409, "4090076", "the user already has a permission on the organization";
    /// The user holds something on the repository.
    PermissionExists => 409, "4090089", "the user already has a permission on the image";
    /// The image is shared with the account.
    ShareExists => 409, "4090090", "the image is already shared with the domain";
    /// The account has entrusted its registry to the service.
    AgencyExists => 409, "4090091", "the agency already exists";
    /// Too much at once.
    Busy => 409, "4090023", "too many changes at once; try again";
    /// The body is too large.
    BodyTooLarge => 413, "4131001", "the body is too large";
    /// The description is too long.
    DescriptionTooLong => 413, "4131012", "the description is too long";
    /// The registry failed.
    Failed => 500, "5000046", "the registry failed; the request id finds the cause in its log";
    /// The registry does not do this yet.
    NotImplemented => 501, "5010001", "this registry does not do this yet";
    /// The registry cannot answer now.
    Unavailable => 503, "5030001", "the registry is not available now; try again later";
}

/// The body of every answer that is no success.
///
/// The array is what is documented; the fields beside it are what SDKs look for, each under its own name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "SwrErrors")]
pub struct ErrorBody<'a> {
    errors: [ErrorEntry<'a>; 1],
    #[serde(flatten)]
    flat: Flat<'a>,
    error_code: &'a str,
    error_msg: &'a str,
    request_id: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SwrError")]
struct ErrorEntry<'a> {
    error_code: &'a str,
    error_message: &'a str,
    detail: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SwrErrorFields")]
struct Flat<'a> {
    error_code: &'a str,
    error_message: &'a str,
}

impl<'a> ErrorBody<'a> {
    /// The body for a code, a text for people, and the request's id.
    #[must_use]
    pub fn new(code: &'a str, message: &'a str, request_id: &'a str) -> Self {
        Self {
            errors: [ErrorEntry { error_code: code, error_message: message, detail: "" }],
            flat: Flat { error_code: code, error_message: message },
            error_code: code,
            error_msg: message,
            request_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_begins_with_its_status_and_is_used_once() {
        let mut seen = std::collections::BTreeSet::new();
        for code in SwrCode::ALL {
            let number = code.as_str().strip_prefix("SVCSTG.SWR.").unwrap();
            assert!(number.len() == 7 && number.starts_with(&code.status().to_string()), "{code:?}");
            assert!(seen.insert(number), "{code:?}");
        }
    }

    #[test]
    fn the_body_has_the_names_that_each_client_looks_for() {
        let body = serde_json::to_value(ErrorBody::new("C", "M", "R")).unwrap();
        let expected = serde_json::json!({
            "errors": [{ "errorCode": "C", "errorMessage": "M", "detail": "" }],
            "errorCode": "C", "errorMessage": "M", "error_code": "C", "error_msg": "M", "request_id": "R",
        });
        assert_eq!(body, expected);
    }
}
