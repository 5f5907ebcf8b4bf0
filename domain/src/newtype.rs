//! The one shape of every text value: a private string that exists only once it has been checked.

/// Gives a tuple struct over `String` its parsing and printing from one `fn check(&str) -> Result<(), Error>`, and its JSON Schema.
///
/// The schema is `{"type": "string"}` with the keywords given. (A derived one would describe the struct, not the checked text.)
macro_rules! checked_text {
    ($type:ident, $error:ty, { $($keyword:literal: $value:expr),+ $(,)? }) => {
        $crate::newtype::text_schema!($type, { $($keyword: $value),+ });

        impl $type {
            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $type {
            type Err = $error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $type {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

/// Describes a type that is a JSON string.
macro_rules! text_schema {
    ($type:ident, { $($keyword:literal: $value:expr),* $(,)? }) => {
        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", $($keyword: $value),* })
            }
        }
    };
}

pub(crate) use {checked_text, text_schema};

#[cfg(test)]
mod tests;
