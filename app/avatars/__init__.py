"""People's pictures."""
