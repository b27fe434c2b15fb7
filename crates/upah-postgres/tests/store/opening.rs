//! Opening: ours, alone, on a server that keeps what it acknowledges, and one clear sentence otherwise.
use crate::book::*;
use crate::server::{PASSWORD, TestServer};
use upah_core::setting::Setting;
use upah_core::store::{Store, StoreError};
use upah_postgres::{Address, OpenError, OpenOptions, Postgres};

const CREATE: OpenOptions = OpenOptions { create: true };
const EXISTING: OpenOptions = OpenOptions { create: false };

/// A new database without a store.
fn empty() -> (String, Address) {
    let text = TestServer::shared().database();
    let address: Address = text.parse().unwrap();
    (address.database().to_owned(), address)
}

/// One sentence that names the place and no inner workings.
fn is_clear(error: &OpenError) -> bool {
    let said = error.to_string();
    said.contains("/test_") && !said.contains('\n') && !said.contains("os error") && !said.contains(PASSWORD)
}

#[tokio::test]
async fn who_writes_alone_is_refused_until_the_first_has_gone() {
    let desk = Desk::new().await;
    let refused = Postgres::open_alone(&desk.address, EXISTING).await.unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }) && is_clear(&refused), "{refused}");
    desk.store.settle_setting(Setting::Mode, "sandbox".into()).await.unwrap();
    drop(desk.store);
    let alone = Postgres::open_alone(&desk.address, EXISTING).await.unwrap();
    let refused = Postgres::open(&desk.address, EXISTING).await.unwrap_err();
    assert!(matches!(refused, OpenError::InUse { .. }) && is_clear(&refused), "{refused}");
    drop(alone);
    Postgres::open(&desk.address, EXISTING).await.unwrap();
}

#[tokio::test]
async fn an_admission_that_is_still_open_keeps_the_lock() {
    let desk = Desk::new().await;
    let admission = desk.store.admit().await.unwrap();
    drop(desk.store);
    assert!(matches!(Postgres::open_alone(&desk.address, EXISTING).await, Err(OpenError::InUse { .. })));
    drop(admission);
    Postgres::open_alone(&desk.address, EXISTING).await.unwrap();
}

#[tokio::test]
async fn stores_in_two_databases_of_one_server_do_not_meet() {
    let (one, two) = (Desk::new().await, Desk::new().await);
    admit_workers(&one.store, &run_id(1), 0..2).await;
    assert!(all_payments(&two.store).await.is_empty());
    admit_workers(&two.store, &run_id(1), 0..2).await;
}

#[tokio::test]
async fn readers_look_on_beside_the_writer_and_cannot_write() {
    let desk = Desk::new().await;
    let reader = Postgres::open_read_only(&desk.address).await.unwrap();
    admit_workers(&desk.store, &run_id(1), 0..2).await;
    assert_eq!(all_payments(&reader).await, all_payments(&desk.store).await);
    assert!(reader.is_read_only() && !desk.store.is_read_only());
    let said = reader.settle_setting(Setting::Mode, "live".into()).await.unwrap_err();
    assert_eq!(said, StoreError::Medium("it was opened for reading only".into()));
    assert!(reader.admit().await.is_err() && reader.commit(Default::default()).await.is_err());
    let _admission = desk.store.admit().await.unwrap();
    assert_eq!(all_payments(&reader).await.len(), 2);
}

#[tokio::test]
async fn a_newer_format_is_refused_with_both_numbers_and_left_alone() {
    let desk = Desk::new().await;
    desk.sql("UPDATE upah.format SET version = 9");
    drop(desk.store);
    for refused in [Postgres::open(&desk.address, CREATE).await, Postgres::open_read_only(&desk.address).await] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::Newer { found: 9, known: 2, .. }) && is_clear(&refused), "{refused}");
    }
    assert_eq!(TestServer::shared().sql(desk.address.database(), "SELECT version FROM upah.format"), "9");
}

