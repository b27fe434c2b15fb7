//! TLS against a server with a certificate made for the test.
use crate::book::*;
use crate::server::{PASSWORD, TestServer};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use upah_postgres::{Address, OpenError, OpenOptions, Postgres};

/// A server for `localhost` with a certificate of an authority, and the authority's file.
fn server() -> (TestServer, tempfile::NamedTempFile) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let server = TestServer::start("");
    server.write("server.crt", &certificate.pem());
    server.write("server.key", &key.serialize_pem());
    server.sql("postgres", "ALTER SYSTEM SET ssl = on");
    server.reload();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), root.pem()).unwrap();
    (server, file)
}

async fn open_at(address: &str) -> Result<Postgres, OpenError> {
    let address: Address = address.parse().unwrap();
    Postgres::open(&address.with_password(PASSWORD), OpenOptions { create: true }).await
}

#[tokio::test]
async fn an_encrypted_connection_is_verified_or_there_is_none() {
    let (server, root) = server();
    let name = server.database().rsplit_once('/').unwrap().1.to_owned();
    let (port, roots) = (server.port(), root.path().display());
    let place = |host: &str| format!("postgres://upah@{host}:{port}/{name}?sslmode=require");

    let store = open_at(&format!("{}&sslrootcert={roots}", place("localhost"))).await.unwrap();
    admit_workers(&store, &run_id(1), 0..300).await;
    assert_consistent(&store).await;
    let encrypted = "SELECT bool_and(s.ssl) FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid)
                     WHERE a.application_name = 'upah'";
    assert_eq!(server.sql("postgres", encrypted), "t");

    let unknown = open_at(&place("localhost")).await.unwrap_err();
    assert!(unknown.to_string().contains("invalid peer certificate"), "{unknown}");
    let other_host = open_at(&format!("{}&sslrootcert={roots}", place("127.0.0.1"))).await.unwrap_err();
    assert!(other_host.to_string().contains("not valid for name"), "{other_host}");
    let (_other_server, other_root) = self::server();
    let other = format!("{}&sslrootcert={}", place("localhost"), other_root.path().display());
    let other = open_at(&other).await.unwrap_err();
    assert!(other.to_string().contains("invalid peer certificate"), "{other}");
    let nothing = open_at(&format!("{}&sslrootcert=/nowhere.pem", place("localhost"))).await.unwrap_err();
    assert!(nothing.to_string().contains("/nowhere.pem"), "{nothing}");
    for refused in [unknown, other_host, other, nothing] {
        assert!(!format!("{refused} {refused:?}").contains(PASSWORD));
    }
}
