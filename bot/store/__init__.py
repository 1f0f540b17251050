"""Memory: the database, read and written in one place. Functions here take an open `db` and never commit."""
