//! The parameters of lists: plain ones, or one `filter` of `key::value` pairs with `|` between them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use thiserror::Error;

/// The most that one page can have; also what a list without paging gives.
pub const MAX_LIMIT: u64 = 1000;

/// How much a page has that does not say how much.
pub const DEFAULT_LIMIT: u64 = 100;

/// The parameters of a list, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters<'a>(BTreeMap<Cow<'a, str>, Cow<'a, str>>);

/// Why the parameters of a list are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvalidParameters {
    /// A part of the filter is not `key::value`.
    #[error("the filter is not made of key::value pairs with '|' between them")]
    Filter,
    /// `limit` or `offset` is no number, or too large.
    #[error("limit is a number from 1 to 1000, and offset a number from 0 on")]
    Page,
    /// `order_type` is neither `asc` nor `desc`.
    #[error("order_type is 'asc' or 'desc'")]
    Order,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many come before it.
    pub offset: u64,
    /// How many it has at most.
    pub limit: u64,
    /// Both were given, so the answer tells how many there are.
    pub counted: bool,
}

impl<'a> Parameters<'a> {
    /// Reads `name=value` pairs that are unescaped already. Where there is a `filter`, it alone counts.
    ///
    /// # Errors
    /// [`InvalidParameters::Filter`].
    pub fn read(pairs: impl Iterator<Item = (Cow<'a, str>, Cow<'a, str>)>) -> Result<Self, InvalidParameters> {
        let mut parameters = Self::default();
        let mut filter = None;
        for (name, value) in pairs {
            if name == "filter" {
                filter = Some(value);
            } else {
                parameters.0.entry(name).or_insert(value);
            }
        }
        match filter {
            Some(filter) => Self::read_filter(&filter),
            None => Ok(parameters),
        }
    }

    fn read_filter(filter: &str) -> Result<Self, InvalidParameters> {
        let pair = |part: &str| {
            let (key, value) = part.split_once("::").ok_or(InvalidParameters::Filter)?;
            Ok((Cow::Owned(key.trim().to_owned()), Cow::Owned(value.trim().to_owned())))
        };
        filter.split('|').filter(|part| !part.is_empty()).map(pair).collect::<Result<_, _>>().map(Self)
    }

    /// The value of a parameter; an empty one is as good as none.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(AsRef::as_ref).filter(|value: &&str| !value.is_empty())
    }

    /// The page: `limit` and `offset` count only together.
    ///
    /// # Errors
    /// [`InvalidParameters::Page`].
    pub fn page(&self) -> Result<Page, InvalidParameters> {
        let number = |text: &str| text.parse::<u64>().map_err(|_| InvalidParameters::Page);
        let (limit, offset) = (self.get("limit").map(number).transpose()?, self.get("offset").map(number).transpose()?);
        match (limit, offset) {
            (Some(limit), Some(offset)) if (1..=MAX_LIMIT).contains(&limit) && i64::try_from(offset).is_ok() => {
                Ok(Page { offset, limit, counted: true })
            }
            (Some(_), Some(_)) => Err(InvalidParameters::Page),
            (Some(_), None) | (None, Some(_)) | (None, None) => Ok(Page { offset: 0, limit: DEFAULT_LIMIT, counted: false }),
        }
    }

    /// Whether the order is the other way round; `None` if nothing is said.
    ///
    /// # Errors
    /// [`InvalidParameters::Order`].
    pub fn descending(&self) -> Result<Option<bool>, InvalidParameters> {
        match self.get("order_type") {
            None => Ok(None),
            Some("asc") => Ok(Some(false)),
            Some("desc") => Ok(Some(true)),
            Some(_) => Err(InvalidParameters::Order),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&'static str, &'static str)]) -> Result<Parameters<'static>, InvalidParameters> {
        Parameters::read(pairs.iter().map(|(name, value)| (Cow::Borrowed(*name), Cow::Borrowed(*value))))
    }

    #[test]
    fn a_filter_stands_for_the_plain_parameters_and_alone_counts() {
        let plain = read(&[("namespace", "group"), ("limit", "10"), ("offset", "20")]).unwrap();
        let filter = read(&[("name", "other"), ("filter", "namespace::group|limit::10|offset::20")]).unwrap();
        assert_eq!(plain, filter);
        assert_eq!(filter.get("name"), None);
        assert_eq!(filter.page(), Ok(Page { offset: 20, limit: 10, counted: true }));
        assert_eq!(read(&[("filter", "namespace")]), Err(InvalidParameters::Filter));
        assert_eq!(read(&[("filter", "")]).unwrap(), Parameters::default());
        assert_eq!(read(&[("filter", "name::a::b")]).unwrap().get("name"), Some("a::b"));
    }

    #[test]
    fn limit_and_offset_count_only_together_and_have_bounds() {
        let uncounted = Ok(Page { offset: 0, limit: DEFAULT_LIMIT, counted: false });
        assert_eq!(read(&[("limit", "5")]).unwrap().page(), uncounted);
        assert_eq!(read(&[("offset", "5")]).unwrap().page(), uncounted);
        assert_eq!(read(&[("limit", "1000"), ("offset", "0")]).unwrap().page(), Ok(Page { offset: 0, limit: 1000, counted: true }));
        for (limit, offset) in [("0", "0"), ("1001", "0"), ("-1", "0"), ("x", "0"), ("1", "x"), ("1", "99999999999999999999")] {
            assert_eq!(read(&[("limit", limit), ("offset", offset)]).unwrap().page(), Err(InvalidParameters::Page), "{limit} {offset}");
        }
    }

    #[test]
    fn an_order_is_one_way_or_the_other() {
        assert_eq!(read(&[]).unwrap().descending(), Ok(None));
        assert_eq!(read(&[("order_type", "asc")]).unwrap().descending(), Ok(Some(false)));
        assert_eq!(read(&[("order_type", "desc")]).unwrap().descending(), Ok(Some(true)));
        assert_eq!(read(&[("order_type", "up")]).unwrap().descending(), Err(InvalidParameters::Order));
    }
}
