use crate::Error;
use crate::dialect::Dialect;
use crate::dirt::{self, PlantedDirt};
use crate::extract::Extract;
use codes::Institution;
use std::fmt;

/// What one institution sends: its files, and the profile that maps them to the dictionary.
pub struct Delivery {
    /// Who sends it.
    pub institution: Institution,
    /// Names within the delivery and bytes.
    pub files: Vec<(String, Vec<u8>)>,
    /// The mapping profile, TOML.
    pub profile_toml: String,
    /// The faults planted in it.
    pub planted: Vec<PlantedDirt>,
    extract: Extract,
}

impl Delivery {
    pub(crate) fn export(
        extract: Extract,
        dialect: Dialect,
        planted: Vec<PlantedDirt>,
    ) -> Result<Self, Error> {
        Ok(Self {
            institution: extract.institution,
            files: dialect.write(&extract)?,
            profile_toml: dialect.profile(),
            planted,
            extract,
        })
    }

    /// The same delivery with blocking faults besides: a citizen service number in a content
    /// column, and exits before the admission. What an institution sends before mending it.
    ///
    /// # Errors
    /// Where a workbook, zip or SPSS file cannot be made.
    pub fn damaged(&self) -> Result<Self, Error> {
        let mut extract = self.extract.clone();
        let mut planted = self.planted.clone();
        planted.extend(dirt::damage(&mut extract));
        Self::export(extract, Dialect::of(self.institution), planted)
    }

    /// The number of rows of each dictionary table, in its order.
    pub fn row_counts(&self) -> Vec<(&'static str, usize)> {
        self.extract
            .tables
            .iter()
            .map(|table| (table.spec.name, table.rows.len()))
            .collect()
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Delivery {{ {:?}, {} files, … }}",
            self.institution,
            self.files.len()
        )
    }
}
