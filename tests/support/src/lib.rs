//! What tests and benchmarks need around Ambar: real server processes, container engines, a yardstick, certificates, waiting with a deadline.
//!
//! It knows the binary and its command line only, nothing of the crates behind them.

pub mod containerd;
pub mod dockerd;
pub mod own_mounts;
pub mod port;
pub mod process;
pub mod server;
pub mod small_disk;
pub mod tls;
pub mod wait;
pub mod yardstick;
