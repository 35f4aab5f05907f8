//! Legal titles, funding and indications.

use crate::list::code_list;

code_list! {
    /// Legal title of a stay.
    Title = "CL05", "juridische titel", "NZa-regeling BWBR0036838 (2016), Wfz, Wzd en Wvggz; sleutels lokaal";
    TbsDwang "TBS_DWANG" "tbs met dwangverpleging", TbsVoorw "TBS_VOORW" "tbs met voorwaarden",
    TbsProef "TBS_PROEF" "tbs met proefverlof", TbsVbv "TBS_VBV" "voorwaardelijke beëindiging van de verpleging",
    FptProef "FPT_PROEF" "forensisch psychiatrisch toezicht bij proefverlof",
    FptVbv "FPT_VBV" "forensisch psychiatrisch toezicht bij voorwaardelijke beëindiging",
    Sr37Oud "SR37_OUD" "plaatsing in een psychiatrisch ziekenhuis (37 Sr, oud)" 0 .. 20200101,
    Bvt14 "BVT14" "overplaatsing naar een psychiatrisch ziekenhuis (14 Bvt)",
    Bvt13 "BVT13" "observatie in een psychiatrisch ziekenhuis (13 Bvt)",
    VvBijz "VV_BIJZ" "voorwaardelijke veroordeling met bijzondere voorwaarde", Sepot "SEPOT" "sepot met voorwaarden",
    SchorsVh "SCHORS_VH" "schorsing van de voorlopige hechtenis", Gratie "GRATIE" "voorwaardelijke gratie",
    PjObs "PJ_OBS" "plaatsing voor pro-Justitiarapportage",
    Pbw15_5 "PBW15_5" "plaatsing van een gedetineerde (15 lid 5 Pbw)", Pbw43_3 "PBW43_3" "overbrenging van een gedetineerde (43 lid 3 Pbw)",
    Isd "ISD" "ISD-maatregel", IsdVoorw "ISD_VOORW" "ISD-maatregel onder voorwaarden",
    PpZorg "PP_ZORG" "penitentiair programma met zorg", Ppc "PPC" "overplaatsing naar een PPC",
    PoliPi "POLI_PI" "poliklinische ggz in een PI", ViBijz "VI_BIJZ" "voorwaardelijke invrijheidstelling met bijzondere voorwaarden",
    Strafb "STRAFB" "strafbeschikking met aanwijzingen", Voorgen "VOORGEN" "voorgenomen indicatiestelling",
    Verdiep "VERDIEP" "verdiepingsdiagnostiek", Gvm "GVM" "gedragsbeïnvloedende en vrijheidsbeperkende maatregel (38z Sr)" 20180101 .. 0,
    Pij "PIJ" "PIJ-maatregel",
    Wfz23Wzd28a "WFZ23_WZD28A" "rechterlijke machtiging Wzd 28a via 2.3 Wfz" 20200101 .. 0,
    Wfz23Zm "WFZ23_ZM" "zorgmachtiging via 2.3 Wfz" 20200101 .. 0,
    Wzd21 "WZD_21" "besluit tot opname en verblijf (Wzd 21)" 20200101 .. 0,
    Wzd24 "WZD_24" "rechterlijke machtiging (Wzd 24)" 20200101 .. 0,
    WzdVmm "WZD_VMM" "voorwaardelijke machtiging (Wzd)" 20200101 .. 0,
    WzdIbs "WZD_IBS" "inbewaringstelling (Wzd 29)" 20200101 .. 0,
    WvggzZm "WVGGZ_ZM" "zorgmachtiging (Wvggz)" 20200101 .. 0,
    WvggzCm "WVGGZ_CM" "crisismaatregel (Wvggz)" 20200101 .. 0,
    WvggzVcm "WVGGZ_VCM" "machtiging tot voortzetting van de crisismaatregel" 20200101 .. 0,
    WvggzTemp "WVGGZ_TEMP" "tijdelijke verplichte zorg" 20200101 .. 0,
    WvggzNood "WVGGZ_NOOD" "noodsituatie (Wvggz)" 20200101 .. 0,
    Ots "OTS" "ondertoezichtstelling", GeslJh "GESL_JH" "machtiging gesloten jeugdhulp",
    Vrijw "VRIJW" "vrijwillig", Onb "ONB" "onbekend",
}

