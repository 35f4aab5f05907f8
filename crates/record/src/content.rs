use crate::rows::*;
use crate::{AdmissionIndex, ClientIndex, MeasurementIndex, RowId};
use calendar::DayPoint;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{fmt, io};

/// All content tables, on one day axis.
///
/// Invariants, checked by [`Content::from_bytes`] and kept by every maker: each index points at
/// an existing row, and `row_ids` is as long as `clients`.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Content<D> {
    /// The random id of each client's row, in the order of `clients`.
    pub row_ids: Vec<RowId>,
    /// What is known of a client, apart from who it is.
    pub clients: Vec<Client>,
    /// A client put forward for admission.
    pub referrals: Vec<Referral<D>>,
    /// One stay in an institution, from admission to exit.
    pub admissions: Vec<Admission<D>>,
    /// A stretch of an admission in one ward or facility.
    pub placements: Vec<Placement<D>>,
    /// A period under a legal title; several may run at once.
    pub titles: Vec<TitleSpell<D>>,
    /// A period under one kind of funding.
    pub fundings: Vec<FundingSpell<D>>,
    /// An indication by CIZ, NIFP or another body.
    pub indications: Vec<Indication<D>>,
    /// A diagnosis group of a client.
    pub diagnoses: Vec<DiagnosisRow<D>>,
    /// An index offence of a client.
    pub offences: Vec<OffenceRow>,
    /// A questionnaire taken or a scale scored.
    pub measurements: Vec<Measurement<D>>,
    /// One item of a measurement.
    pub item_scores: Vec<ItemScore>,
    /// Participation in a treatment module.
    pub modules: Vec<ModuleRow<D>>,
    /// An incident.
    pub incidents: Vec<Incident<D>>,
    /// A measure that restricted freedom.
    pub measures: Vec<CoerciveMeasure<D>>,
    /// A period of leave.
    pub leaves: Vec<Leave<D>>,
    /// The end of an admission.
    pub exits: Vec<Exit<D>>,
    /// A return as the institution reports it, also to places outside De Borg.
    pub returns: Vec<Return<D>>,
}

impl<D> Default for Content<D> {
    fn default() -> Self {
        Self {
            row_ids: Vec::new(),
            clients: Vec::new(),
            referrals: Vec::new(),
            admissions: Vec::new(),
            placements: Vec::new(),
            titles: Vec::new(),
            fundings: Vec::new(),
            indications: Vec::new(),
            diagnoses: Vec::new(),
            offences: Vec::new(),
            measurements: Vec::new(),
            item_scores: Vec::new(),
            modules: Vec::new(),
            incidents: Vec::new(),
            measures: Vec::new(),
            leaves: Vec::new(),
            exits: Vec::new(),
            returns: Vec::new(),
        }
    }
}

/// Why bytes could not be read as content.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// The bytes are not content, or of another version.
    #[error(
        "the bytes are not content of schema version {}",
        crate::SCHEMA_VERSION
    )]
    Unreadable(#[source] postcard::Error),
    /// A score that is no number.
    #[error("a total score is not a finite number")]
    NotFinite,
    /// A row points at a row that is not there.
    #[error("table `{table}` points at a row that is not there")]
    Dangling {
        /// The table with the wrong index.
        table: &'static str,
    },
}

impl<D: DayPoint> Content<D> {
    /// The number of rows over all tables.
    pub fn rows(&self) -> usize {
        [
            self.clients.len(),
            self.referrals.len(),
            self.admissions.len(),
            self.placements.len(),
            self.titles.len(),
            self.fundings.len(),
            self.indications.len(),
            self.diagnoses.len(),
            self.offences.len(),
            self.measurements.len(),
            self.item_scores.len(),
            self.modules.len(),
            self.incidents.len(),
            self.measures.len(),
            self.leaves.len(),
            self.exits.len(),
            self.returns.len(),
        ]
        .iter()
        .sum()
    }

    /// The client to whom an admission belongs.
    pub fn client_of(&self, admission: AdmissionIndex) -> ClientIndex {
        self.admissions[admission.position()].client
    }

    /// The client to whom a measurement belongs.
    pub fn client_measured(&self, measurement: MeasurementIndex) -> ClientIndex {
        self.measurements[measurement.position()].client
    }

