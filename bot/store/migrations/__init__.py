"""The schema's history: numbered, forward only, each spelling out the tables of its day."""
