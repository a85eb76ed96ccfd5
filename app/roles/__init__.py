"""The pages on which roles are made and given, boards say what they allow, and the forum explains itself."""
