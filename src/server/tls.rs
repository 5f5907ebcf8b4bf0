//! TLS on the listener, with certificates that are read again when their files change (requirement P9).

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_util::sync::CancellationToken;

use crate::config::TlsFiles;

/// How often the files' times are looked at. Certificates change every few weeks; nobody waits for this.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The listener's configuration as the files say now.
pub(crate) async fn configuration(files: &TlsFiles) -> Result<RustlsConfig> {
    Ok(RustlsConfig::from_config(Arc::new(read(files)?)))
}

/// Exchanges the certificate whenever a file has changed, until stopped. Files that cannot be used leave the old one in place.
pub(crate) async fn reload_on_change(files: TlsFiles, config: RustlsConfig, stop: CancellationToken) {
    let (mut known, mut refused) = (modified(&files), None);
    let mut look = tokio::time::interval(LOOK_EVERY);
    while stop.run_until_cancelled(look.tick()).await.is_some() {
        let now = modified(&files);
        if now == known {
            continue;
        }
        match read(&files) {
            Ok(fresh) => {
                config.reload_from_config(Arc::new(fresh));
                known = now;
                tracing::info!(certificate = %files.certificate.display(), "certificate reloaded");
            }
            // A file half written: the next look finds it whole. `known` stays, so it is tried again; it is said once.
            Err(error) if refused != Some(now) => {
                refused = Some(now);
                tracing::warn!(error = format!("{error:#}"), "changed certificate cannot be used; the old one stays");
            }
            Err(_) => {}
        }
    }
}

fn modified(files: &TlsFiles) -> [Option<SystemTime>; 2] {
    let time = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    [time(&files.certificate), time(&files.key)]
}

fn read(files: &TlsFiles) -> Result<ServerConfig> {
    let certificate = || format!("the certificate {} cannot be read", files.certificate.display());
    let chain = CertificateDer::pem_file_iter(&files.certificate).with_context(certificate)?;
    let chain = chain.collect::<Result<Vec<_>, _>>().with_context(certificate)?;
    if chain.is_empty() {
        bail!("{} has no certificate in it (PEM, BEGIN CERTIFICATE)", files.certificate.display());
    }
    let key = match PrivateKeyDer::from_pem_file(&files.key) {
        Err(pem::Error::NoItemsFound) => bail!("{} has no private key in it (PEM, BEGIN PRIVATE KEY)", files.key.display()),
        key => key.with_context(|| format!("the key {} cannot be read", files.key.display()))?,
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().context("TLS versions")?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key).context("the certificate and its key do not fit")?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}
