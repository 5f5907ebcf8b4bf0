//! Conditional requests (RFC 9110, 13.1.2).

/// Whether an `If-None-Match` header names the entity tag, so that the answer is 304. Weak and strong tags compare alike.
#[must_use]
pub fn none_match(header: &str, etag: &str) -> bool {
    header.split(',').map(str::trim).any(|candidate| candidate == "*" || candidate.strip_prefix("W/").unwrap_or(candidate) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_found_in_a_list() {
        assert!(none_match("\"a\", W/\"b\"", "\"b\""));
        assert!(none_match("*", "\"b\""));
        assert!(!none_match("\"a\"", "\"b\""));
        assert!(!none_match("", "\"b\""));
    }
}
