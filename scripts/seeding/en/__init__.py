"""The English corpus, one file a theme."""