#[tokio::test]
async fn another_program_s_schema_is_refused_and_left_alone() {
    let schemas = [
        "CREATE SCHEMA upah; CREATE TABLE upah.song (title text)",
        "CREATE SCHEMA upah; CREATE TABLE upah.format (version bigint)",
        "CREATE SCHEMA upah; CREATE TABLE upah.format (version bigint); INSERT INTO upah.format VALUES (1), (1)",
        "CREATE SCHEMA upah; CREATE TABLE upah.format (version bigint); INSERT INTO upah.format VALUES (0)",
    ];
    for schema in schemas {
        let (name, address) = empty();
        TestServer::shared().sql(&name, schema);
        for refused in [Postgres::open(&address, CREATE).await, Postgres::open_read_only(&address).await] {
            let refused = refused.unwrap_err();
            assert!(matches!(refused, OpenError::NotAStore { .. }) && is_clear(&refused), "{schema}: {refused}");
        }
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'upah'";
        assert_eq!(TestServer::shared().sql(&name, tables), "1");
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_made_without_being_asked() {
    let (name, address) = empty();
    for refused in [Postgres::open(&address, EXISTING).await, Postgres::open_read_only(&address).await] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, OpenError::Missing { .. }) && is_clear(&refused), "{refused}");
    }
    assert_eq!(TestServer::shared().sql(&name, "SELECT to_regnamespace('upah') IS NULL"), "t");
}

#[tokio::test]
async fn an_empty_schema_of_an_administrator_becomes_a_store_without_the_right_to_make_schemas() {
    let server = TestServer::shared();
    let (name, address) = empty();
    server.sql(&name, &format!("CREATE ROLE payroll_{name} LOGIN; CREATE SCHEMA upah AUTHORIZATION payroll_{name}"));
    let address = address.to_string().replace("upah@", &format!("payroll_{name}@"));
    let folder = address.split_once('@').unwrap().1.split_once(':').unwrap().0;
    let address: Address = address.replace(folder, &folder.replace('/', "%2F")).parse().unwrap();
    let store = open(&address).await;
    admit_workers(&store, &run_id(1), 0..2).await;
    assert_consistent(&store).await;
}

