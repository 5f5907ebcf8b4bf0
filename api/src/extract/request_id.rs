//! Request ids that come from outside.

/// The request id that a client or proxy gave, if it is fit for logs and events: 1 to 64 letters, digits, `-`, `_` and `.`.
#[must_use]
pub fn sane_request_id(header: &[u8]) -> Option<&str> {
    let sane = (1..=64).contains(&header.len()) && header.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if sane { std::str::from_utf8(header).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_short_plain_ids_are_taken_over() {
        assert_eq!(sane_request_id(b"abc-1_2.3"), Some("abc-1_2.3"));
        for bad in [&b""[..], b"a b", b"a\nb", &[0xff], &[b'a'; 65]] {
            assert_eq!(sane_request_id(bad), None);
        }
    }
}
