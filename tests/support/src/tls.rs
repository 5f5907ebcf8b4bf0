//! A certificate authority of a test's own, and a server certificate for this machine signed by it.

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose};
use std::path::{Path, PathBuf};

/// Files of a certificate authority and of one server certificate for `127.0.0.1`, `0.0.0.0` (see [`crate::server::Server::strict_host`]) and `localhost`.
#[derive(Debug, Clone)]
pub struct TlsFiles {
    /// Certificate of the authority, PEM: what a client must trust.
    pub authority: PathBuf,
    /// Certificate of the server, PEM.
    pub certificate: PathBuf,
    /// Private key of the server, PEM.
    pub key: PathBuf,
}

impl TlsFiles {
    /// Makes a new authority and server certificate and writes them into `folder`.
    pub fn create(folder: &Path) -> Result<Self> {
        let mut authority = CertificateParams::new(Vec::<String>::new())?;
        authority.distinguished_name.push(DnType::CommonName, "Ambar test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(authority, KeyPair::generate()?).context("sign the authority's certificate")?;

        let mut server = CertificateParams::new(["127.0.0.1", "0.0.0.0", "localhost"].map(str::to_owned))?;
        server.distinguished_name.push(DnType::CommonName, "localhost");
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &issuer).context("sign the server's certificate")?;

        let files = Self { authority: folder.join("ca.crt"), certificate: folder.join("server.crt"), key: folder.join("server.key") };
        std::fs::create_dir_all(folder)?;
        std::fs::write(&files.authority, issuer.pem())?;
        std::fs::write(&files.certificate, certificate.pem())?;
        std::fs::write(&files.key, key.serialize_pem())?;
        Ok(files)
    }
}
