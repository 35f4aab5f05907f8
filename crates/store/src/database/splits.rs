use super::Database;
use crate::Error;
use crate::replay::Split;
use linkage::LinkId;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

impl Database {
    /// The splits that hold, oldest first.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn splits(&self) -> Result<Vec<Split>, Error> {
        let query = sqlx::query("SELECT link_from, institution, link_to FROM split ORDER BY id");
        let rows = self.runtime.block_on(query.fetch_all(&self.pool))?;
        rows.iter().map(split_row).collect()
    }

    /// Adds a split; one that is there stays one.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn add_split(&self, split: &Split) -> Result<(), Error> {
        let query = sqlx::query(
            "INSERT INTO split (link_from, institution, link_to) VALUES ($1,$2,$3) ON CONFLICT DO NOTHING",
        );
        let query = query
            .bind(split.from.to_string())
            .bind(&split.institution)
            .bind(split.to.to_string());
        self.runtime.block_on(query.execute(&self.pool))?;
        Ok(())
    }

    /// Forgets the splits between these two, and carries those of the second over to the first.
    ///
    /// # Errors
    /// What SQLite says.
    pub(crate) fn forget_splits(&self, (kept, other): (LinkId, LinkId)) -> Result<(), Error> {
        let (kept, other) = (kept.to_string(), other.to_string());
        self.runtime.block_on(async {
            let mut transaction = self.pool.begin().await?;
            for statement in [
                "DELETE FROM split WHERE (link_from = $1 AND link_to = $2) OR (link_from = $2 AND link_to = $1)",
                "UPDATE split SET link_from = $1 WHERE link_from = $2",
                "UPDATE split SET link_to = $1 WHERE link_to = $2",
            ] {
                sqlx::query(statement)
                    .bind(&kept)
                    .bind(&other)
                    .execute(&mut *transaction)
                    .await?;
            }
            transaction.commit().await?;
            Ok(())
        })
    }
}

fn split_row(row: &SqliteRow) -> Result<Split, Error> {
    let link = |place: usize| -> Result<LinkId, Error> {
        let text: String = row.try_get(place)?;
        text.parse().map_err(|_| {
            Error::Refused("De database van de studiemap noemt een koppelnummer dat niet leesbaar is. Zet de laatste reservekopie van de hele map terug.".into())
        })
    };
    Ok(Split {
        from: link(0)?,
        institution: row.try_get(1)?,
        to: link(2)?,
    })
}
