//! What only files can get wrong.
