//! What somebody has, and how it is measured.

use crate::list::code_list;

code_list! {
    /// Level of intellectual functioning.
    IqClass = "CL27", "IQ-klasse", "lokaal, naar iWlz COD924 b117";
    Mild "LVB" "lichte verstandelijke beperking (50–69)", Borderline "ZB" "zwakbegaafd (70–85)",
    Below "ONDER_50" "lager dan 50", Above "BOVEN_85" "hoger dan 85", Unknown "ONB" "onbekend",
}

code_list! {
    /// Intelligence test.
    IqTest = "CL28", "intelligentietest", "lokaal";
    WaisIv "WAIS-IV-NL" "WAIS-IV-NL", WaisIii "WAIS-III" "WAIS-III", Kait "KAIT" "KAIT", Wnv "WNV" "WNV",
    Other "ANDERS" "anders",
}

code_list! {
    /// Adaptive functioning.
    Adaptive = "CL29", "adaptief niveau", "DSM-5, ernstniveaus";
    Mild "LICHT" "licht beperkt", Moderate "MATIG" "matig beperkt", Severe "ERNSTIG" "ernstig beperkt",
    Unknown "ONB" "onbekend",
}

code_list! {
    /// Substances used.
    Substance = "CL30", "middelen", "lokaal, verkort naar zib DrugsOfGeneesmiddelSoort";
    None "GEEN" "geen", Alcohol "ALCOHOL" "alcohol", Cannabis "CANNABIS" "cannabis", Cocaine "COCAINE" "cocaïne",
    Amphetamine "AMFETAMINE" "amfetamine", Opiates "OPIATEN" "opiaten", Ghb "GHB" "GHB",
    Medication "MEDICATIE" "geneesmiddelen", Other "OVERIG" "overig", Unknown "ONB" "onbekend",
}

code_list! {
    /// Status of substance use.
    SubstanceStatus = "CL31", "status middelengebruik", "zib DrugsGebruik (Nictiz, CC0), verkort";
    Misuse "MISBRUIK" "misbruik", Current "HUIDIG" "gebruikt nu", Past "VROEGER" "gebruikte vroeger",
    Never "NOOIT" "nooit", Unknown "ONB" "onbekend",
}

code_list! {
    /// Early childhood trauma.
    Trauma = "CL32", "vroegkinderlijk trauma", "lokaal";
    None "GEEN" "geen", Abuse "MISBRUIK" "seksueel misbruik", Maltreatment "MISHANDELING" "mishandeling",
    Neglect "VERWAARLOZING" "verwaarlozing", Combination "COMBINATIE" "combinatie", Unknown "ONB" "onbekend",
}

code_list! {
    /// Diagnosis group: chapter names of the DSM-5.
    Diagnosis = "CL06", "diagnosegroep", "hoofdstuknamen DSM-5; indeling lokaal";
    IntellectualDisability "NEURO_VB" "verstandelijke beperking", Autism "NEURO_ASS" "autismespectrumstoornis",
    Adhd "NEURO_ADHD" "ADHD", NeuroOther "NEURO_OVERIG" "andere neurobiologische ontwikkelingsstoornis",
    Psychosis "PSYCHOSE" "psychotische stoornis", Bipolar "BIPOLAIR" "bipolaire stoornis",
    Depression "DEPRESSIE" "depressieve stoornis", Anxiety "ANGST" "angststoornis",
    Obsessive "OCS" "obsessieve-compulsieve stoornis", Trauma "TRAUMA_STRESS" "trauma- of stressorgerelateerde stoornis",
    Dissociative "DISSOC" "dissociatieve stoornis", Somatic "SOMATISCH" "somatisch-symptoomstoornis",
    Eating "EETST" "voedings- of eetstoornis", Sleep "SLAAP" "slaap-waakstoornis",
    SexualDysfunction "SEKS_DYSF" "seksuele disfunctie", Gender "GENDER" "genderdysforie",
    Impulse "IMPULS_GEDRAG" "disruptieve, impulsbeheersings- of gedragsstoornis",
    SubstanceUse "MIDDELEN" "stoornis in het gebruik van middelen", Neurocognitive "NEUROCOG" "neurocognitieve stoornis",
    PersonalityA "PERS_A" "persoonlijkheidsstoornis cluster A",
    Antisocial "PERS_B_ANTISOC" "antisociale persoonlijkheidsstoornis",
    Borderline "PERS_B_BORDERLINE" "borderline-persoonlijkheidsstoornis",
    PersonalityB "PERS_B_OVERIG" "andere persoonlijkheidsstoornis cluster B",
    PersonalityC "PERS_C" "persoonlijkheidsstoornis cluster C",
    PersonalityNos "PERS_NAO" "andere of ongespecificeerde persoonlijkheidsstoornis",
    Paraphilia "PARAFILIE" "parafiele stoornis", Attachment "HECHTING" "hechtingsstoornis", Other "OVERIG" "overig",
}

