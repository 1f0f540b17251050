"""The nouns: entries, releases, the clinic, and the files they are kept in."""
