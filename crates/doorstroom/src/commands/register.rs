//! `doorstroom register`: which persons of the register are probably one, and what is decided
//! of them.

use crate::arguments::RegisterOptions;
use crate::exit::{Exit, Failure};
use crate::keyboard::key_folder;
use crate::stream::{read_protocol, secure_rng};
use codes::{Coded, Institution};
use linkage::{LinkId, Proposal};
use store::Koppelpunt;

/// Shows what is proposed, or decides.
pub fn run(options: &RegisterOptions) -> Result<Exit, Failure> {
    let mut koppelpunt = Koppelpunt::open(key_folder(&options.register))?;
    let Some(reason) = options.reason.as_deref() else {
        print!("{}", list(koppelpunt.register.proposals()));
        eprintln!(
            "{} personen; {} paren zijn waarschijnlijk één persoon. Beslis met --merge of --dismiss NUMMER, of --split KOPPELNUMMER --institution CODE, en --reason.",
            koppelpunt.register.persons(),
            koppelpunt.register.proposals().len()
        );
        return Ok(Exit::Fine);
    };
    decide(options, reason, &mut koppelpunt)?;
    koppelpunt.save()?;
    eprintln!(
        "Vastgelegd. Het volgende koppelbestand vertelt het de studie; tot dan verandert daar niets."
    );
    Ok(Exit::Fine)
}

fn decide(
    options: &RegisterOptions,
    reason: &str,
    koppelpunt: &mut Koppelpunt,
) -> Result<(), Failure> {
    let register = &mut koppelpunt.register;
    if let Some(number) = options.merge {
        let proposal = proposed(register.proposals(), number)?;
        let declaration = read_protocol(&options.study)?.match_keys();
        let pair = (proposal.kept, proposal.other);
        register
            .merge(pair, reason, &declaration)
            .map_err(refused)?;
    } else if let Some(number) = options.dismiss {
        let proposal = proposed(register.proposals(), number)?;
        register.dismiss(&proposal).map_err(refused)?;
    } else if let Some((link, code)) = options.split.as_deref().zip(options.institution.as_deref())
    {
        let institution = Institution::from_key(code).ok_or_else(|| {
            Failure::new(
                Exit::Usage,
                format!("`{code}` is geen instelling uit lijst CL01."),
            )
        })?;
        let link = link_id(link)?;
        let to = register.split(link, institution.key(), reason, &mut secure_rng());
        let to = to.map_err(refused)?;
        println!("{to}");
    } else {
        return Err(Failure::new(
            Exit::Usage,
            "Bij --reason hoort --merge, --dismiss, of --split met --institution.",
        ));
    }
    Ok(())
}

fn refused(error: linkage::Error) -> Failure {
    Failure::new(Exit::Refused, error.sentence())
}

fn proposed(proposals: &[Proposal], number: usize) -> Result<Proposal, Failure> {
    let found = number.checked_sub(1).and_then(|place| proposals.get(place));
    found.cloned().ok_or_else(|| {
        Failure::new(
            Exit::Refused,
            format!(
                "Voorstel {number} is er niet. Kijk in `doorstroom register MAP` wat openstaat."
            ),
        )
    })
}

/// A line per proposal: its number, both link ids and the key.
fn list(proposals: &[Proposal]) -> String {
    let line = |(number, proposal): (usize, &Proposal)| {
        let (kept, other) = (proposal.kept, proposal.other);
        format!("{number}\t{kept}\t{other}\t{}\n", proposal.key)
    };
    (1..).zip(proposals).map(line).collect()
}

fn link_id(text: &str) -> Result<LinkId, Failure> {
    text.parse().map_err(|_| {
        Failure::new(
            Exit::Usage,
            "Een koppelnummer heeft 32 cijfers en letters van 0 tot en met f.",
        )
    })
}
