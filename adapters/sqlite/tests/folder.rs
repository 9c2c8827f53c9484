//! A path is taken from where the process was when the store was opened. Alone in its file: the
//! working folder is the whole process's.

#![allow(clippy::unwrap_used)] // Helpers stop the test when they cannot go on.

use std::env::set_current_dir;

use tournament_core::{Player, Repositories, Store, UnitOptions};
use tournament_sqlite::SqliteOptions;

#[tokio::test]
async fn a_store_stays_on_its_file_when_the_process_moves() {
    let folder = tempfile::tempdir().unwrap();
    // SQLite would read the second as a URI and the third as no file at all.
    for name in ["x.db", "file:x.db", ":memory:"] {
        let (here, there) = (folder.path().join("here"), folder.path().join("there"));
        for place in [&there, &here] {
            std::fs::create_dir(place).unwrap();
            set_current_dir(place).unwrap();
            SqliteOptions::new(name).migrate().await.unwrap();
        }
        assert!(here.join(name).exists());
        let store = SqliteOptions::new(name).open().await.unwrap();
        let ada = store.players().create(&Player::new("Ada")).await.unwrap();
        set_current_dir(&there).unwrap();
        // More than were opened with the store.
        let mut units = Vec::new();
        for _ in 0..3 {
            let unit = store.begin(UnitOptions::new().read_only()).await.unwrap();
            assert_eq!(unit.players().get(ada.id).await.unwrap(), ada);
            units.push(unit);
        }
        drop(units);
        store.close().await.unwrap();
        set_current_dir(folder.path()).unwrap();
        std::fs::remove_dir_all(here).unwrap();
        std::fs::remove_dir_all(there).unwrap();
    }
    let nameless = SqliteOptions::new("").with_migrate(true).open().await.map(drop).unwrap_err();
    assert!(nameless.to_string().contains("names no file"), "{nameless}");
}
