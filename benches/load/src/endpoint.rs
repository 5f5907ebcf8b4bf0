//! Where a registry answers, over what, and as whom one speaks to it.

use anyhow::{Context, Result, bail};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::TlsConnector;

/// A registry as connections need it.
#[derive(Clone)]
pub struct Endpoint {
    /// Host to connect to.
    pub host: String,
    /// Port to connect to.
    pub port: u16,
    /// `host:port`, the Host header field.
    pub authority: String,
    /// Value of the Authorization header field.
    pub authorization: Option<String>,
    tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Endpoint").field("authority", &self.authority).field("tls", &self.tls.is_some()).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// An endpoint from `http://host:port` or `https://host:port`; `authority` is the certificate (PEM) to be trusted.
    pub fn new(url: &str, authority: Option<&Path>) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").context("a URL has a scheme")?;
        let address = rest.trim_end_matches('/');
        let (secure, default_port) = match scheme {
            "http" => (false, 80),
            "https" => (true, 443),
            _ => bail!("{url}: neither http nor https"),
        };
        let (host, port) = match address.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().with_context(|| format!("{url}: no port"))?),
            None => (address, default_port),
        };
        let tls = if secure { Some((tls_config(authority)?, ServerName::try_from(host.to_owned())?)) } else { None };
        Ok(Self { host: host.to_owned(), port, authority: address.to_owned(), authorization: None, tls })
    }

    /// The same endpoint with another Authorization header field.
    #[must_use]
    pub fn with_authorization(&self, authorization: Option<String>) -> Self {
        Self { authorization, ..self.clone() }
    }

    pub(crate) fn tls_connector(&self) -> Option<(TlsConnector, ServerName<'static>)> {
        self.tls.as_ref().map(|(config, name)| (TlsConnector::from(Arc::clone(config)), name.clone()))
    }
}

fn tls_config(authority: Option<&Path>) -> Result<Arc<ClientConfig>> {
    let path = authority.context("https needs the certificate of the authority to trust")?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).with_context(|| format!("read {}", path.display()))? {
        roots.add(certificate?)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}
