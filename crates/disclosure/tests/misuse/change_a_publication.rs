//! What was released is only lent out.

fn change(publication: &mut disclosure::Publication) {
    publication.results().clear();
    publication.header().threshold = 1;
}

fn main() {}