#[tokio::test]
async fn a_user_without_rights_reads_one_sentence() {
    let desk = Desk::new().await;
    let name = desk.address.database();
    desk.sql(&format!("CREATE ROLE stranger_{name} LOGIN"));
    let text = TestServer::shared().address(name).replace("upah@", &format!("stranger_{name}@"));
    let refused = Postgres::open_read_only(&text.parse().unwrap()).await.unwrap_err();
    assert!(refused.to_string().contains("this user may not use the schema upah"), "{refused}");
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_one_sentence() {
    let server = TestServer::shared();
    let (name, _) = empty();
    let refusals = [
        (server.address("test_of_nothing"), "no database of this name"),
        (format!("postgres://upah@%2Fnowhere/{name}").replace("/test_", "/test_"), "no database server answers there"),
        (format!("postgres://upah:wrong@127.0.0.1:{}/{name}", server.port()), "refuses this user or the password"),
        (format!("postgres://upah@127.0.0.1:{}/{name}", server.port()), "password missing"),
        (format!("postgres://upah@127.0.0.1:{}/{name}?sslmode=require", server.port()), "does not support TLS"),
    ];
    for (address, expected) in refusals {
        let refused = Postgres::open(&address.parse().unwrap(), CREATE).await.unwrap_err();
        assert!(matches!(refused, OpenError::Unusable { .. }) && is_clear(&refused), "{refused}");
        assert!(refused.to_string().contains(expected), "{refused}");
        assert!(!refused.to_string().contains("wrong"), "{refused}");
    }
}

#[tokio::test]
async fn a_password_opens_the_store_and_is_printed_nowhere() {
    let (name, _) = empty();
    let address: Address = format!("postgres://upah@127.0.0.1:{}/{name}", TestServer::shared().port()).parse().unwrap();
    let store = open(&address.with_password(PASSWORD)).await;
    assert_eq!(store.settle_setting(Setting::Mode, "live".into()).await.unwrap(), "live");
    assert!(!format!("{store:?} {:?} {}", store.address(), store.address()).contains(PASSWORD));
}

#[tokio::test]
async fn a_database_that_cannot_hold_every_name_is_refused() {
    let (name, address) = empty();
    let server = TestServer::shared();
    server.sql("postgres", &format!("CREATE DATABASE {name}_ascii ENCODING 'SQL_ASCII' TEMPLATE template0"));
    let text = server.address(&format!("{}_ascii", address.database()));
    let refused = Postgres::open(&text.parse().unwrap(), CREATE).await.unwrap_err();
    assert!(refused.to_string().contains("UTF8") && is_clear(&refused), "{refused}");
}

#[tokio::test]
async fn what_weakens_a_commit_in_the_server_s_configuration_is_set_right_or_refused() {
    let (name, address) = empty();
    let server = TestServer::shared();
    for setting in [
        "synchronous_commit = off",
        "default_transaction_isolation = 'serializable'",
        "search_path = 'elsewhere'",
        "default_transaction_read_only = on",
    ] {
        server.sql("postgres", &format!("ALTER DATABASE {name} SET {setting}"));
    }
    let store = open(&address).await;
    admit_workers(&store, &run_id(1), 0..2).await;
    assert_consistent(&store).await;

    let careless = TestServer::start("fsync = off");
    let refused = Postgres::open(&careless.database().parse().unwrap(), CREATE).await.unwrap_err();
    assert!(refused.to_string().contains("fsync") && is_clear(&refused), "{refused}");
}

#[tokio::test]
async fn reopening_shows_the_same() {
    let desk = Desk::new().await;
    let run = run_id(1);
    admit_workers(&desk.store, &run, 0..600).await;
    let approved = Some(approve(&desk.store, &run).await);
    commit(&desk.store, attempt(&payment(&desk.store, &run, 5).await, approved)).await.unwrap();
    desk.store.save_checkpoint(602, "a note".into()).await.unwrap();
    let payments = all_payments(&desk.store).await;
    let (head, runs) = (desk.store.log_head().await.unwrap(), desk.store.runs().await.unwrap());
    let desk = desk.reopened().await;
    assert_eq!(all_payments(&desk.store).await, payments);
    assert_eq!((desk.store.log_head().await.unwrap(), desk.store.runs().await.unwrap()), (head, runs));
    assert_eq!(desk.store.last_checkpoint().await.unwrap(), Some((602, "a note".into())));
    assert_consistent(&desk.store).await;
    commit(&desk.store, attempt(&payment(&desk.store, &run, 6).await, approved)).await.unwrap();
    assert_consistent(&desk.store).await;
}

#[tokio::test]
async fn a_migration_that_is_killed_leaves_the_old_format() {
    let (name, address) = empty();
    let server = TestServer::shared();
    // The server process is ended in the midst of the statements that make the tables.
    server.sql(
        &name,
        "CREATE FUNCTION public.kill() RETURNS event_trigger LANGUAGE plpgsql AS
             $$ BEGIN IF to_regclass('upah.attempt') IS NOT NULL THEN
                 PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(1); END IF; END $$;
         CREATE EVENT TRIGGER kill ON ddl_command_end EXECUTE FUNCTION public.kill()",
    );
    Postgres::open(&address, CREATE).await.unwrap_err();
    assert_eq!(server.sql(&name, "SELECT to_regnamespace('upah') IS NULL"), "t");
    server.sql(&name, "DROP EVENT TRIGGER kill");
    let store = open(&address).await;
    admit_workers(&store, &run_id(1), 0..2).await;
    assert_consistent(&store).await;
}