    /// The same rows on another day axis; `to` maps a day of the given client.
    pub fn on_axis<E: DayPoint>(self, to: impl Fn(ClientIndex, D) -> E) -> Content<E> {
        let client_of: Vec<ClientIndex> = self.admissions.iter().map(|row| row.client).collect();
        Content {
            row_ids: self.row_ids,
            clients: self.clients,
            referrals: self
                .referrals
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            admissions: self
                .admissions
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            placements: self
                .placements
                .into_iter()
                .map(|row| {
                    let client = client_of[row.admission.position()];
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            titles: self
                .titles
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            fundings: self
                .fundings
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            indications: self
                .indications
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            diagnoses: self
                .diagnoses
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            offences: self.offences,
            measurements: self
                .measurements
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            item_scores: self.item_scores,
            modules: self
                .modules
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            incidents: self
                .incidents
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            measures: self
                .measures
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            leaves: self
                .leaves
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            exits: self
                .exits
                .into_iter()
                .map(|row| {
                    let client = client_of[row.admission.position()];
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
            returns: self
                .returns
                .into_iter()
                .map(|row| {
                    let client = row.client;
                    row.on_axis(|day| to(client, day))
                })
                .collect(),
        }
    }

    /// Adds all rows of `other` behind the own rows, indices shifted along.
    pub fn append(&mut self, other: Self) {
        let clients = self.clients.len() as u32;
        let admissions = self.admissions.len() as u32;
        let measurements = self.measurements.len() as u32;
        self.row_ids.extend(other.row_ids);
        self.clients.extend(other.clients);
        self.referrals
            .extend(other.referrals.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.admissions
            .extend(other.admissions.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.placements
            .extend(other.placements.into_iter().map(|mut row| {
                row.admission.0 += admissions;
                row
            }));
        self.titles.extend(other.titles.into_iter().map(|mut row| {
            row.client.0 += clients;
            row
        }));
        self.fundings
            .extend(other.fundings.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.indications
            .extend(other.indications.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.diagnoses
            .extend(other.diagnoses.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.offences
            .extend(other.offences.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.measurements
            .extend(other.measurements.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.item_scores
            .extend(other.item_scores.into_iter().map(|mut row| {
                row.measurement.0 += measurements;
                row
            }));
        self.modules
            .extend(other.modules.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.incidents
            .extend(other.incidents.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.measures
            .extend(other.measures.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
        self.leaves.extend(other.leaves.into_iter().map(|mut row| {
            row.client.0 += clients;
            row
        }));
        self.exits.extend(other.exits.into_iter().map(|mut row| {
            row.admission.0 += admissions;
            row
        }));
        self.returns
            .extend(other.returns.into_iter().map(|mut row| {
                row.client.0 += clients;
                row
            }));
    }

    fn check(&self) -> Result<(), ContentError> {
        let clients = self.clients.len();
        let admissions = self.admissions.len();
        let measurements = self.measurements.len();
        let ok = |table, fine: bool| {
            if fine {
                Ok(())
            } else {
                Err(ContentError::Dangling { table })
            }
        };
        ok("row_ids", self.row_ids.len() == clients)?;
        let mut totals = self.measurements.iter().filter_map(|row| row.total);
        if !totals.all(f32::is_finite) {
            return Err(ContentError::NotFinite);
        }
        ok(
            "referrals",
            self.referrals
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "admissions",
            self.admissions
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "placements",
            self.placements
                .iter()
                .all(|row| row.admission.position() < admissions),
        )?;
        ok(
            "titles",
            self.titles
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "fundings",
            self.fundings
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "indications",
            self.indications
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "diagnoses",
            self.diagnoses
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "offences",
            self.offences
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "measurements",
            self.measurements
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "item_scores",
            self.item_scores
                .iter()
                .all(|row| row.measurement.position() < measurements),
        )?;
        ok(
            "modules",
            self.modules
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "incidents",
            self.incidents
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "measures",
            self.measures
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "leaves",
            self.leaves
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        ok(
            "exits",
            self.exits
                .iter()
                .all(|row| row.admission.position() < admissions),
        )?;
        ok(
            "returns",
            self.returns
                .iter()
                .all(|row| row.client.position() < clients),
        )?;
        Ok(())
    }
}

impl<D: DayPoint + Serialize + DeserializeOwned> Content<D> {
    /// The bytes in which content is sealed and stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("plain rows always serialise")
    }

    /// Writes the same bytes as [`Content::to_bytes`], without holding them.
    ///
    /// # Errors
    /// Where writing fails.
    pub fn write_to(&self, out: impl io::Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        postcard::to_io(self, &mut out).map_err(io::Error::other)?;
        io::Write::flush(&mut out)
    }

    /// Reads what [`Content::to_bytes`] wrote.
    ///
    /// # Errors
    /// Bytes that are no content, or whose rows point at rows that are not there.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ContentError> {
        let content: Self = postcard::from_bytes(bytes).map_err(ContentError::Unreadable)?;
        content.check()?;
        Ok(content)
    }
}

impl<D> fmt::Debug for Content<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content {{ {} clients, … }}", self.clients.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Client, ClientIndex, Measurement};
    use calendar::Day;
    use codes::{Coded, Institution, Instrument};

    /// One client with one measurement.
    fn measured(total: Option<f32>) -> Content<Day> {
        Content {
            row_ids: vec![RowId([1; 16])],
            clients: vec![Client::unknown(Institution::Wier)],
            measurements: vec![Measurement {
                client: ClientIndex(0),
                instrument: Instrument::at(0).unwrap(),
                taken: Day::from_number(0),
                total,
                administration: None,
            }],
            ..Content::default()
        }
    }

    #[test]
    fn a_score_that_is_no_number_is_refused() {
        for total in [None, Some(12.5), Some(0.0)] {
            let content = measured(total);
            assert!(Content::<Day>::from_bytes(&content.to_bytes()).unwrap() == content);
        }
        for total in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let refused = Content::<Day>::from_bytes(&measured(Some(total)).to_bytes());
            assert!(matches!(refused, Err(ContentError::NotFinite)));
        }
    }

    #[test]
    fn a_day_that_no_calendar_has_is_refused() {
        let mut content = measured(None);
        content.measurements[0].taken = Day::from_number(i32::MAX);
        let refused = Content::<Day>::from_bytes(&content.to_bytes());
        assert!(matches!(refused, Err(ContentError::Unreadable(_))));
    }
}
