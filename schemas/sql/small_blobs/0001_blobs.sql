-- Small blobs, each in a row. The index on the digest is apart from the bytes, so that new bytes stand behind each other.
CREATE TABLE blobs (
    hash  BLOB NOT NULL UNIQUE CHECK (length(hash) IN (32, 64)), -- SHA-256 or SHA-512; the length tells
    bytes BLOB NOT NULL
) STRICT;
