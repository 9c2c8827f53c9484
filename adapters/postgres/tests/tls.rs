//! Encrypted connections, and those that must not be made.
#![allow(clippy::expect_used, clippy::unwrap_used)] // Helpers are tests too.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::database::connect;
use support::options;
use support::server::Server;
use tournament_core::{Player, Repositories, Result, Store};
use tournament_postgres::{PostgresOptions, PostgresStore};

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").current_dir(folder).args(arguments).output();
    let output = output.expect("openssl makes the certificates of this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, and a certificate for a server of this name that it signed.
fn authority(folder: &Path, name: &str, server: &str) -> PathBuf {
    let (key, root) = (format!("{name}.key"), format!("{name}.pem"));
    let subject = format!("/CN={name}");
    let new = ["-newkey", "rsa:2048", "-nodes", "-keyout"];
    let first =
        [&["req", "-x509", "-days", "2", "-subj", &subject, "-out", &root], &new[..], &[&key]];
    openssl(folder, &first.concat());
    let subject = format!("/CN={server}");
    let request =
        [&["req", "-subj", &subject, "-out", "server.csr"], &new[..], &["server.key"]].concat();
    openssl(folder, &request);
    std::fs::write(folder.join("names"), format!("subjectAltName=DNS:{server}\n")).unwrap();
    openssl(
        folder,
        &[
            "x509",
            "-req",
            "-days",
            "2",
            "-in",
            "server.csr",
            "-CA",
            &root,
            "-CAkey",
            &key,
            "-CAcreateserial",
            "-extfile",
            "names",
            "-out",
            "server.crt",
        ],
    );
    folder.join(root)
}

/// Puts the key and the certificate where the server may read them.
fn hand_over(server: &Server, folder: &Path) {
    let data = server.folder().join("data");
    for file in ["server.key", "server.crt"] {
        std::fs::copy(folder.join(file), data.join(file)).unwrap();
    }
    let (data, key) = (data.display().to_string(), data.join("server.key").display().to_string());
    let script = format!(
        "chmod 600 {key} && chown --reference={data} {key} {data}/server.crt 2>/dev/null || chmod 600 {key}"
    );
    assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
}

async fn open(url: &str, parameters: &str) -> Result<PostgresStore> {
    PostgresOptions::from_url(&format!("{url}{parameters}&connect_timeout=5")).unwrap().open().await
}

async fn is_encrypted(store: &PostgresStore, server: &Server) -> bool {
    // Its connections are made when they are first used.
    let ada = store.players().create(&Player::new("Ada")).await.unwrap();
    store.players().get(ada.id).await.unwrap();
    let admin = connect(&format!("{}sslmode=disable", server.url)).await;
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                     WHERE application_name = 'tournament-postgres'";
    admin.query_one(encrypted, &[]).await.unwrap().get(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_mode_asks_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let stranger = authority(folder.path(), "stranger", "localhost");
    let root = authority(folder.path(), "root", "localhost");
    let server = Server::with_store(&[]).await;
    hand_over(&server, folder.path());
    let admin = connect(&server.url).await;
    admin.batch_execute("ALTER SYSTEM SET ssl = on").await.unwrap();
    admin.batch_execute("SELECT pg_reload_conf()").await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    let by_name = server.url.replace("127.0.0.1", "localhost");
    let by_address = &server.url;
    let (root, stranger) = (root.display(), stranger.display());

    for (url, parameters, encrypted) in [
        (&by_name, "sslmode=disable".to_owned(), false),
        (&by_name, "sslmode=prefer".to_owned(), true),
        (&by_name, "sslmode=require".to_owned(), true),
        (&by_name, format!("sslmode=require&sslrootcert={root}"), true),
        (&by_name, format!("sslmode=verify-ca&sslrootcert={root}"), true),
        (&by_name, format!("sslmode=verify-full&sslrootcert={root}"), true),
        // Another name than the certificate's.
        (by_address, "sslmode=require".to_owned(), true),
        (by_address, format!("sslmode=verify-ca&sslrootcert={root}"), true),
    ] {
        let store = open(url, &parameters).await.unwrap_or_else(|e| panic!("{parameters}: {e:?}"));
        assert_eq!(is_encrypted(&store, &server).await, encrypted, "{parameters}");
        store.close().await.unwrap();
    }
    for (url, parameters, part) in [
        // A wrong authority.
        (&by_name, format!("sslmode=require&sslrootcert={stranger}"), "no secure connection"),
        (&by_name, format!("sslmode=verify-ca&sslrootcert={stranger}"), "no secure connection"),
        (&by_name, format!("sslmode=verify-full&sslrootcert={stranger}"), "no secure connection"),
        // None but the system's, which does not know this one.
        (&by_name, "sslmode=verify-full".to_owned(), "no secure connection"),
        // A wrong host name.
        (by_address, format!("sslmode=verify-full&sslrootcert={root}"), "no secure connection"),
    ] {
        let error = open(url, &parameters).await.map(drop).unwrap_err();
        assert_eq!(error.code(), "unavailable", "{parameters}: {error:?}");
        assert!(error.to_string().contains(part), "{parameters}: {error}");
    }
    for (parameters, part) in [
        ("sslmode=verify-ca&sslrootcert=/nowhere.pem".to_owned(), "/nowhere.pem cannot be read"),
        (
            format!("sslmode=verify-ca&sslrootcert={}", folder.path().join("names").display()),
            "names",
        ),
    ] {
        let error = open(&by_name, &parameters).await.map(drop).unwrap_err();
        assert_eq!(error.code(), "backend", "{parameters}: {error:?}");
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_tls_is_refused_where_it_is_required() {
    let server = Server::with_store(&[]).await;
    for mode in ["require", "verify-ca", "verify-full"] {
        let error = open(&server.url, &format!("sslmode={mode}")).await.map(drop).unwrap_err();
        assert_eq!(error.code(), "unavailable");
        assert!(error.to_string().contains("no secure connection"), "{error}");
    }
    for mode in ["disable", "prefer"] {
        let store = open(&server.url, &format!("sslmode={mode}")).await.unwrap();
        assert!(store.health().await.healthy);
    }
    assert!(options(&server.url).open().await.is_ok());
}
