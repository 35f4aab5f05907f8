use estimate::Section;

/// The sections in the order of the menu: the stream first, then who was counted.
pub(crate) const SECTIONS: [Section; 5] = [
    Section::Inflow,
    Section::Throughflow,
    Section::Outflow,
    Section::Return,
    Section::Cohort,
];

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
        Section::Cohort => SectionText {
            file: "cohorten.html",
            title: "Cohorten",
            question: "Wie zijn er geteld?",
            lead: "Hoe de groepen zijn samengesteld: wie meetelt, wie afvalt, en waarom.",
        },
    }
}
