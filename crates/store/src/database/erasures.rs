use super::{Database, add_event};
use crate::Error;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// An erasure that was carried out; counts and numbers only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErasureRow {
    /// The number of the withdrawal, in hexadecimal.
    pub request: String,
    /// Names the erasure among the inputs of joined rows and results.
    pub digest: String,
    /// The institution that asked.
    pub institution: String,
    /// Rows of clients in deliveries that were erased; 0 where there was nothing to erase.
    pub content_rows: i64,
    /// When.
    pub erased_at: String,
}

impl Database {
    /// All erasures, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn erasures(&self) -> Result<Vec<ErasureRow>, Error> {
        let query = sqlx::query(
            "SELECT request, digest, institution, content_rows, erased_at FROM erasure ORDER BY id",
        );
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        rows.iter().map(erasure_row).collect()
    }

    /// Adds an erasure. Where it erased anything, no snapshot and no run is left.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add_erasure(&self, erasure: &ErasureRow) -> Result<(), Error> {
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query(
                "INSERT INTO erasure (request, digest, institution, content_rows, erased_at) VALUES ($1,$2,$3,$4,$5)",
            )
            .bind(&erasure.request)
            .bind(&erasure.digest)
            .bind(&erasure.institution)
            .bind(erasure.content_rows)
            .bind(&erasure.erased_at)
            .execute(&mut *transaction)
            .await?;
            let mut outcome = "er was niets te wissen";
            if erasure.content_rows > 0 {
                outcome = "gewist";
                sqlx::query("DELETE FROM snapshot").execute(&mut *transaction).await?;
                sqlx::query(
                    "UPDATE run SET removed_at = $1, snapshot = NULL WHERE removed_at IS NULL",
                )
                .bind(&erasure.erased_at)
                .execute(&mut *transaction)
                .await?;
            }
            let object = format!("{} {}", erasure.institution, erasure.request);
            add_event(&mut transaction, &["cliënt gewist", &object, outcome]).await?;
            transaction.commit().await?;
            Ok(())
        })
    }
}

fn erasure_row(row: &SqliteRow) -> Result<ErasureRow, Error> {
    Ok(ErasureRow {
        request: row.try_get(0)?,
        digest: row.try_get(1)?,
        institution: row.try_get(2)?,
        content_rows: row.try_get(3)?,
        erased_at: row.try_get(4)?,
    })
}