/// The roll-up of legal titles that the literature uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TitleGroup {
    /// strafrechtelijk
    Criminal,
    /// civielrechtelijk
    Civil,
    /// vrijwillig
    Voluntary,
    /// onbekend
    Unknown,
}

impl TitleGroup {
    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::Criminal => "strafrechtelijk",
            Self::Civil => "civielrechtelijk",
            Self::Voluntary => "vrijwillig",
            Self::Unknown => "onbekend",
        }
    }
}

impl Title {
    /// Criminal, civil or voluntary.
    pub fn group(self) -> TitleGroup {
        match self {
            Self::Vrijw => TitleGroup::Voluntary,
            Self::Onb => TitleGroup::Unknown,
            title if title >= Self::Wfz23Wzd28a => TitleGroup::Civil,
            _ => TitleGroup::Criminal,
        }
    }
}

code_list! {
    /// Who pays.
    Funding = "CL03", "financiering", "lokaal";
    Wlz "WLZ" "Wet langdurige zorg", Zvw "ZVW" "Zorgverzekeringswet", Fz "FZ" "forensische zorg (JenV)",
    Wmo "WMO" "Wet maatschappelijke ondersteuning", Jw "JW" "Jeugdwet", Subs "SUBS" "subsidieregeling",
    Zelf "ZELF" "eigen middelen", Overbr "OVERBR" "overbruggingszorg forensisch", Onb "ONB" "onbekend",
}

code_list! {
    /// Care profile.
    CareProfile = "CL04", "zorgprofiel", "iWlz COD163 (Zorginstituut Nederland)";
    C780 "780" "1LVG", C781 "781" "2LVG", C782 "782" "3LVG", C783 "783" "4LVG", C784 "784" "5LVG",
    C790 "790" "1SGLVG", C804 "804" "3VG", C806 "806" "4VG", C808 "808" "5VG", C810 "810" "6VG",
    C812 "812" "7VG", C814 "814" "8VG", C880 "880" "1GGZ-W", C882 "882" "2GGZ-W", C884 "884" "3GGZ-W",
    C886 "886" "4GGZ-W", C888 "888" "5GGZ-W", C764 "764" "GGZ-B of -C (764)", C766 "766" "GGZ-B of -C (766)", C768 "768" "GGZ-B of -C (768)",
    C770 "770" "GGZ-B of -C (770)", C772 "772" "7GGZ-B", C998 "998" "onbepaald",
}

code_list! {
    /// Setting of the care-performance model.
    ZpmSetting = "CL09", "ZPM-setting", "zorgprestatiemodel v1.23";
    C1 "1" "ambulant, kwaliteitsstatuut sectie II", C2 "2" "ambulant III, monodisciplinair",
    C3 "3" "ambulant III, multidisciplinair", C4 "4" "outreachend",
    C5 "5" "klinisch, niet forensisch of beveiligd", C6 "6" "forensisch en beveiligd, klinisch",
    C7 "7" "forensisch en beveiligd, niet klinisch", C8 "8" "hoogspecialistische ggz",
}

code_list! {
    /// Intensity of stay.
    StayIntensity = "CL35", "verblijfsintensiteit", "NZa-regeling BWBR0036838";
    A "A" "A", B "B" "B", C "C" "C", D "D" "D", E "E" "E", F "F" "F", G "G" "G",
}

code_list! {
    /// Statement under article 21 of the Wzd.
    WzdStatement = "CL36", "Wzd-verklaring", "iWlz COD127, waarden 1–4 en 9; omschrijvingen aangenomen, te controleren";
    C1 "1" "bereid", C2 "2" "geen bereidheid en geen bezwaar", C3 "3" "bezwaar", C4 "4" "niet van toepassing", C9 "9" "onbekend",
}

code_list! {
    /// Who gives the indication.
    IndicationBody = "CL37", "indicatiesteller", "lokaal";
    Ciz "CIZ" "CIZ", Nifp "NIFP" "NIFP", Reclassering "3RO" "reclassering", Other "ANDERS" "anders",
}
