"""E-mail: written down in the database, sent by jobs."""
