"""What scripts/test.py needs besides the tools themselves."""