code_list! {
    /// Index offence: clusters of the NZa.
    Offence = "CL07", "indexdelict", "NZa-regeling BWBR0036838, bijlage IV (BooG-clusters), aangevuld met 97–99";
    None "0" "preventief, geen uitspraak", Opium "1" "opiumdelict", LightViolence "2" "licht geweld",
    Property "3" "vermogen en profijt", MediumViolence "4" "middelzwaar geweld",
    PropertyViolence "5" "vermogen met geweld", HeavyViolence "6" "zwaar geweld", Sexual "7" "zeden",
    Life "8" "leven", Arson "9" "brand en drinkwater", LifeSevere "10" "leven, zwaarste categorie",
    NoOffence "97" "geen delict", NotProsecuted "98" "niet vervolgd delictgedrag", Unknown "99" "onbekend",
}

code_list! {
    /// Risk of reoffending.
    ReoffenceRisk = "CL08", "recidivegevaar", "NZa-regeling BWBR0036838, 3.1.3";
    Low "1" "laag", Medium "2" "matig", High "3" "hoog", Unknown "9" "onbekend",
}

code_list! {
    /// ROM instrument. What is known of each stands in the crate `questionnaire`; the items of
    /// closed instruments are not part of Doorstroom.
    Instrument = "CL33", "instrument", "lokaal; DEMO-15 is verzonnen";
    Demo15 "DEMO-15" "DEMO-15 (verzonnen instrument)", Dros "DROS" "DROS 1.0", HktR "HKT-R" "HKT-R",
    Honos "HONOS" "HoNOS", HonosLd "HONOS-LD" "HoNOS-LD", Ifte "IFTE" "IFTE", Moas "MOAS" "MOAS",
    SoasR "SOAS-R" "SOAS-R", Scil "SCIL" "SCIL 18+", Gci "GCI" "GCI", Other "ANDERS" "anders",
    Dros2 "DROS-2" "DROS 2.0", DrosSv "DROS-SV" "DROS-SV", Hkt30 "HKT-30" "HKT-30",
    HonosPlus "HONOS-PLUS" "HoNOS+", MoasPlus "MOAS-PLUS" "MOAS+", SoasRId "SOAS-R-ID" "SOAS-R-ID",
    Sdas9 "SDAS-9" "SDAS-9", Sdas11 "SDAS-11" "SDAS-11", Abcl "ABCL" "ABCL", Asr "ASR" "ASR",
    EsseonR "ESSEON-R" "ESSEON-R", Srz "SRZ" "SRZ", SrzP "SRZ-P" "SRZ-P", Fare "FARE" "FARE",
    Hcr20V3 "HCR-20V3" "HCR-20V3", Start "START" "START", Saprof "SAPROF" "SAPROF",
    Static99R "STATIC-99R" "Static-99R", Stable2007 "STABLE-2007" "STABLE-2007",
    Acute2007 "ACUTE-2007" "ACUTE-2007", ArmidiloS "ARMIDILO-S" "ARMIDILO-S", GciR "GCI-R" "GCI-R",
    Pos "POS" "POS", Idqol16 "IDQOL-16" "IDQOL-16", Bsi "BSI" "BSI", Bsi18 "BSI-18" "BSI-18",
    Oq45 "OQ-45" "OQ-45", Kkl "KKL" "KKL", SumIdQ "SUMID-Q" "SumID-Q", Mate "MATE" "MATE",
    Rem16 "REM-16" "REM-16",
}

code_list! {
    /// How a questionnaire was taken.
    Administration = "CL34", "afnamewijze", "lokaal";
    SelfReport "ZELF" "zelf ingevuld", ReadAloud "VOORGELEZEN" "voorgelezen", Observer "OBSERVATIE" "door begeleider of behandelaar",
    File "DOSSIER" "op grond van het dossier",
}
