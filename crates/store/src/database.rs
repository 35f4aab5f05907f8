mod erasures;
mod releases;
mod splits;

pub use erasures::ErasureRow;
pub use releases::ReleaseRow;

use crate::Error;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Row, SqlSafeStr, SqlitePool};
use std::path::Path;
use std::time::Duration;
use tokio::runtime::Runtime;

/// The study's ledger in SQLite: what was received, run and released, and every event.
///
/// The rows about clients are not in here but in encrypted files beside it; the database names
/// them by digest. All writes of one step are one transaction.
pub struct Database {
    runtime: Runtime,
    pool: SqlitePool,
}

/// Whether a delivery is the one in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// In use.
    Current,
    /// Replaced by a later one, for a recorded reason.
    Replaced {
        /// Id of the delivery that replaced it.
        by: i64,
    },
}

/// A received delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Id in the ledger.
    pub id: i64,
    /// Code of the institution.
    pub institution: String,
    /// The institution's own number of the delivery.
    pub number: i64,
    /// The random id that both sealed files share.
    pub delivery_id: String,
    /// First observed day, `jjjj-mm-dd`.
    pub period_from: String,
    /// First day no longer observed.
    pub period_until: String,
    /// SHA-256 of the sealed file, in hexadecimal; also its name on disk.
    pub digest: String,
    /// Digest of the manifest, by which the next delivery names this one.
    pub manifest: String,
    /// Clients in it.
    pub clients: i64,
    /// Rows in it.
    pub content_rows: i64,
    /// When it was received.
    pub received_at: String,
    /// Whether it is in use.
    pub status: DeliveryStatus,
    /// Why it replaced an earlier one, if it did.
    pub correction: Option<String>,
}

/// A finished run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Digest over all inputs; also the name of the folder with results.
    pub digest: String,
    /// Version of the program.
    pub code_version: String,
    /// When it was finished.
    pub finished_at: String,
}

/// An audit event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// When.
    pub at: String,
    /// What was done.
    pub what: String,
    /// To what: digests and numbers, never a value about a client.
    pub object: String,
    /// How it ended.
    pub outcome: String,
    /// The digest of this event and of all before it, in hexadecimal; none of an event of before
    /// there was a chain.
    pub digest: Option<String>,
}

