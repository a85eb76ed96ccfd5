"""Programs for those who run the forum, each started with `python3 scripts/NAME.py`."""
