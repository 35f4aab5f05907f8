//! `doorstroom key`: keys of institutions and of the koppelpunt.

use crate::arguments::{Key, KeyAction, Role};
use crate::exit::{Exit, Failure};
use crate::stream::secure_rng;
use store::{InstitutionKeys, Koppelpunt};

/// Makes or shows keys.
pub fn run(options: &Key) -> Result<Exit, Failure> {
    match &options.action {
        KeyAction::New {
            role: Role::Instelling,
            shared,
            dir,
        } => {
            let text = shared.as_deref().map(store::files::read_text).transpose()?;
            let made = InstitutionKeys::create(dir, text.as_deref(), &mut secure_rng())?;
            eprintln!(
                "Sleutels van de instelling staan in {}. Bewaar de map veilig; niemand anders hoort haar te hebben.",
                dir.display()
            );
            if shared.is_none() {
                eprintln!(
                    "koppelgeheim.geheim is gedeeld door de instellingen, en door niemand anders. Geef het langs een veilige weg aan de andere instellingen (`doorstroom key new --shared`)."
                );
            }
            print_public(&made.keys);
        }
        KeyAction::New {
            role: Role::Koppelpunt,
            shared: Some(_),
            ..
        } => {
            return Err(Failure::new(
                Exit::Refused,
                "Het koppelpunt mag het koppelgeheim van de instellingen nooit hebben: laat --shared weg.",
            ));
        }
        KeyAction::New {
            role: Role::Koppelpunt,
            shared: None,
            dir,
        } => {
            let made = Koppelpunt::create(dir, &mut secure_rng())?;
            eprintln!(
                "Sleutels en register van het koppelpunt staan in {}.",
                dir.display()
            );
            print_public(&made.keys);
        }
        KeyAction::Show { dir } => match InstitutionKeys::open_to_read(dir) {
            Ok(institution) => print_public(&institution.keys),
            Err(busy @ store::Error::InUse { .. }) => return Err(busy.into()),
            Err(_) => print_public(&Koppelpunt::open_to_read(dir)?.keys),
        },
    }
    Ok(Exit::Fine)
}

fn print_public(keys: &envelope::SecretKeys) {
    let public = keys.public();
    println!("tekent = \"{}\"", public.verifying_key);
    println!("ontvangt = \"{}\"", public.recipient);
}
