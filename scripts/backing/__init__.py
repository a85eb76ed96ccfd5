"""Backups: one archive of database and files, how it is written, read, verified, restored and compared."""
