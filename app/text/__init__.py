"""Text: names, mentions and Markdown. Pure functions that know no web, no database and nothing else of `app`."""
