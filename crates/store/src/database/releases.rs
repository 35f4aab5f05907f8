use super::{Database, add_event};
use crate::Error;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// A release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseRow {
    /// Number, from 1.
    pub number: i64,
    /// Digest of all that was released.
    pub digest: String,
    /// Digest of the run behind it.
    pub run: String,
    /// Who released.
    pub author: String,
    /// Who checked, separated by `; `.
    pub checkers: String,
    /// When.
    pub released_at: String,
}

const COLUMNS: &str = "number, digest, run, author, checkers, released_at";

impl Database {
    /// All releases, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn releases(&self) -> Result<Vec<ReleaseRow>, Error> {
        self.release_rows(&format!("SELECT {COLUMNS} FROM release ORDER BY number"))
    }

    /// The release that was begun and not finished, if any.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn pending_release(&self) -> Result<Option<ReleaseRow>, Error> {
        let rows = self.release_rows(&format!("SELECT {COLUMNS} FROM pending_release"))?;
        Ok(rows.into_iter().next())
    }

    /// Says that the file of a release is about to be written.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn begin_release(&self, release: &ReleaseRow) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            insert(&mut transaction, "pending_release", release).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Adds a release of which the file is there.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn finish_release(&self, release: &ReleaseRow) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            insert(&mut transaction, "release", release).await?;
            forget_pending(&mut transaction).await?;
            add_event(
                &mut transaction,
                &["vrijgegeven", &release.digest, "opgeslagen"],
            )
            .await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    /// Forgets a release that was begun and of which no file came.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn drop_pending_release(&self) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            forget_pending(&mut transaction).await?;
            transaction.commit().await?;
            Ok(())
        })
    }

    fn release_rows(&self, query: &str) -> Result<Vec<ReleaseRow>, Error> {
        let query = sqlx::query(sqlx::AssertSqlSafe(query.to_owned()));
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        rows.iter().map(release_row).collect()
    }
}

type Transaction<'a> = sqlx::Transaction<'a, sqlx::Sqlite>;

async fn insert(
    transaction: &mut Transaction<'_>,
    table: &'static str,
    release: &ReleaseRow,
) -> Result<(), sqlx::Error> {
    let text = format!("INSERT INTO {table} ({COLUMNS}) VALUES ($1,$2,$3,$4,$5,$6)");
    sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(release.number)
        .bind(&release.digest)
        .bind(&release.run)
        .bind(&release.author)
        .bind(&release.checkers)
        .bind(&release.released_at)
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

async fn forget_pending(transaction: &mut Transaction<'_>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM pending_release")
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

fn release_row(row: &SqliteRow) -> Result<ReleaseRow, Error> {
    Ok(ReleaseRow {
        number: row.try_get(0)?,
        digest: row.try_get(1)?,
        run: row.try_get(2)?,
        author: row.try_get(3)?,
        checkers: row.try_get(4)?,
        released_at: row.try_get(5)?,
    })
}
