//! Whom the command line trusts: the authorities of the operating system, or one that a profile names instead.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};

/// With `insecure` nobody is asked who it is.
pub(super) fn config(authority: Option<&Path>, insecure: bool) -> Result<TlsConfig> {
    let roots = match authority {
        Some(path) => read(path)?,
        None => of_the_system(),
    };
    Ok(TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .disable_verification(insecure)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build())
}

/// Every certificate of a file in PEM.
pub(crate) fn read(path: &Path) -> Result<Vec<Certificate<'static>>> {
    let text = std::fs::read(path).with_context(|| format!("the certificate authority {} cannot be read", path.display()))?;
    let mut certificates = Vec::new();
    for item in parse_pem(&text) {
        if let PemItem::Certificate(certificate) = item.with_context(|| format!("{} is no PEM file", path.display()))? {
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() {
        bail!("{} has no certificate in it", path.display());
    }
    Ok(certificates)
}

/// What cannot be read of them is left out: a certificate that only they could vouch for is then refused.
fn of_the_system() -> Vec<Certificate<'static>> {
    let found = rustls_native_certs::load_native_certs();
    found.certs.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
}