impl Database {
    /// Opens the ledger, makes it where it is not there, and brings it up to date.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(Error::at(path))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A step that was reported as done must survive a power cut.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("secure_delete", "ON");
        let pool = runtime.block_on(async {
            let pool = SqlitePoolOptions::new()
                .max_connections(1)
                .connect_with(options)
                .await?;
            migrator().run(&pool).await?;
            Ok::<_, Error>(pool)
        })?;
        Ok(Self { runtime, pool })
    }

    /// All deliveries, in the order of receipt.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn deliveries(&self) -> Result<Vec<DeliveryRow>, Error> {
        let query = sqlx::query("SELECT * FROM delivery ORDER BY id");
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        rows.iter().map(delivery_row).collect()
    }

    /// Adds a delivery; where `replaces` names an earlier one, that one is marked as replaced
    /// in the same transaction.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add_delivery(
        &self,
        delivery: &DeliveryRow,
        replaces: Option<i64>,
    ) -> Result<i64, Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            let id: i64 = sqlx::query(
                "INSERT INTO delivery (institution, number, delivery_id, period_from, period_until, digest, manifest, \
                 clients, content_rows, received_at, correction) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) RETURNING id",
            )
            .bind(&delivery.institution)
            .bind(delivery.number)
            .bind(&delivery.delivery_id)
            .bind(&delivery.period_from)
            .bind(&delivery.period_until)
            .bind(&delivery.digest)
            .bind(&delivery.manifest)
            .bind(delivery.clients)
            .bind(delivery.content_rows)
            .bind(&delivery.received_at)
            .bind(&delivery.correction)
            .fetch_one(&mut *transaction)
            .await?
            .try_get(0)?;
            if let Some(old) = replaces {
                sqlx::query("UPDATE delivery SET replaced_by = $1 WHERE id = $2")
                    .bind(id)
                    .bind(old)
                    .execute(&mut *transaction)
                    .await?;
            }
            let object = format!("{} {}", delivery.institution, delivery.digest);
            let outcome = if replaces.is_some() { "als correctie opgenomen" } else { "opgenomen" };
            add_event(&mut transaction, &["levering ontvangen", &object, outcome]).await?;
            transaction.commit().await?;
            Ok(id)
        })
    }

    /// Digest, number and manifest of every link file, in the order of receipt.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn link_files(&self) -> Result<Vec<(String, i64, String)>, Error> {
        let query = sqlx::query("SELECT digest, number, manifest FROM link_file ORDER BY number");
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
            .collect()
    }

    /// Adds a link file.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add_link_file(&self, digest: &str, number: i64, manifest: &str) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("INSERT INTO link_file (digest, number, manifest, received_at) VALUES ($1,$2,$3,$4)")
                .bind(digest)
                .bind(number)
                .bind(manifest)
                .bind(crate::clock::timestamp())
                .execute(&mut *transaction)
                .await?;
            add_event(&mut transaction, &["koppelbestand ontvangen", digest, "opgenomen"]).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The newest snapshot: its digest and the digest of its inputs.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn newest_snapshot(&self) -> Result<Option<(String, String)>, Error> {
        let query = sqlx::query("SELECT digest, inputs FROM snapshot ORDER BY id DESC LIMIT 1");
        let row = self.runtime.block_on(query.fetch_optional(&self.pool))?;
        row.map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .transpose()
    }

    /// Adds a snapshot.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add_snapshot(
        &self,
        digest: &str,
        inputs: &str,
        persons: usize,
        rows: usize,
    ) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("INSERT INTO snapshot (digest, inputs, persons, content_rows, made_at) VALUES ($1,$2,$3,$4,$5)")
                .bind(digest)
                .bind(inputs)
                .bind(i64::try_from(persons).unwrap_or(i64::MAX))
                .bind(i64::try_from(rows).unwrap_or(i64::MAX))
                .bind(crate::clock::timestamp())
                .execute(&mut *transaction)
                .await?;
            add_event(&mut transaction, &["leveringen samengevoegd", digest, "opgeslagen"]).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// The run with this digest, if it was finished.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn run(&self, digest: &str) -> Result<Option<RunRow>, Error> {
        Ok(self.runs()?.into_iter().find(|run| run.digest == digest))
    }

    /// All finished runs of which the results are there, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn runs(&self) -> Result<Vec<RunRow>, Error> {
        let query = sqlx::query(
            "SELECT digest, code_version, finished_at FROM run WHERE removed_at IS NULL ORDER BY id",
        );
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        let run = |row: &sqlx::sqlite::SqliteRow| -> Result<RunRow, Error> {
            Ok(RunRow {
                digest: row.try_get(0)?,
                code_version: row.try_get(1)?,
                finished_at: row.try_get(2)?,
            })
        };
        rows.iter().map(run).collect()
    }

    /// The snapshots that must stay: the newest, and those that a run was computed on. Releases
    /// are of runs.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn snapshots_in_use(&self) -> Result<Vec<String>, Error> {
        let query = sqlx::query(
            "SELECT inputs FROM snapshot WHERE id = (SELECT max(id) FROM snapshot) \
             UNION SELECT snapshot FROM run WHERE snapshot IS NOT NULL",
        );
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }

    /// Adds a finished run, on these input files and the joined rows with these inputs.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add_run(
        &self,
        digest: &str,
        (inputs, snapshot): (&str, &str),
        code_version: &str,
    ) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO run (digest, inputs, snapshot, code_version, finished_at) VALUES ($1,$2,$3,$4,$5) \
                 ON CONFLICT (digest) DO NOTHING",
            )
            .bind(digest)
            .bind(inputs)
            .bind(snapshot)
            .bind(code_version)
            .bind(crate::clock::timestamp())
            .execute(&mut *transaction)
            .await?;
            add_event(&mut transaction, &["analyses uitgevoerd", digest, "opgeslagen"]).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Adds an audit event: what was done, to what, how it ended.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add_event(&self, what: &str, object: &str, outcome: &str) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            add_event(&mut transaction, &[what, object, outcome]).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// All audit events, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn events(&self) -> Result<Vec<EventRow>, Error> {
        let query = sqlx::query("SELECT at, what, object, outcome, digest FROM event ORDER BY id");
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        let event = |row: &sqlx::sqlite::SqliteRow| -> Result<EventRow, Error> {
            Ok(EventRow {
                at: row.try_get(0)?,
                what: row.try_get(1)?,
                object: row.try_get(2)?,
                outcome: row.try_get(3)?,
                digest: row.try_get(4)?,
            })
        };
        rows.iter().map(event).collect()
    }
}

#[cfg(test)]
impl Database {
    pub(crate) fn execute(&self, statement: &'static str) {
        let done = sqlx::query(statement).execute(&self.pool);
        self.runtime.block_on(done).expect("a test's own statement");
    }
}

impl Drop for Database {
    /// Leaves one whole file, so that a copy of it is a copy of everything.
    fn drop(&mut self) {
        self.runtime.block_on(self.pool.close());
    }
}

