//! Who somebody is, in broad classes.

use crate::list::code_list;

code_list! {
    /// Sex, as the zib records it.
    Sex = "CL02", "geslacht", "zib 2020 (Nictiz, CC0)";
    Male "M" "man", Female "F" "vrouw", Other "UN" "anders", Unknown "UNK" "onbekend",
}

code_list! {
    /// Broad region of origin; off by default, because it is a special category of data.
    Origin = "CL20", "herkomstland (groep)", "lokaal";
    Netherlands "NL" "Nederland", Eu "EU" "ander land in de EU",
    OutsideEu "BUITEN_EU" "land buiten de EU", Unknown "ONB" "onbekend",
}

code_list! {
    /// Marital status.
    MaritalStatus = "CL21", "burgerlijke staat", "iWlz COD366, waarden 1–7 en 9; omschrijvingen aangenomen, te controleren";
    C1 "1" "gehuwd of geregistreerd partner", C2 "2" "gescheiden", C3 "3" "verweduwd",
    C4 "4" "ongehuwd, nooit gehuwd geweest", C5 "5" "gescheiden levend", C6 "6" "samenwonend",
    C7 "7" "alleenstaand", C9 "9" "onbekend",
}

code_list! {
    /// Household before admission.
    Household = "CL22", "leefeenheid vóór opname", "iWlz COD478, waarden 1–7 en 9; omschrijvingen aangenomen, te controleren";
    C1 "1" "alleenstaand", C2 "2" "met partner", C3 "3" "met partner en kinderen",
    C4 "4" "met kinderen", C5 "5" "bij ouders", C6 "6" "met anderen", C7 "7" "in een instelling",
    C9 "9" "onbekend",
}

code_list! {
    /// Highest education.
    Education = "CL23", "hoogste opleiding", "CBS-SOI, aangevuld; omschrijvingen verkort, te controleren";
    C111 "111" "basisonderwijs, groep 1–2", C121 "121" "basisonderwijs, groep 3–8",
    C122 "122" "vmbo-b/k, mbo 1", C211 "211" "vmbo-g/t, havo- en vwo-onderbouw",
    C212 "212" "mbo 2 en 3", C213 "213" "mbo 4, havo, vwo", C311 "311" "hbo- of wo-bachelor",
    C321 "321" "hbo- of wo-master, doctor", Special "20200" "speciaal (basis)onderwijs",
    SpecialSecondary "01011" "voortgezet speciaal onderwijs", Other "OTH" "anders", Unknown "UNK" "onbekend",
}

code_list! {
    /// What somebody did in the daytime before admission.
    Daytime = "CL24", "dagbesteding vóór opname", "lokaal";
    Paid "BETAALD" "betaald werk", Sheltered "BESCHUT" "beschut werk", Volunteer "VRIJW" "vrijwilligerswerk",
    Activities "DAGB" "dagbesteding", Education "ONDERWIJS" "onderwijs", None "GEEN" "geen", Unknown "ONB" "onbekend",
}

code_list! {
    /// Legal representation.
    Representation = "CL25", "wettelijke vertegenwoordiging", "zib LegalSituation-Representation (Nictiz, CC0)";
    None "0" "geen", Guardianship "6" "voogdij", Administration "7" "bewindvoering", Mentor "8" "mentorschap",
    Curatorship "9" "curatele", Caretaker "10" "zaakwaarneming",
}

code_list! {
    /// The ground on which a client's data are used for research.
    LegalGround = "CL26", "grondslag voor onderzoek", "AVG art. 9 lid 2 onder j; UAVG art. 24; BW 7:458";
    Consent "TOESTEMMING" "toestemming gegeven",
    Exception "UITZONDERING" "uitzondering (UAVG 24, BW 7:458), geen bezwaar gemaakt",
    Objection "BEZWAAR" "bezwaar gemaakt: niet gebruiken",
    Unknown "ONB" "nog niet gevraagd",
}
