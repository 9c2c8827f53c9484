//! Whom a connection trusts.

use std::path::Path;

use mysql_async::SslOpts;
use rustls::RootCertStore;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use tournament_core::{BoxError, Error, Result};

/// Whether connections are encrypted, and what is asked of the server's certificate: modes of MySQL's
/// clients (<https://dev.mysql.com/doc/refman/9.0/en/connection-options.html#option_general_ssl-mode>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SslMode {
    /// Never encrypted.
    Disabled,
    /// Encrypted if the server can, in a way that is known here; its certificate is not looked at.
    #[default]
    Preferred,
    /// Encrypted, by TLS 1.2 or 1.3. The certificate's names and authority are not looked at; it has to
    /// be one of X.509 version 3.
    Required,
    /// Encrypted, and the certificate comes from an authority that is trusted and names the host.
    VerifyIdentity,
}

/// What the driver is told. The authorities come from the file, or else from the system.
pub(crate) fn options(mode: SslMode, authorities: Option<&Path>) -> Result<Option<SslOpts>> {
    if mode == SslMode::Disabled {
        return Ok(None);
    }
    // The driver takes the process's provider of cryptography, and panics where two are built in and
    // neither is chosen.
    if CryptoProvider::get_default().is_none() {
        // Where somebody else was quicker, theirs is as good.
        drop(ring::default_provider().install_default());
    }
    if mode != SslMode::VerifyIdentity {
        let all = SslOpts::default().with_danger_accept_invalid_certs(true);
        return Ok(Some(all.with_danger_skip_domain_validation(true)));
    }
    let certificates = match authorities {
        Some(file) => of_file(file)?,
        None => rustls_native_certs::load_native_certs().certs,
    };
    // The driver would refuse them all for one that cannot be used.
    let usable =
        |one: &CertificateDer<'_>| RootCertStore::empty().add(one.clone().into_owned()).is_ok();
    let certificates: Vec<_> = certificates.into_iter().filter(usable).collect();
    if certificates.is_empty() {
        return Err(refused(
            "no authority that can be used is known; name one with ssl-ca, in PEM",
            None,
        ));
    }
    let certificates = certificates.into_iter().map(|one| one.to_vec().into()).collect();
    Ok(Some(SslOpts::default().with_disable_built_in_roots(true).with_root_certs(certificates)))
}

fn of_file(file: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let unreadable = |error: BoxError| {
        refused(format!("ssl-ca: {} cannot be read", file.display()), Some(error))
    };
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|error| unreadable(error.into()))?;
    if certificates.is_empty() {
        return Err(unreadable("it holds no certificate".into()));
    }
    Ok(certificates)
}

fn refused(reason: impl Into<String>, source: Option<BoxError>) -> Error {
    Error::backend(reason.into(), source)
}
