//! Where a client is, as far as limits and blocks tell clients apart.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::newtype::text_schema;

/// How many bits of an IPv6 address one customer has at least: who has one address of them has all.
const PREFIX_V6: u32 = 64;

/// The text is neither an IP address nor an IPv6 network of 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an address is one as 203.0.113.7 or 2001:db8::7, or a network as 2001:db8::/64")]
pub struct InvalidClientAddress;

/// An IPv4 address, or the 64 bits of an IPv6 address that tell one customer from another.
///
/// Prints as `203.0.113.7` or `2001:db8::/64`, which is also the stream id of the [`Address`](crate::address::Address).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientAddress(IpAddr);

text_schema!(ClientAddress, { "maxLength": 64 });

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        // One of version 4 that came over a socket of version 6 is the same client.
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from(u128::from(address) & (u128::MAX << (128 - PREFIX_V6)))),
            address @ IpAddr::V4(_) => address,
        })
    }
}

impl FromStr for ClientAddress {
    type Err = InvalidClientAddress;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            None => text.parse::<IpAddr>().map(Self::from).map_err(|_| InvalidClientAddress),
            Some((address, "64")) => {
                let address: Ipv6Addr = address.parse().map_err(|_| InvalidClientAddress)?;
                let network = Self::from(IpAddr::V6(address));
                if network.0 == IpAddr::V6(address) { Ok(network) } else { Err(InvalidClientAddress) }
            }
            Some(_) => Err(InvalidClientAddress),
        }
    }
}

impl TryFrom<String> for ClientAddress {
    type Error = InvalidClientAddress;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ClientAddress> for String {
    fn from(address: ClientAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => address.fmt(f),
            IpAddr::V6(network) => write!(f, "{network}/{PREFIX_V6}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::parsed;

    fn of(address: &str) -> ClientAddress {
        ClientAddress::from(parsed::<IpAddr>(address))
    }

    #[test]
    fn an_address_of_version_4_is_itself_however_it_came() {
        assert_eq!(of("203.0.113.7").to_string(), "203.0.113.7");
        assert_eq!(of("::ffff:203.0.113.7"), of("203.0.113.7"));
        assert_ne!(of("203.0.113.8"), of("203.0.113.7"));
    }

    #[test]
    fn addresses_of_version_6_that_one_customer_has_are_one() {
        assert_eq!(of("2001:db8:1:2:3:4:5:6").to_string(), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:3::1"), of("2001:db8:1:2::1"));
    }

    #[test]
    fn what_it_prints_is_read_again_and_so_is_any_address_in_it() {
        for address in ["203.0.113.7", "2001:db8:1:2::/64", "::/64"] {
            assert_eq!(parsed::<ClientAddress>(address).to_string(), address);
        }
        assert_eq!(parsed::<ClientAddress>("2001:db8:1:2::9"), parsed("2001:db8:1:2::/64"));
    }

    #[test]
    fn anything_else_is_no_address() {
        for text in ["", "localhost", "203.0.113.7/32", "203.0.113.0/24", "2001:db8::/48", "2001:db8::1/64", "203.0.113.7:5000"] {
            assert_eq!(text.parse::<ClientAddress>(), Err(InvalidClientAddress), "{text}");
        }
    }
}
