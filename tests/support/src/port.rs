//! Ports for servers that cannot be told to choose one themselves.

use anyhow::Result;
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// A port of 127.0.0.1 that was free a moment ago.
pub fn free() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Whether something answers on a port of 127.0.0.1.
#[must_use]
pub fn answers(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
