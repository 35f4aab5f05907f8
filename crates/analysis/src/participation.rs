//! Of whom the data are used, and who stayed behind at the institution.

use crate::context::{Context, Wording};
use codes::Institution;
use estimate::{Count, Estimate, FrequencyTable, NotEstimable, Section, Shape, Unit};

/// Labels of the rows.
const ROWS: [&str; 3] = [
    "gegevens gebruikt",
    "bezwaar gemaakt",
    "niet om toestemming gevraagd",
];

/// The clients of one institution in each row.
fn clients(context: &Context<'_>, institution: Institution) -> [u64; 3] {
    let delivered = context.linked.content.clients.iter();
    let own = delivered.filter(|client| client.institution == institution);
    let left_behind = context.linked.left_behind[institution as usize];
    [
        own.count() as u64,
        left_behind.objected,
        left_behind.not_asked,
    ]
}

fn clients_of(institution: Institution, clients: u64) -> Count {
    let mut count = Count {
        count: clients,
        clients,
        ..Count::default()
    };
    count.per_institution[institution as usize] = clients;
    count
}

pub(crate) fn estimate(context: &Context<'_>) -> Estimate {
    let columns = context.institution_labels();
    let mut cells = vec![Count::default(); ROWS.len() * columns.len()];
    for (column, &institution) in context.institutions.iter().enumerate() {
        for (row, count) in clients(context, institution).into_iter().enumerate() {
            cells[row * columns.len() + column] = clients_of(institution, count);
        }
    }
    let basis = cells.iter().copied().fold(Count::default(), Count::plus);
    let wording = Wording {
        id: "deelname",
        section: Section::Cohort,
        unit: Unit::Clients,
        title: "Van wie gegevens zijn gebruikt".into(),
        definition: "Alle cliënten in de leveringen, per instelling. Wie bezwaar maakte of niet om \
                     toestemming is gevraagd, blijft bij de instelling achter; die geeft alleen het \
                     aantal door. Een cliënt van meer instellingen telt bij elk van hen. Wat de ene \
                     instelling niet mag leveren, kan een andere wel hebben geleverd."
            .into(),
        plain: "De tabel laat zien van hoeveel cliënten de gegevens meedoen, en van hoeveel niet.",
    };
    let outcome = if basis.count == 0 {
        Err(NotEstimable::EmptyCohort)
    } else {
        Ok(Shape::Frequency(FrequencyTable {
            row_title: "cliënten".into(),
            column_title: "instelling".into(),
            rows: ROWS.map(str::to_owned).to_vec(),
            columns,
            cells,
            columns_are_institutions: true,
            ordered: false,
        }))
    };
    context.result(wording, basis, outcome)
}
