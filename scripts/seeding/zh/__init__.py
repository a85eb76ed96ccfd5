"""The Chinese corpus, one file a theme."""
