//! Error answers (distribution-spec, "Error Codes"): the table of codes, and the body that carries them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident => $code:literal, $status:literal, $message:literal;)+) => {
        /// What went wrong, in the words clients know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $variant),+ }

        impl ErrorCode {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as it is written in the answer.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The HTTP status that goes with it, where the case at hand has no better one.
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
    /// The repository does not hold the blob.
    BlobUnknown => "BLOB_UNKNOWN", 404, "blob unknown to registry";
    /// The upload cannot go on like this.
    BlobUploadInvalid => "BLOB_UPLOAD_INVALID", 400, "blob upload invalid";
    /// There is no such upload session.
    BlobUploadUnknown => "BLOB_UPLOAD_UNKNOWN", 404, "blob upload unknown to registry";
    /// The digest is malformed, or is not that of the content.
    DigestInvalid => "DIGEST_INVALID", 400, "provided digest did not match uploaded content";
    /// A manifest names a blob that the repository does not hold.
    ManifestBlobUnknown => "MANIFEST_BLOB_UNKNOWN", 400, "manifest references a blob unknown to registry";
    /// The manifest is malformed.
    ManifestInvalid => "MANIFEST_INVALID", 400, "manifest invalid";
    /// The repository holds no such manifest.
    ManifestUnknown => "MANIFEST_UNKNOWN", 404, "manifest unknown to registry";
    /// The repository name is malformed.
    NameInvalid => "NAME_INVALID", 400, "invalid repository name";
    /// There is no such repository.
    NameUnknown => "NAME_UNKNOWN", 404, "repository name not known to registry";
    /// The length is not what was announced, or more than is allowed.
    SizeInvalid => "SIZE_INVALID", 400, "provided length did not match content length";
    /// The tag is malformed.
    TagInvalid => "TAG_INVALID", 400, "manifest tag is invalid";
    /// The range cannot be served or taken.
    RangeInvalid => "RANGE_INVALID", 416, "invalid content range";
    /// The number of results asked for is no number.
    PaginationNumberInvalid => "PAGINATION_NUMBER_INVALID", 400, "invalid number of results requested";
    /// Nobody has proved who is asking.
    Unauthorized => "UNAUTHORIZED", 401, "authentication required";
    /// Whoever is asking may not.
    Denied => "DENIED", 403, "you do not have the permission";
    /// The registry does not do this.
    Unsupported => "UNSUPPORTED", 405, "the operation is unsupported";
    /// Too much at once; try again later.
    TooManyRequests => "TOOMANYREQUESTS", 429, "too many requests";
    /// There is nothing under this address.
    NotFound => "NOT_FOUND", 404, "there is nothing at this address";
    /// The registry cannot answer now.
    Unavailable => "UNAVAILABLE", 503, "the registry is not available now; try again later";
    /// The registry failed.
    Unknown => "UNKNOWN", 500, "the registry failed; the request id finds the cause in its log";
}

/// One error of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OciError")]
pub struct ErrorEntry {
    /// The code, in capitals.
    pub code: String,
    /// A text for people.
    pub message: String,
    /// What exactly, for programs.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub detail: Value,
}

/// The body of every answer that is no success.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OciErrors")]
pub struct ErrorBody {
    /// At least one.
    pub errors: Vec<ErrorEntry>,
}

impl ErrorBody {
    /// A body with one error.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>, detail: Value) -> Self {
        Self { errors: vec![ErrorEntry { code: code.as_str().to_owned(), message: message.into(), detail }] }
    }

    /// The JSON text.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_else(|_| br#"{"errors":[]}"#.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_written_in_capitals_and_has_an_error_status() {
        for code in ErrorCode::ALL {
            assert!(code.as_str().bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{code:?}");
            assert!((400..600).contains(&code.status()), "{code:?}");
            assert!(!code.message().is_empty());
        }
    }

    #[test]
    fn an_error_without_detail_has_no_such_field() {
        let body = ErrorBody::new(ErrorCode::Denied, ErrorCode::Denied.message(), Value::Null);
        assert_eq!(
            String::from_utf8(body.to_json()).unwrap(),
            r#"{"errors":[{"code":"DENIED","message":"you do not have the permission"}]}"#
        );
    }
}
