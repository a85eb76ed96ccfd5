"""The settings of the forum that administrators change while it runs: what there is to set, and what is in force."""
