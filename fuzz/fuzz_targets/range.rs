//! `Range` and `Content-Range`: what is given lies inside the content and is not empty, and written plainly it is the same range.
#![no_main]

use ambar_schemas::oci::range::{Requested, parse_content_range, parse_range};
use libfuzzer_sys::fuzz_target;

// The size comes last, so that a file of the corpus begins with the header as a client writes it.
fuzz_target!(|input: &[u8]| {
    let Some((header, size)) = input.split_last_chunk() else { return };
    let size = u64::from_le_bytes(*size);
    if let Ok(header) = std::str::from_utf8(header) {
        downloads(header, size);
        chunks(header);
    }
});

fn downloads(header: &str, size: u64) {
    let Requested::Part(part) = parse_range(header, size) else { return };
    assert!(part.start < part.end && part.end <= size, "{header:?} of {size}: {part:?}");
    let plain = format!("bytes={}-{}", part.start, part.end - 1);
    assert_eq!(parse_range(&plain, size), Requested::Part(part.clone()), "{header:?} of {size}");
    if part.end < size {
        assert_eq!(parse_range(header, size.saturating_add(1)), Requested::Part(part), "{header:?} of {size} and one byte more");
    }
}

fn chunks(header: &str) {
    let Some(chunk) = parse_content_range(header) else { return };
    assert!(chunk.start < chunk.end, "{header:?}: {chunk:?}");
    let (first, last) = (chunk.start, chunk.end - 1);
    for plain in [format!("{first}-{last}"), format!("bytes {first}-{last}/*"), format!("bytes {first}-{last}/{}", chunk.end)] {
        assert_eq!(parse_content_range(&plain), Some(chunk.clone()), "{header:?} and {plain:?}");
    }
}
