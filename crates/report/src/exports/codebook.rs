use super::flat::{Content, FlatColumn, FlatTable};
use figure::{Value, dutch};

/// The code book of tables: heading row and rows.
pub(super) struct Codebook {
    pub heading: [&'static str; 4],
    pub rows: Vec<[String; 4]>,
}

/// Describes each column of each table, and the signs that may stand in it.
pub(super) fn codebook(tables: &[FlatTable<'_>]) -> Codebook {
    let columns = tables.iter().flat_map(|table| {
        let caption = table.source.caption();
        table
            .columns
            .iter()
            .map(move |column| describe(caption, column))
    });
    let signs = signs().map(|(sign, meaning)| {
        [
            "alle tabellen".to_owned(),
            sign,
            "teken".to_owned(),
            meaning.to_owned(),
        ]
    });
    Codebook {
        heading: ["Tabel", "Kolom of teken", "Soort", "Betekenis"],
        rows: columns.chain(signs).collect(),
    }
}

fn describe(caption: &str, column: &FlatColumn) -> [String; 4] {
    let (kind, meaning) = match column.content {
        Content::Words => ("tekst", "Waar de rij over gaat."),
        Content::Counts => (
            "aantal",
            "Geteld en afgerond zoals op het blad Verantwoording staat.",
        ),
        Content::Shares => (
            "percentage",
            "In Excel een getal van 0 tot 1 met de opmaak van een percentage.",
        ),
        Content::Days => ("dagen", "Hele dagen."),
        Content::Numbers => (
            "getal",
            "De eenheid staat in de naam van de kolom of de rij.",
        ),
        Content::Mixed => (
            "getal",
            "De rij zegt of het om een aantal, percentage of ander getal gaat.",
        ),
    };
    [
        caption.to_owned(),
        column.title.clone(),
        kind.to_owned(),
        meaning.to_owned(),
    ]
}

fn signs() -> [(String, &'static str); 4] {
    [
        (
            dutch::HIDDEN_SIGN.to_owned(),
            "Niet getoond: het aantal is te klein, of een klein aantal zou eruit af te leiden zijn.",
        ),
        (
            Value::Withheld.text(),
            "Niet getoond of niet te berekenen: het getal rust op te weinig mensen.",
        ),
        (
            Value::NotReached.text(),
            "De lijn komt in de tijd van het onderzoek niet zover.",
        ),
        ("(leeg)".to_owned(), "Hier hoort geen getal."),
    ]
}