async fn add_event(
    transaction: &mut sqlx::Transaction<'_, sqlx::Sqlite>,
    [what, object, outcome]: &[&str; 3],
) -> Result<(), sqlx::Error> {
    let last: Option<Option<String>> =
        sqlx::query_scalar("SELECT digest FROM event ORDER BY id DESC LIMIT 1")
            .fetch_optional(&mut **transaction)
            .await?;
    let last = last.flatten().and_then(|digest| digest.parse().ok());
    let at = crate::clock::timestamp();
    let digest = crate::log::chained(last, &[&at, what, object, outcome]);
    sqlx::query("INSERT INTO event (at, what, object, outcome, digest) VALUES ($1,$2,$3,$4,$5)")
        .bind(at)
        .bind(*what)
        .bind(*object)
        .bind(*outcome)
        .bind(digest.to_string())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

/// The steps by which a database of any age becomes one of today. A step that was once given
/// out never changes: SQLite remembers its digest.
fn migrator() -> Migrator {
    let step = |version, description: &'static str, sql: &'static str| {
        let kind = MigrationType::Simple;
        Migration::new(version, description.into(), kind, sql.into_sql_str(), false)
    };
    Migrator::with_migrations(vec![
        step(1, "start", include_str!("../migrations/0001_start.sql")),
        step(
            2,
            "pending release and snapshot of run",
            include_str!("../migrations/0002_pending_release_and_snapshot_of_run.sql"),
        ),
        step(
            3,
            "chain of events",
            include_str!("../migrations/0003_chain_of_events.sql"),
        ),
        step(4, "erasure", include_str!("../migrations/0004_erasure.sql")),
        step(5, "splits", include_str!("../migrations/0005_splits.sql")),
    ])
}

fn delivery_row(row: &sqlx::sqlite::SqliteRow) -> Result<DeliveryRow, Error> {
    let replaced_by: Option<i64> = row.try_get("replaced_by")?;
    Ok(DeliveryRow {
        id: row.try_get("id")?,
        institution: row.try_get("institution")?,
        number: row.try_get("number")?,
        delivery_id: row.try_get("delivery_id")?,
        period_from: row.try_get("period_from")?,
        period_until: row.try_get("period_until")?,
        digest: row.try_get("digest")?,
        manifest: row.try_get("manifest")?,
        clients: row.try_get("clients")?,
        content_rows: row.try_get("content_rows")?,
        received_at: row.try_get("received_at")?,
        status: replaced_by.map_or(DeliveryStatus::Current, |by| DeliveryStatus::Replaced {
            by,
        }),
        correction: row.try_get("correction")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(number: i64, correction: Option<&str>) -> DeliveryRow {
        DeliveryRow {
            id: 0,
            institution: "WIER".into(),
            number,
            delivery_id: format!("id{number}"),
            period_from: "2019-01-01".into(),
            period_until: "2026-07-01".into(),
            digest: format!("digest{number}"),
            manifest: format!("manifest{number}"),
            clients: 3,
            content_rows: 9,
            received_at: "2026-07-02T10:00:00Z".into(),
            status: DeliveryStatus::Current,
            correction: correction.map(str::to_owned),
        }
    }

    #[test]
    fn a_correction_replaces_and_is_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.sqlite")).unwrap();
        let first = database.add_delivery(&delivery(1, None), None).unwrap();
        let second = database
            .add_delivery(&delivery(2, Some("fout hersteld")), Some(first))
            .unwrap();
        let rows = database.deliveries().unwrap();
        assert_eq!(rows[0].status, DeliveryStatus::Replaced { by: second });
        assert_eq!(rows[1].status, DeliveryStatus::Current);
        assert_eq!(rows[1].correction.as_deref(), Some("fout hersteld"));
        assert_eq!(database.events().unwrap().len(), 2);
    }

    #[test]
    fn the_same_delivery_cannot_stand_twice_and_events_cannot_be_changed() {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::open(&folder.path().join("a.sqlite")).unwrap();
        database.add_delivery(&delivery(1, None), None).unwrap();
        assert!(database.add_delivery(&delivery(1, None), None).is_err());
        let change = sqlx::query("UPDATE event SET outcome = 'x'");
        assert!(
            database
                .runtime
                .block_on(change.execute(&database.pool))
                .is_err()
        );
        let delete = sqlx::query("DELETE FROM event");
        assert!(
            database
                .runtime
                .block_on(delete.execute(&database.pool))
                .is_err()
        );
    }

    #[test]
    fn the_ledger_opens_again_as_it_was_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sqlite");
        Database::open(&path)
            .unwrap()
            .add_run("r", ("in", "rows"), "0.1.0")
            .unwrap();
        assert_eq!(
            Database::open(&path)
                .unwrap()
                .run("r")
                .unwrap()
                .unwrap()
                .code_version,
            "0.1.0"
        );
    }
}
