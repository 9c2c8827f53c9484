//! Encrypted connections, and those that must not be made.
#![allow(clippy::expect_used, clippy::unwrap_used)] // Helpers are tests too.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use mysql_async::prelude::Queryable;
use support::database::connect;
use support::server::{Kind, Server, on_private_servers};
use tournament_core::{Player, Repositories, Result, Store};
use tournament_mysql::{MySqlOptions, MySqlStore};

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

/// A server that has these.
async fn encrypting(kind: Kind, folder: &Path) -> Server {
    let file = |name: &str| folder.join(name).display().to_string();
    let settings =
        [format!("ssl-cert={}", file("server.crt")), format!("ssl-key={}", file("server.key"))];
    Server::with_store(kind, &settings.each_ref().map(String::as_str)).await
}

/// As somebody of whom the server asks that the connection is encrypted.
fn safe(server: &Server) -> String {
    server.url.replace("mysql://root@", "mysql://safe:hunter2@")
}

async fn open(url: &str, parameters: &str) -> Result<MySqlStore> {
    let address = url.split_once('?').map_or(url, |(address, _)| address);
    MySqlOptions::from_url(&format!("{address}?{parameters}")).unwrap().open().await
}

on_private_servers! {
    each_mode_asks_what_it_says,
    a_server_without_tls_is_refused_where_it_is_required,
}

async fn each_mode_asks_what_it_says(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let stranger = authority(folder.path(), "stranger", "localhost");
    let root = authority(folder.path(), "root", "localhost");
    let server = encrypting(kind, folder.path()).await;
    let mut admin = connect(&server.url).await;
    for host in ["localhost", "127.0.0.1", "%"] {
        let user = format!(
            "CREATE USER safe@'{host}' IDENTIFIED BY 'hunter2' REQUIRE SSL; \
             GRANT ALL ON cup.* TO safe@'{host}'"
        );
        admin.query_drop(user).await.unwrap();
    }
    let by_address = &safe(&server);
    let by_name = &by_address.replace("127.0.0.1", "localhost");
    let (root, stranger) = (root.display(), stranger.display());

    for (url, parameters) in [
        (by_name, "ssl-mode=PREFERRED".to_owned()),
        (by_name, String::new()),
        (by_name, "ssl-mode=REQUIRED".to_owned()),
        (by_name, format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={root}")),
        (by_name, format!("ssl-ca={root}")),
        // Another name than the certificate's.
        (by_address, "ssl-mode=REQUIRED".to_owned()),
        (by_address, format!("ssl-mode=REQUIRED&ssl-ca={stranger}")),
    ] {
        let store = open(url, &parameters).await.unwrap_or_else(|e| panic!("{parameters}: {e:?}"));
        let ada = store.players().create(&Player::new("Ada")).await.unwrap();
        assert_eq!(store.players().get(ada.id).await.unwrap(), ada);
        store.close().await.unwrap();
    }
    for (url, parameters, part) in [
        (by_name, "ssl-mode=DISABLED".to_owned(), "refused the user"),
        // A wrong authority.
        (by_name, format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={stranger}"), "no secure connection"),
        // None but the system's, which does not know this one.
        (by_name, "ssl-mode=VERIFY_IDENTITY".to_owned(), "no secure connection"),
        // A wrong host name.
        (by_address, format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={root}"), "no secure connection"),
    ] {
        let error = open(url, &parameters).await.map(drop).unwrap_err();
        assert_eq!(error.code(), "unavailable", "{parameters}: {error:?}");
        assert!(error.to_string().contains(part), "{parameters}: {error} {error:?}");
        assert!(!format!("{error:?}").contains("hunter2"));
    }
    for (file, part) in [
        ("/nowhere.pem".to_owned(), "/nowhere.pem cannot be read"),
        (folder.path().join("names").display().to_string(), "names cannot be read"),
    ] {
        let error = open(by_name, &format!("ssl-ca={file}")).await.map(drop).unwrap_err();
        assert_eq!(error.code(), "backend", "{error:?}");
        assert!(error.to_string().contains(part), "{error}");
    }
}

async fn a_server_without_tls_is_refused_where_it_is_required(kind: Kind) {
    let settings: &[&str] = if kind == Kind::MySql { &["tls-version="] } else { &[] };
    let server = Server::with_store(kind, settings).await;
    for mode in ["REQUIRED", "VERIFY_IDENTITY"] {
        let error = open(&server.url, &format!("ssl-mode={mode}")).await.map(drop).unwrap_err();
        assert_eq!(error.code(), "unavailable");
        assert!(error.to_string().contains("offers no TLS"), "{error} {error:?}");
    }
    for mode in ["DISABLED", "PREFERRED"] {
        let store = open(&server.url, &format!("ssl-mode={mode}")).await.unwrap();
        assert!(store.health().await.healthy);
        store.players().create(&Player::new("Ada")).await.unwrap();
    }
}
