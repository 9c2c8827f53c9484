//! What each version makes is what lies beside its SQL.

use std::path::Path;

use tournament_any::MigrationGoal;

use crate::backend::{Backend, Subject, on_each, wait_for};

on_each![each_version_makes_the_schema_that_lies_beside_it];

/// With `UPDATE_SCHEMAS` set, writes it there instead.
fn each_version_makes_the_schema_that_lies_beside_it(backend: Backend) {
    let subject = Subject::new(backend, "schemas");
    for migration in backend.known() {
        let version = migration.version;
        let made = wait_for(async {
            let migrator = subject.migrator();
            migrator.run(MigrationGoal::Up { to: Some(version) }).await.unwrap();
            migrator.schema().await.unwrap().to_string()
        });
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            let file = format!(
                "{}/../migrations/{}/V{version:04}__{}.schema.txt",
                env!("CARGO_MANIFEST_DIR"),
                backend.dialect().as_str(),
                migration.name
            );
            std::fs::write(Path::new(&file), made).unwrap();
        } else {
            let expected = migration.schema.replace("\r\n", "\n");
            assert_eq!(made, expected, "version {version}: see docs/migrations.md");
        }
    }
}
