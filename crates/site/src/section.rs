use disclosure::Publication;
use estimate::Section;

/// All sections in the order of the menu: the stream first, then what is behind it, and who was
/// counted.
const SECTIONS: [Section; 9] = [
    Section::Inflow,
    Section::Throughflow,
    Section::Outflow,
    Section::Return,
    Section::Change,
    Section::Factors,
    Section::Outlook,
    Section::Voices,
    Section::Cohort,
];

/// The sections of a publication: the stream always, others where there is anything in them.
pub(crate) fn sections(publication: &Publication) -> impl Iterator<Item = Section> + '_ {
    let has_results = |section: &Section| {
        let mut results = publication.results().iter();
        results.any(|result| result.section() == *section)
    };
    let is_story = |section: &Section| *section <= Section::Return;
    SECTIONS
        .into_iter()
        .filter(move |section| is_story(section) || has_results(section))
}

/// What people read about a section.
pub(crate) struct SectionText {
    /// File name of its page.
    pub file: &'static str,
    /// Heading and menu item.
    pub title: &'static str,
    /// The question that it answers.
    pub question: &'static str,
    /// What is on the page.
    pub lead: &'static str,
}

/// The words for a section.
pub(crate) fn text(section: Section) -> SectionText {
    match section {
        Section::Inflow => SectionText {
            file: "instroom.html",
            title: "Instroom",
            question: "Wie komen er binnen, en waarvandaan?",
            lead: "Kenmerken van de mensen die zijn opgenomen, met de plek waar zij vandaan kwamen.",
        },
        Section::Throughflow => SectionText {
            file: "doorstroom.html",
            title: "Doorstroom",
            question: "Hoe lang blijven mensen, en wat gebeurt er in die tijd?",
            lead: "De duur van de opname, het wachten op een vervolgplek en stappen tussen beveiligingsniveaus.",
        },
        Section::Outflow => SectionText {
            file: "uitstroom.html",
            title: "Uitstroom",
            question: "Waar gaan mensen heen?",
            lead: "De plekken waar mensen na hun opname heen gaan, en hoe snel zij vertrekken.",
        },
        Section::Return => SectionText {
            file: "terugkeer.html",
            title: "Terugkeer",
            question: "Wie komt er terug?",
            lead: "Hoe vaak en hoe snel mensen na vertrek opnieuw worden opgenomen.",
        },
        Section::Change => SectionText {
            file: "verandering.html",
            title: "Verandering",
            question: "Wat verandert er tijdens de behandeling?",
            lead: "Scores op vragenlijsten door de tijd, hoe volledig er gemeten is, en deelname aan behandeling.",
        },
        Section::Factors => SectionText {
            file: "factoren.html",
            title: "Factoren",
            question: "Wat gaat samen met vertrek en terugkeer?",
            lead: "Kenmerken en omstandigheden die vaker of minder vaak samengaan met vertrek of terugkeer. Samengaan is nog geen oorzaak.",
        },
        Section::Outlook => SectionText {
            file: "vooruitblik.html",
            title: "Vooruitblik",
            question: "Wat gebeurt er als iets verandert?",
            lead: "Wat een model verwacht van plaatsen en wachttijd, als instroom, wachten of terugkeer veranderen.",
        },
        Section::Voices => SectionText {
            file: "stemmen.html",
            title: "Stemmen",
            question: "Wat zeggen mensen er zelf over?",
            lead: "Uitspraken van cliënten en professionals die mochten worden getoond.",
        },
        Section::Cohort => SectionText {
            file: "cohorten.html",
            title: "Cohorten",
            question: "Wie zijn er geteld?",
            lead: "Hoe de groepen zijn samengesteld: wie meetelt, wie afvalt, en waarom.",
        },
    }
}
