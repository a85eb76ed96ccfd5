"""Search: topics, comments, people and tags, and topics like the one that somebody begins."""
