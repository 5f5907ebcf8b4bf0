//! The query of a request, and form bodies, which are written the same way.

use std::borrow::Cow;

/// Parameters of the form `name=value&name=value`.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a>(&'a str);

impl<'a> Query<'a> {
    /// Reads the part of a URL behind the `?`.
    #[must_use]
    pub fn new(text: Option<&'a str>) -> Self {
        Self(text.unwrap_or_default())
    }

    /// Every parameter with its value, in order.
    pub fn pairs(self) -> impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)> {
        let named = self.0.split('&').filter(|pair| !pair.is_empty());
        named.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(name, value)| (decode(name, true), decode(value, true)))
    }

    /// Every value of a parameter, in order.
    pub fn all(self, name: &str) -> impl Iterator<Item = Cow<'a, str>> {
        self.0.split('&').filter_map(move |pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key, true) == name).then(|| decode(value, true))
        })
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn first(self, name: &str) -> Option<Cow<'a, str>> {
        self.all(name).next()
    }
}

/// Takes percent escapes back. What is no escape stays; bytes that are no UTF-8 become replacement characters.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> Cow<'_, str> {
    if !text.bytes().any(|byte| byte == b'%' || (plus_is_space && byte == b'+')) {
        return Cow::Borrowed(text);
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        match byte {
            b'%' => match behind.first_chunk().copied().and_then(escaped) {
                Some(byte) => {
                    bytes.push(byte);
                    rest = &behind[2..];
                }
                None => bytes.push(b'%'),
            },
            b'+' if plus_is_space => bytes.push(b' '),
            byte => bytes.push(byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn escaped([high, low]: [u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    Some(digit(high)? << 4 | digit(low)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_are_found_and_unescaped() {
        let query = Query::new(Some("scope=a%3Ab&scope=c+d&n&x=%zz%4&=5"));
        assert_eq!(query.all("scope").collect::<Vec<_>>(), ["a:b", "c d"]);
        assert_eq!(query.first("n").as_deref(), Some(""));
        assert_eq!(query.first("x").as_deref(), Some("%zz%4"));
        assert_eq!(query.first("y"), None);
        assert_eq!(Query::new(None).first("n"), None);
    }

    proptest! {
        #[test]
        fn no_query_breaks_the_parser(text in ".{0,100}", name in ".{0,5}") {
            let _ = Query::new(Some(&text)).all(&name).count();
        }
    }
}
