"""What staff do here: sign in, curate entries, review them, publish releases, mend what was not answered."""
